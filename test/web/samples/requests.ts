import type { RequestDetail } from '../../../src/model/api/request-views.ts';
import { people } from './people.ts';
import { networkStage, poolId, samplePlan, securityStage, virtualNetworkId } from './plan.ts';
import { fabrikamSubscription } from './tenants.ts';

type Timeline = RequestDetail['timeline'];
type Change = Partial<RequestDetail> & {
  readonly id: string;
  readonly state: RequestDetail['state'];
};

const minutes = 60_000;
const hours = 60 * minutes;
const days = 24 * hours;

const ada = {
  name: people.ada.name,
  objectId: people.ada.objectId,
  tenantId: people.ada.tenantId,
};
const ben = { name: people.ben.name, objectId: people.ben.objectId, tenantId: people.ben.tenantId };

/** A request of Ada's for a VNet, changed as said. */
export function sampleRequest(now: number, age: number, change: Change): RequestDetail {
  const at = (back: number): string => new Date(now - back).toISOString();
  const name = change.target?.virtualNetwork ?? 'vnet-data';
  const target = {
    tenant: 'fabrikam',
    subscriptionId: fabrikamSubscription,
    resourceGroup: 'rg-payments',
    virtualNetwork: name,
    location: 'centralus',
  };
  return {
    operation: 'allocate',
    dryRun: false,
    tenant: 'fabrikam',
    target,
    requester: ada,
    reason: 'Data lake of the payments team',
    createdAt: at(age),
    updatedAt: at(age / 2),
    revision: 4,
    asksFor: '1,024 addresses (/22) of corp-centralus',
    prefixes: [],
    riskFlags: [],
    request: {
      id: change.id,
      operation: 'allocate',
      requester: ada,
      reason: 'Data lake of the payments team',
      target,
      allocations: [{ pool: 'corp-centralus', prefixLength: 22 }],
      subnets: [{ name: 'app', numberOfIpAddresses: '64' }],
      tags: { costCentre: '1234' },
      dryRun: false,
    },
    plan: samplePlan({ name }),
    timeline: [],
    decisions: [],
    actions: [],
    next: 'Nothing: the request is over.',
    ...change,
  };
}

type Line = readonly [string, Timeline[number]['status'], string, boolean?];

/** Lines of a timeline, evenly spread between then and now. */
export function sampleTimeline(now: number, age: number, lines: readonly Line[]): Timeline {
  return lines.map(([step, status, message, compensation = false], index) => ({
    key: `${step}-${index}`,
    at: new Date(now - age + (age / (lines.length + 1)) * (index + 1)).toISOString(),
    step,
    status,
    message,
    compensation,
  }));
}

const begun: readonly Line[] = [
  ['receive', 'succeeded', 'The request was accepted.'],
  ['plan', 'started', 'Both tenants and the pools are being checked.'],
  ['plan', 'succeeded', 'The plan is made: 1,024 addresses of corp-centralus for vnet-data.'],
];
const approved: readonly Line[] = [
  ...begun,
  ['decide', 'waiting', 'Waits for an approval of the stage network.'],
  ['decide', 'succeeded', 'Ben Approver approved the plan.'],
  ['claim', 'succeeded', 'No other request runs for the VNet.'],
];
const deploying: readonly Line[] = [
  ...approved,
  ['deploy', 'started', 'Azure accepted the deployment of vnet-data.'],
];

/** A request in every state that matters to the page, newest first. */
export function sampleRequests(now: number): RequestDetail[] {
  return [...openRequests(now), ...endedRequests(now)].sort((a, b) =>
    b.createdAt.localeCompare(a.createdAt),
  );
}

function openRequests(now: number): RequestDetail[] {
  const open = {
    status: 'open',
    stage: 'network',
    stageNumber: 1,
    stages: 1,
    approvals: 0,
    minApprovals: 1,
    approvers: ['network-team'],
    escalated: false,
    deadline: new Date(now + 3 * hours).toISOString(),
  } as const;
  return [
    sampleRequest(now, 2 * days, {
      id: 'RITM0012345',
      state: 'awaiting-approval',
      ticket: {
        system: 'servicenow',
        id: 'RITM0012345',
        url: 'https://contoso.service-now.example/nav_to.do?uri=sc_req_item.do?sys_id=1',
      },
      approval: { ...open, approvers: [...open.approvers] },
      riskFlags: [
        { flag: 'large-allocation', text: 'It takes 1,024 addresses, more than most requests.' },
        {
          flag: 'unverified-prerequisite',
          text: 'Azure does not let us look at the cross-tenant connection.',
        },
      ],
      timeline: sampleTimeline(now, 2 * days, [
        ...begun,
        ['decide', 'waiting', 'Waits for an approval of the stage network.'],
      ]),
      actions: ['approve', 'reject', 'cancel'],
      next: 'Somebody of network-team approves or rejects it; without a decision it expires.',
    }),
    sampleRequest(now, 5 * hours, {
      id: 'RITM0012350',
      state: 'awaiting-approval',
      operation: 'remove',
      mode: 'delete',
      asksFor: 'deletion of vnet-old and return of 10.0.12.0/24',
      reason: 'The branch <b>is closed</b> <script>alert(1)</script> \u202Eyb desrever\u202C',
      approval: {
        ...open,
        approvers: ['security-team'],
        stage: 'security',
        stageNumber: 2,
        stages: 2,
        approvals: 1,
        minApprovals: 2,
        escalated: true,
        deadline: new Date(now + 30 * hours).toISOString(),
      },
      riskFlags: [{ flag: 'deletes', text: 'The VNet is deleted; that cannot be undone.' }],
      plan: samplePlan({
        name: 'vnet-old',
        operation: 'remove',
        mode: 'delete',
        addresses: '256',
        prefixes: ['10.0.12.0/24'],
        stages: [networkStage, securityStage],
        hash: 'd'.repeat(64),
      }),
      target: {
        tenant: 'fabrikam',
        subscriptionId: fabrikamSubscription,
        resourceGroup: 'rg-web',
        virtualNetwork: 'vnet-old',
      },
      decisions: [
        {
          id: 'd1',
          decision: 'approve',
          by: ben,
          at: new Date(now - 4 * hours).toISOString(),
          stage: 'network',
          channel: 'api',
          planHash: 'd'.repeat(64),
        },
        {
          id: 'd2',
          decision: 'escalate',
          by: { name: 'policy' },
          at: new Date(now - hours).toISOString(),
          stage: 'security',
          channel: 'policy',
        },
      ],
      timeline: sampleTimeline(now, 5 * hours, begun),
      actions: ['approve', 'reject', 'break-glass'],
      next: 'One more person of security-team approves it.',
    }),
    sampleRequest(now, 4 * minutes, {
      id: 'web-7K2M9QX4',
      state: 'deploying',
      target: {
        tenant: 'fabrikam',
        subscriptionId: fabrikamSubscription,
        resourceGroup: 'rg-web',
        virtualNetwork: 'vnet-shop',
        location: 'centralus',
      },
      reason: 'Web shop, second stage',
      timeline: sampleTimeline(now, 4 * minutes, deploying),
      actions: ['cancel'],
      next: 'Azure finishes the deployment; then VNet and pool must agree on the prefix.',
    }),
  ];
}

