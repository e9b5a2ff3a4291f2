import { z } from 'zod';
import { requestStates } from '../states.ts';

const operationSchema = z.enum(['allocate', 'associate', 'remove']);

/** An error as the API shows it (`VendingError`). */
export const errorViewSchema = z
  .strictObject({
    code: z.string(),
    kind: z.enum(['terminal', 'retryable', 'operator']),
    message: z.string(),
    cause: z.string(),
    remedy: z.string(),
    retryAfterSeconds: z.number().optional(),
    details: z.record(z.string(), z.string()).optional(),
  })
  .meta({ id: 'Error' });

const targetViewSchema = z.strictObject({
  tenant: z.string(),
  subscriptionId: z.string(),
  resourceGroup: z.string(),
  virtualNetwork: z.string(),
  location: z.string().optional(),
});

/** Somebody, as far as the API shows it: never a mail address. */
export const personViewSchema = z.strictObject({
  name: z.string(),
  objectId: z.string().optional(),
  tenantId: z.string().optional(),
});

/** Where an approval stands: the stage that is open, or was last. */
export const approvalViewSchema = z
  .strictObject({
    status: z.enum(['open', 'approved', 'rejected', 'expired', 'cancelled']),
    stage: z.string(),
    /** From 1. */
    stageNumber: z.number().int(),
    stages: z.number().int(),
    approvals: z.number().int(),
    minApprovals: z.number().int(),
    /** Names of the groups that may decide; empty: whoever may approve. */
    approvers: z.array(z.string()),
    escalated: z.boolean(),
    /** When the open stage expires. */
    deadline: z.string().optional(),
  })
  .meta({ id: 'Approval' });

/** What an approver should look at twice. */
export const riskFlagSchema = z
  .strictObject({
    flag: z.enum([
      'deletes',
      'overrides-obstacles',
      'detaches-peerings',
      'unverified-prerequisite',
      'large-allocation',
      'pool-nearly-full',
      'quota-nearly-used',
      'requester-unidentified',
      'plan-changed',
    ]),
    text: z.string(),
  })
  .meta({ id: 'RiskFlag' });

export const requestSummarySchema = z
  .strictObject({
    id: z.string(),
    operation: operationSchema,
    mode: z.enum(['delete', 'disassociate']).optional(),
    dryRun: z.boolean(),
    state: z.enum(requestStates),
    /** Alias of the managed tenant. */
    tenant: z.string(),
    target: targetViewSchema,
    requester: personViewSchema,
    reason: z.string(),
    ticket: z
      .strictObject({ system: z.string(), id: z.string(), url: z.string().optional() })
      .optional(),
    createdAt: z.string(),
    updatedAt: z.string(),
    /** The entity tag is made of it. */
    revision: z.number().int(),
    /** What is asked for, for people: `256 addresses of corp-centralus`. */
    asksFor: z.string(),
    /** Prefixes, once VNet and pool agree on them. */
    prefixes: z.array(z.string()),
    approval: approvalViewSchema.optional(),
    riskFlags: z.array(riskFlagSchema),
  })
  .meta({ id: 'RequestSummary' });

export const timelineEntryViewSchema = z
  .strictObject({
    key: z.string(),
    at: z.string(),
    step: z.string(),
    status: z.enum(['started', 'waiting', 'succeeded', 'failed', 'information']),
    message: z.string(),
    /** Belongs to the taking back of what was done. */
    compensation: z.boolean(),
  })
  .meta({ id: 'TimelineEntry' });

export const decisionViewSchema = z
  .strictObject({
    id: z.string(),
    decision: z.enum([
      'approve',
      'reject',
      'cancel',
      'break-glass',
      'resume',
      'escalate',
      'expire',
    ]),
    by: personViewSchema,
    at: z.string(),
    stage: z.string().optional(),
    channel: z.enum(['queue', 'api', 'policy']),
    reason: z.string().optional(),
    planHash: z.string().optional(),
  })
  .meta({ id: 'Decision' });

const plannedAllocationViewSchema = z.strictObject({
  poolAlias: z.string(),
  poolId: z.string(),
  family: z.enum(['IPv4', 'IPv6']),
  numberOfIpAddresses: z.string(),
  prefixes: z.array(z.string()).optional(),
});

const findingViewSchema = z
  .strictObject({
    check: z.string(),
    status: z.enum(['passed', 'failed', 'unknown', 'overridden']),
    subject: z.string(),
    error: errorViewSchema.optional(),
    /** Counts that were looked at, in decimal. */
    facts: z.record(z.string(), z.string()).optional(),
  })
  .meta({ id: 'Finding' });

