import { z } from 'zod';
import { errorViewSchema, riskFlagSchema, stageViewSchema } from './api/request-views.ts';
import { decisionKinds } from './decision-kinds.ts';
import { prerequisiteChecks } from './plan.ts';
import { requestStates } from './states.ts';

/**
 * The `data` of every event, by type: the published schemas (docs/schemas/events), and the types that
 * events are built with, are made of it. Nothing in it is confidential: no mail address, token or signed URL.
 */

const operations = ['allocate', 'associate', 'remove'] as const;
const modes = ['delete', 'disassociate'] as const;

const planHash = z.string().describe('SHA-256 (hex) of the change in canonical JSON.');
const count = z.string().describe('Decimal; counts of IPv6 exceed 2^53.');

const size = { numberOfIpAddresses: count.optional(), prefixLength: z.number().int().optional() };

/** In every event about a request, so that a receiver needs no look-up. */
const requestFacts = {
  requestId: z.string().describe('The id that the caller chose: the ticket number.'),
  operation: z.enum(operations),
  state: z.enum(requestStates).describe('In which the request was when the event was made.'),
  ticket: z
    .strictObject({ system: z.string(), id: z.string(), url: z.string().optional() })
    .optional()
    .describe('As the request names it.'),
  target: z
    .strictObject({
      tenant: z.string(),
      subscriptionId: z.string(),
      resourceGroup: z.string(),
      virtualNetwork: z.string(),
      location: z.string().optional(),
    })
    .describe('As the request names it.'),
  links: z
    .strictObject({ request: z.string().describe('Where a person sees the request.') })
    .optional()
    .describe('Addresses of the page; whoever opens one signs in. Absent where no page is set up.'),
};

const target = z.strictObject({
  tenantAlias: z.string(),
  tenantId: z.string(),
  subscriptionId: z.string(),
  resourceGroup: z.string(),
  virtualNetwork: z.string(),
  virtualNetworkId: z.string(),
  location: z.string().describe('Empty where nobody can tell it: the VNet of a removal is gone.'),
});

const plannedAllocation = z.strictObject({
  poolAlias: z.string(),
  poolId: z.string(),
  family: z.enum(['IPv4', 'IPv6']),
  numberOfIpAddresses: count,
});
const plannedAssociation = plannedAllocation.extend({ prefixes: z.array(z.string()) });

/** Exactly what `planHash` covers. */
const change = z
  .discriminatedUnion('operation', [
    z.strictObject({
      requestId: z.string(),
      operation: z.literal('allocate'),
      target,
      allocations: z.array(plannedAllocation),
      subnets: z.array(
        z.strictObject({ name: z.string(), allocations: z.array(plannedAllocation) }),
      ),
      tags: z.record(z.string(), z.string()),
    }),
    z.strictObject({
      requestId: z.string(),
      operation: z.literal('associate'),
      target,
      resourceGuid: z.string(),
      allocations: z.array(plannedAssociation),
    }),
    z.strictObject({
      requestId: z.string(),
      operation: z.literal('remove'),
      mode: z.enum(modes),
      target,
      resourceGuid: z.string().optional().describe('Absent: there is nothing to remove.'),
      allocations: z.array(plannedAssociation),
      otherHolders: z
        .array(z.string())
        .optional()
        .describe('Ids for which pools list the same prefixes; absent: none.'),
      createdBy: z.string().optional().describe('The request that created the VNet.'),
      detachedPeerings: z.array(z.string()),
      overrides: z.array(z.enum(prerequisiteChecks)),
    }),
  ])
  .describe('What is going to be changed: everything that planHash covers, and nothing else.');

/** Absent only where the plan could not be made. */
const planFacts = {
  planHash: planHash.optional(),
  policy: z
    .strictObject({
      effect: z.enum(['auto-approve', 'require-approval', 'deny']),
      rule: z.string(),
      reason: z.string(),
    })
    .optional(),
  change: change.optional(),
  stages: z
    .array(stageViewSchema)
    .optional()
    .describe('Of the approval, in order; empty where none is needed.'),
  findings: z
    .array(
      z.strictObject({
        check: z.enum(prerequisiteChecks),
        status: z.enum(['passed', 'failed', 'unknown', 'overridden']),
        subject: z.string(),
        error: errorViewSchema.optional(),
        facts: z
          .record(z.string(), z.string())
          .optional()
          .describe('Counts that were looked at, in decimal.'),
      }),
    )
    .optional()
    .describe('Prerequisites that are not simply met.'),
};

const decision = z.strictObject({
  decision: z.enum(decisionKinds),
  by: z
    .strictObject({
      name: z.string(),
      objectId: z.string().optional(),
      tenantId: z.string().optional(),
    })
    .describe('A person, by ids and without the mail address; the policy has a name alone.'),
  stage: z.string().optional().describe('The stage that it was taken on.'),
  channel: z.enum(['queue', 'api', 'policy']).describe('Which way it came.'),
  reason: z.string().optional(),
  at: z.string(),
});

