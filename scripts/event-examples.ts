import { contentHash } from '../src/ledger/content-hash.ts';
import { readLandscapeFile } from '../src/local/landscape/landscape-file.ts';
import { type DecisionForEvents, happeningOf } from '../src/model/approval-events.ts';
import { resolveStages } from '../src/model/approval-stages.ts';
import { vendingError } from '../src/model/errors.ts';
import { eventData } from '../src/model/event-data.ts';
import {
  type RecordForEvents,
  type RequestEvent,
  type RequestEventType,
  rejectionEvent,
  requestEvent,
} from '../src/model/events.ts';
import type { Outcome } from '../src/model/outcome.ts';
import { messageSchemas } from '../src/model/parse-message.ts';
import type { PlannedChange } from '../src/model/plan.ts';
import { planDeployment } from '../src/model/plan-deployment.ts';
import { planExistingTarget } from '../src/model/plan-target.ts';
import type { RequestState } from '../src/model/states.ts';

const at = '2026-11-30T09:00:00.000Z';
const { landscape } = readLandscapeFile();
const stages = resolveStages(undefined, landscape.policy);
const [pool] = landscape.pools;
const requester = {
  name: 'Ada Requester',
  objectId: '22222222-2222-4222-8222-222222222222',
  tenantId: 'b0000000-0000-4000-8000-00000000000b',
};
const approver = {
  name: 'Ben Approver',
  objectId: '44444444-4444-4444-8444-444444444444',
  tenantId: 'a0000000-0000-4000-8000-00000000000a',
};
const common = {
  requester,
  reason: 'new payments environment',
  target: {
    tenant: 'fabrikam',
    subscriptionId: 'b0000000-0000-4000-8000-0000000000b1',
    resourceGroup: 'rg-payments',
    virtualNetwork: 'vnet-payments',
    location: 'centralus',
  },
};
const ticket = (id: string) => ({
  id,
  ticket: { system: 'servicenow', id, url: `https://contoso.service-now.com/nav_to.do?uri=${id}` },
});

const allocate = messageSchemas.allocate.parse({
  ...common,
  ...ticket('RITM0010001'),
  operation: 'allocate',
  allocations: [{ pool: 'corp-centralus', prefixLength: 20 }],
});
const associate = messageSchemas.associate.parse({
  ...common,
  ...ticket('RITM0010005'),
  operation: 'associate',
  pools: ['corp-centralus'],
});
const remove = messageSchemas.remove.parse({
  ...common,
  ...ticket('RITM0010006'),
  operation: 'remove',
  mode: 'delete',
});

const deployment = need(planDeployment(allocate, landscape));
const prefixes = ['10.0.0.0/20'];
const held = {
  poolAlias: 'corp-centralus',
  poolId: pool?.id ?? '',
  family: 'IPv4',
  numberOfIpAddresses: '4096',
  prefixes,
} as const;
const existing = {
  requestId: associate.id,
  target: need(planExistingTarget(remove, landscape)),
  resourceGuid: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff',
  allocations: [held],
};
const association: PlannedChange = { ...existing, operation: 'associate' };
const removal: PlannedChange = {
  ...existing,
  requestId: remove.id,
  operation: 'remove',
  mode: 'delete',
  createdBy: allocate.id,
  detachedPeerings: [],
  overrides: [],
};

const virtualNetworkId = deployment.target.virtualNetworkId;
const given = { poolAlias: held.poolAlias, poolId: held.poolId, prefixes };
const allocated = { virtualNetworkId, allocations: [given] };
const removed = {
  virtualNetworkId,
  mode: 'delete',
  alreadyGone: false,
  released: [given],
} as const;

const records = {
  allocation: { request: allocate, change: deployment, result: allocated },
  association: { request: associate, change: association, result: allocated },
  removal: { request: remove, change: removal, result: removed },
} as const;

/** How an end looks: the state that the request is in, and why. */
const ends: Readonly<Record<string, Partial<RecordForEvents> & { readonly state: RequestState }>> =
  {
    succeeded: { state: 'succeeded' },
    failed: {
      state: 'rejected',
      error: vendingError('DecisionRejected', 'Ben Approver rejected the request: not before May.'),
    },
    compensating: {
      state: 'compensating',
      error: vendingError('OperationTimedOut', 'The deployment did not end within 1800 seconds.'),
    },
    compensated: {
      state: 'failed',
      error: vendingError('OperationTimedOut', 'The deployment did not end within 1800 seconds.'),
    },
    'compensation-failed': {
      state: 'compensation-failed',
      error: vendingError('CompensationFailed', 'The compensation failed.'),
      leftovers: [`VNet ${virtualNetworkId} with 10.0.0.0/20 of pool corp-centralus`],
    },
    'release-unverified': {
      state: 'removed-release-unverified',
      error: vendingError(
        'ReleaseNotConfirmed',
        'The release of the prefixes did not end within 1800 seconds.',
      ),
    },
    started: { state: 'deploying' },
    verifying: { state: 'verifying' },
    submitted: { state: 'planning' },
    planned: { state: 'planning' },
    validated: { state: 'planned' },
  };

/** An event of every type, about one request of each operation. */
export const eventExamples: ReadonlyMap<string, RequestEvent> = new Map([
  ...Object.keys(eventData).map((type): [string, RequestEvent] => [
    type,
    exampleOf(type as RequestEventType),
  ]),
  [
    'request.rejected',
    rejectionEvent(
      'rej-42-1764493200000',
      {
        requestId: 'RITM0010009',
        originalMessageId: 'RITM0010009:allocate:9f86d081884c7d65',
        error: vendingError('SchemaInvalid', 'The message is refused: /reason is missing.'),
      },
      at,
    ),
  ],
]);

function exampleOf(type: RequestEventType): RequestEvent {
  const [family = '', ending = ''] = type.split('.');
  const { request, change, result } = records[family as keyof typeof records] ?? records.allocation;
  const end = ends[ending] ?? { state: 'awaiting-approval' };
  const planHash = contentHash(change);
  const record: RecordForEvents = {
    id: request.id,
    request,
    plan: {
      change,
      planHash,
      policy: {
        effect: 'require-approval',
        rule: 'default',
        reason: 'No rule of the policy covers the request, so a person decides.',
      },
      stages,
      findings: [],
      madeAt: at,
      version: 1,
    },
    ...(ending === 'succeeded' ? { result } : {}),
    ...end,
  };
  return requestEvent(type, record, at, {
    pageUrl: 'https://vnets.contoso.example',
    ...happeningOf(type, record, decisionsAt(ending, planHash), landscape),
  });
}

/** The decisions that there are when it happens. */
function decisionsAt(ending: string, planHash: string): readonly DecisionForEvents[] {
  const bound = { planHash, stage: stages[0]?.name ?? '', at };
  const byPolicy = { by: { name: 'policy' }, channel: 'policy', ...bound } as const;
  switch (ending) {
    case 'granted':
      return [{ decision: 'approve', by: approver, channel: 'api', ...bound }];
    case 'denied':
      return [
        { decision: 'reject', by: approver, channel: 'api', reason: 'not before May', ...bound },
      ];
    case 'escalated': {
      const reason = 'not approved within 24 hours; operators may approve as well';
      return [{ decision: 'escalate', reason, ...byPolicy }];
    }
    case 'expired':
      return [{ decision: 'expire', reason: 'not approved within 72 hours', ...byPolicy }];
    default:
      return [];
  }
}

function need<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(outcome.error.message);
  return outcome.value;
}