export const stageViewSchema = z.strictObject({
  name: z.string(),
  approvers: z.array(z.string()),
  minApprovals: z.number().int(),
  timeLimitHours: z.number(),
  remindAfterHours: z.number().optional(),
  escalateAfterHours: z.number().optional(),
  escalateTo: z.array(z.string()),
});

/** What the workflow is going to do. `planHash` covers exactly `change`. */
export const planViewSchema = z
  .strictObject({
    planHash: z.string(),
    change: z.looseObject({
      operation: operationSchema,
      target: z.looseObject({ virtualNetworkId: z.string() }),
      allocations: z.array(plannedAllocationViewSchema),
    }),
    policy: z.strictObject({
      effect: z.enum(['auto-approve', 'require-approval', 'deny']),
      rule: z.string(),
      reason: z.string(),
    }),
    /** The stages of the approval; empty when none is needed. */
    stages: z.array(stageViewSchema),
    findings: z.array(findingViewSchema),
  })
  .meta({ id: 'Plan' });

/** What a caller can do with a request. */
export const requestActions = [
  'approve',
  'reject',
  'break-glass',
  'cancel',
  'resume',
  'remove',
] as const;

export const requestDetailSchema = requestSummarySchema
  .extend({
    /** The request as it was accepted, without mail addresses. */
    request: z.looseObject({}),
    plan: planViewSchema.optional(),
    timeline: z.array(timelineEntryViewSchema),
    decisions: z.array(decisionViewSchema),
    result: z.looseObject({ virtualNetworkId: z.string() }).optional(),
    error: errorViewSchema.optional(),
    leftovers: z.array(z.string()).optional(),
    /** What the caller may do now. */
    actions: z.array(z.enum(requestActions)),
    /** What happens next, in one sentence. */
    next: z.string(),
  })
  .meta({ id: 'RequestDetail' });

/** `GET /api/requests`: newest first. `next` is the link to the following page. */
export const requestPageSchema = z
  .strictObject({ requests: z.array(requestSummarySchema), next: z.string().optional() })
  .meta({ id: 'RequestPage' });

/** Answer of `POST /api/requests`. */
export const acceptedSchema = z
  .strictObject({ id: z.string(), state: z.enum(requestStates), location: z.string() })
  .meta({ id: 'Accepted' });

/** Answer of `POST /api/plans`: what a request would do, without making one. */
export const planPreviewSchema = z
  .strictObject({
    plan: planViewSchema.optional(),
    /** Why there is no plan, or why it could not be carried out. */
    error: errorViewSchema.optional(),
    riskFlags: z.array(riskFlagSchema),
  })
  .meta({ id: 'PlanPreview' });

/** Body of `POST /api/requests/{id}/decisions`. */
export const decisionBodySchema = z
  .strictObject({
    decision: z.enum(['approve', 'reject', 'break-glass']),
    /** The plan that the decider has seen. */
    planHash: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'must be the planHash of the plan (64 hex digits)'),
    /** Needed to reject and for break-glass. */
    reason: z.string().trim().min(1).max(2_000).optional(),
  })
  .refine(({ decision, reason }) => decision === 'approve' || reason !== undefined, {
    path: ['reason'],
    message: 'is needed unless the decision is to approve',
  })
  .meta({ id: 'DecisionBody' });

/** Body of `POST /api/requests/{id}/cancel` and `/resume`. */
export const reasonBodySchema = z
  .strictObject({ reason: z.string().trim().min(1).max(2_000) })
  .meta({ id: 'ReasonBody' });

export type RequestSummary = z.output<typeof requestSummarySchema>;
export type RequestDetail = z.output<typeof requestDetailSchema>;
export type RequestPage = z.output<typeof requestPageSchema>;
export type RequestAction = (typeof requestActions)[number];
export type TimelineEntryView = z.output<typeof timelineEntryViewSchema>;
export type DecisionView = z.output<typeof decisionViewSchema>;
export type DecisionBody = z.output<typeof decisionBodySchema>;
export type ApprovalView = z.output<typeof approvalViewSchema>;
export type RiskFlag = z.output<typeof riskFlagSchema>;
export type PlanView = z.output<typeof planViewSchema>;
export type PlanPreview = z.output<typeof planPreviewSchema>;
export type Accepted = z.output<typeof acceptedSchema>;
export type ErrorView = z.output<typeof errorViewSchema>;