/** Where the approval stands; absent only where there is none. */
const stageFacts = {
  stage: z.string().optional().describe('The stage that waits.'),
  stageNumber: z.number().int().optional().describe('From 1.'),
  approvers: z
    .array(z.string())
    .optional()
    .describe('Names of the groups that may decide; empty: whoever may approve.'),
  minApprovals: z.number().int().optional().describe('By so many different people.'),
  approvals: z.array(decision).optional().describe('Those that the stage has.'),
  deadline: z.string().optional().describe('When the stage expires.'),
  planVersion: z
    .number()
    .int()
    .optional()
    .describe('Grows when a plan that waited changed, and is asked for again.'),
  riskFlags: z.array(riskFlagSchema).optional().describe('What an approver should look at twice.'),
};

const decisionFacts = {
  planHash: planHash.optional(),
  decision: decision.optional().describe('The one that ended it.'),
  approvals: z.array(decision).optional().describe('All approvals of the plan that count.'),
  error: errorViewSchema.optional(),
};

const poolPrefixes = z.array(
  z.strictObject({ poolAlias: z.string(), poolId: z.string(), prefixes: z.array(z.string()) }),
);

const given = z
  .strictObject({ virtualNetworkId: z.string(), allocations: poolPrefixes })
  .optional()
  .describe('What the VNet has been given, as VNet and pool agree on it.');

const givenBack = z
  .strictObject({
    virtualNetworkId: z.string(),
    mode: z.enum(modes),
    alreadyGone: z.boolean().describe('There was nothing to remove.'),
    released: poolPrefixes,
  })
  .optional()
  .describe('What the pools have back.');

const endFacts = {
  error: errorViewSchema.optional(),
  leftovers: z
    .array(z.string())
    .optional()
    .describe('What is left, as both tenants show it, in words.'),
};

const event = <S extends z.core.$ZodShape>(when: string, shape: S) =>
  z.strictObject({ ...requestFacts, ...shape }).describe(when);

const ended = (when: string) => event(when, endFacts);
const notBegun = 'Refused, denied, rejected, expired, cancelled or failed; nothing to take back.';
const started = 'Its steps begin: from here on Azure is changed.';
const verifying = 'Its steps are done; whether both tenants show the same is being looked at.';
const compensating = 'It failed, was cancelled or is resumed; what its steps did is taken back.';
const takenBack = 'It failed or was cancelled after its steps had begun; what they did is undone.';
const parked = 'It failed, and something is left that could not be undone; an operator resumes it.';

export const eventData = {
  'request.submitted': event('A request was accepted and its workflow runs.', {
    dryRun: z.boolean(),
    allocations: z
      .array(z.strictObject({ pool: z.string(), ...size }))
      .optional()
      .describe('Of allocate.'),
    pools: z.array(z.string()).optional().describe('Of associate.'),
    mode: z.enum(modes).optional().describe('Of remove.'),
  }),
  'request.planned': event('The plan is made.', {
    ...planFacts,
    error: errorViewSchema.optional(),
  }),
  'request.validated': event('The end of a dry run.', planFacts),
  'approval.requested': event('People have to decide on the plan: a stage begins.', {
    ...planFacts,
    ...stageFacts,
  }),
  'approval.reminded': event('A stage still waits.', { ...planFacts, ...stageFacts }),
  'approval.escalated': event('A stage still waits; others may decide as well.', {
    ...planFacts,
    ...stageFacts,
  }),
  'approval.granted': event('The plan is approved: all stages, or break-glass.', decisionFacts),
  'approval.denied': event('The plan is rejected.', decisionFacts),
  'approval.expired': event('A stage was not complete within its time limit.', decisionFacts),
  'allocation.started': event(started, {}),
  'allocation.verifying': event(verifying, {}),
  'allocation.compensating': event(compensating, { error: errorViewSchema.optional() }),
  'allocation.succeeded': event('VNet and pool agree on the prefix.', { result: given }),
  'allocation.failed': ended(notBegun),
  'allocation.compensated': ended(takenBack),
  'allocation.compensation-failed': ended(parked),
  'association.started': event(started, {}),
  'association.verifying': event(verifying, {}),
  'association.compensating': event(compensating, { error: errorViewSchema.optional() }),
  'association.succeeded': event('VNet and pool agree on the association.', { result: given }),
  'association.failed': ended(notBegun),
  'association.compensated': ended(takenBack),
  'association.compensation-failed': ended(parked),
  'removal.started': event(started, {}),
  'removal.verifying': event(verifying, {}),
  'removal.compensating': event(compensating, { error: errorViewSchema.optional() }),
  'removal.succeeded': event('Nothing is left in either tenant.', { result: givenBack }),
  'removal.release-unverified': ended(
    'Gone in the managed tenant; the pool has not confirmed it within the bound.',
  ),
  'removal.failed': ended(notBegun),
  'removal.compensated': ended(takenBack),
  'removal.compensation-failed': ended(parked),
} as const;

/** Of a message that never became a request, or a decision that was refused. */
export const rejectionData = z
  .strictObject({
    requestId: z
      .string()
      .optional()
      .describe('What the message says its id is, if it says anything that could be one.'),
    originalMessageId: z.string().optional(),
    error: errorViewSchema,
  })
  .describe('A message was moved to the queue vnet-requests-rejected.');
