import type { PoolDetail } from '../../../src/model/api/pool-views.ts';
import type {
  PlanView,
  RequestDetail,
  RequestSummary,
} from '../../../src/model/api/request-views.ts';

export const planHash = '3f2a9c81d0e4b56789aa00112233445566778899aabbccddeeff001122334455';
export const subscriptionId = 'b0000000-0000-4000-8000-0000000000b1';
export const vnetId = `/subscriptions/${subscriptionId}/resourceGroups/rg-payments/providers/Microsoft.Network/virtualNetworks/vnet-payments`;

export const samplePlan: PlanView = {
  planHash,
  change: {
    requestId: 'NET-7',
    operation: 'allocate',
    target: {
      tenantAlias: 'fabrikam',
      tenantId: 'b0000000-0000-4000-8000-00000000000b',
      subscriptionId,
      resourceGroup: 'rg-payments',
      virtualNetwork: 'vnet-payments',
      virtualNetworkId: vnetId,
      location: 'centralus',
    },
    allocations: [
      {
        poolAlias: 'corp-centralus',
        poolId: '/subscriptions/a/pools/corp-centralus',
        family: 'IPv4',
        numberOfIpAddresses: '1024',
      },
    ],
    subnets: [{ name: 'app', allocations: [{ numberOfIpAddresses: '128' }] }],
    tags: { costCentre: '1234' },
  },
  policy: {
    effect: 'require-approval',
    rule: 'default',
    reason: 'No rule of the policy covers the request, so a person decides.',
  },
  stages: [
    { name: 'network', approvers: ['netops'], minApprovals: 1, timeLimitHours: 72, escalateTo: [] },
  ],
  findings: [
    { check: 'management-token', status: 'passed', subject: 'management tenant contoso' },
    {
      check: 'connection',
      status: 'unknown',
      subject: 'subscription fabrikam',
      error: {
        code: 'ConnectionUnknown',
        kind: 'operator',
        message: 'The connection cannot be looked at.',
        cause: 'The application may not read it.',
        remedy: 'Look at the connection in the portal.',
      },
    },
  ],
};

export const sampleSummary: RequestSummary = {
  id: 'NET-7',
  operation: 'allocate',
  dryRun: false,
  state: 'awaiting-approval',
  tenant: 'fabrikam',
  target: {
    tenant: 'fabrikam',
    subscriptionId,
    resourceGroup: 'rg-payments',
    virtualNetwork: 'vnet-payments',
    location: 'centralus',
  },
  requester: {
    name: 'Ada Requester',
    objectId: '22222222-2222-4222-8222-222222222222',
    tenantId: 'b0000000-0000-4000-8000-00000000000b',
  },
  reason: 'new payments environment',
  ticket: { system: 'servicenow', id: 'RITM0012345' },
  createdAt: '2026-11-28T17:00:00.000Z',
  updatedAt: '2026-11-28T17:00:02.000Z',
  revision: 3,
  asksFor: '1024 addresses of corp-centralus',
  prefixes: [],
  riskFlags: [{ flag: 'large-allocation', text: 'It takes a large part of the pool.' }],
};

export const sampleDetail: RequestDetail = {
  ...sampleSummary,
  request: { id: 'NET-7', operation: 'allocate' },
  plan: samplePlan,
  timeline: [
    {
      key: 'planning:started',
      at: '2026-11-28T17:00:01.000Z',
      step: 'planning',
      status: 'started',
      message: 'Checking every prerequisite in both tenants.',
      compensation: false,
    },
    {
      key: 'plan:succeeded',
      at: '2026-11-28T17:00:02.000Z',
      step: 'plan',
      status: 'succeeded',
      message: '9 prerequisites met.',
      compensation: false,
    },
  ],
  decisions: [],
  actions: ['approve', 'reject'],
  next: 'It waits for an approval.',
};

export const succeededDetail: RequestDetail = {
  ...sampleDetail,
  state: 'succeeded',
  revision: 9,
  prefixes: ['10.0.0.0/22'],
  riskFlags: [],
  timeline: [
    ...sampleDetail.timeline,
    {
      key: 'report:succeeded',
      at: '2026-11-28T17:00:09.000Z',
      step: 'report',
      status: 'succeeded',
      message: 'VNet and pool agree on 10.0.0.0/22.',
      compensation: false,
    },
  ],
  result: { virtualNetworkId: vnetId },
  actions: ['remove'],
  next: 'Nothing: it is over.',
};

export const failedDetail: RequestDetail = {
  ...succeededDetail,
  state: 'compensation-failed',
  prefixes: [],
  timeline: [
    ...sampleDetail.timeline,
    {
      key: 'compensate-delete:failed',
      at: '2026-11-29T08:00:00.000Z',
      step: 'compensate-delete',
      status: 'failed',
      message: 'Azure refused the deletion.',
      compensation: true,
    },
  ],
  error: {
    code: 'CompensationFailed',
    kind: 'operator',
    message: 'What was done could not be taken back.',
    cause: 'A lock holds the VNet.',
    remedy: 'Remove the lock, then resume the request.',
  },
  leftovers: ['VNet vnet-payments in fabrikam'],
  actions: ['resume'],
  next: 'An operator resumes it.',
};

export const samplePool: PoolDetail = {
  alias: 'corp-centralus',
  id: '/subscriptions/a/pools/corp-centralus',
  location: 'centralus',
  family: 'IPv4',
  addressPrefixes: ['10.0.0.0/16'],
  totalIpAddresses: '65536',
  allocatedIpAddresses: '17408',
  availableIpAddresses: '48128',
  blocks: [
    {
      prefix: '10.0.0.0/22',
      kind: 'allocated',
      holder: { resourceId: vnetId, name: 'vnet-payments', tenant: 'fabrikam', requestId: 'NET-7' },
    },
    { prefix: '10.0.4.0/22', kind: 'free' },
    { prefix: '10.0.8.0/21', kind: 'free' },
    { prefix: '10.0.16.0/20', kind: 'free' },
    { prefix: '10.0.32.0/19', kind: 'free' },
    { prefix: '10.0.64.0/18', kind: 'reserved', holder: { resourceId: 'x', name: 'static' } },
    { prefix: '10.0.128.0/17', kind: 'free' },
  ],
  usage: [
    { at: '2026-11-01T00:00:00.000Z', allocatedIpAddresses: '0', totalIpAddresses: '65536' },
    { at: '2026-11-28T00:00:00.000Z', allocatedIpAddresses: '17408', totalIpAddresses: '65536' },
  ],
};