function endedRequests(now: number): RequestDetail[] {
  const result = {
    virtualNetworkId: virtualNetworkId('rg-payments', 'vnet-payments'),
    allocations: [
      { poolAlias: 'corp-centralus', poolId: poolId('corp-centralus'), prefixes: ['10.0.0.0/24'] },
    ],
  };
  const failedSteps: readonly Line[] = [
    ...deploying,
    ['deploy', 'failed', 'Azure refused the deployment: the pool has no block that large.'],
    ['deploy', 'started', 'The VNet that was begun is being deleted.', true],
  ];
  return [
    sampleRequest(now, 6 * days, {
      id: 'RITM0012301',
      state: 'succeeded',
      prefixes: ['10.0.0.0/24'],
      asksFor: '100 addresses (/25) of corp-centralus',
      reason: 'New payments environment',
      target: {
        tenant: 'fabrikam',
        subscriptionId: fabrikamSubscription,
        resourceGroup: 'rg-payments',
        virtualNetwork: 'vnet-payments',
        location: 'centralus',
      },
      plan: samplePlan({ name: 'vnet-payments', addresses: '256' }),
      result,
      decisions: [
        {
          id: 'd3',
          decision: 'approve',
          by: ben,
          at: new Date(now - 6 * days + 2 * hours).toISOString(),
          stage: 'network',
          channel: 'api',
          reason: 'Agreed with the payments team.',
          planHash: 'c6cc3dc4c4c8f394fc099a04353cea230f400de2308b6cb8e9be6473b5ee5156',
        },
      ],
      timeline: sampleTimeline(now, 6 * days, [
        ...deploying,
        ['deploy', 'succeeded', 'Azure finished the deployment.'],
        ['verify', 'succeeded', 'VNet and pool agree: 10.0.0.0/24.'],
      ]),
      actions: ['remove'],
    }),
    sampleRequest(now, 3 * days, {
      id: 'RITM0012340',
      state: 'failed',
      error: {
        code: 'PoolExhausted',
        kind: 'operator',
        message: "The pool 'corp-centralus' has no free block of 1,024 addresses.",
        cause: 'InsufficientAddressSpace: The pool is fragmented.',
        remedy: 'Ask for less, use another pool, or ask the network platform team to extend it.',
      },
      timeline: sampleTimeline(now, 3 * days, [
        ...failedSteps,
        ['deploy', 'succeeded', 'Nothing is left in either tenant.', true],
      ]),
    }),
    sampleRequest(now, 28 * hours, {
      id: 'RITM0012344',
      state: 'compensation-failed',
      error: {
        code: 'RoleMissing',
        kind: 'operator',
        message: 'The application may not delete the VNet that it created.',
        cause: 'AuthorizationFailed: The role was taken away while the request ran.',
        remedy: 'Give the application Network Contributor again, then resume the request.',
      },
      leftovers: [
        `VNet ${virtualNetworkId('rg-payments', 'vnet-data')}`,
        'allocation 10.0.4.0/22 of the pool corp-centralus',
      ],
      timeline: sampleTimeline(now, 28 * hours, [
        ...failedSteps,
        ['deploy', 'failed', 'The VNet could not be deleted: the role is missing.', true],
      ]),
      actions: ['resume'],
      next: 'An operator removes the cause and resumes the taking back.',
    }),
    sampleRequest(now, 8 * days, {
      id: 'RITM0012290',
      state: 'rejected',
      decisions: [
        {
          id: 'd4',
          decision: 'reject',
          by: ben,
          at: new Date(now - 7 * days).toISOString(),
          stage: 'network',
          channel: 'queue',
          reason: 'Use the shared VNet of the platform instead.',
        },
      ],
      timeline: sampleTimeline(now, 8 * days, begun),
    }),
    ...(['cancelled', 'expired', 'removed-release-unverified', 'planned'] as const).map(
      (state, index) =>
        sampleRequest(now, (10 + index) * days, {
          id: `RITM001228${index}`,
          state,
          dryRun: state === 'planned',
          timeline: sampleTimeline(now, 10 * days, begun),
        }),
    ),
  ];
}
