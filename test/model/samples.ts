import type { ApprovalStage } from '../../src/model/approval-stages.ts';
import { type Landscape, landscapeSchema } from '../../src/model/landscape.ts';
import type { Plan } from '../../src/model/plan.ts';
import {
  type AllocateRequest,
  type AssociateRequest,
  allocateRequestSchema,
  associateRequestSchema,
  type RemoveRequest,
  removeRequestSchema,
} from '../../src/model/requests.ts';

export const ids = {
  managementTenant: 'aaaaaaaa-0000-4000-8000-000000000001',
  managedTenant: 'bbbbbbbb-0000-4000-8000-000000000001',
  managedSubscription: 'bbbbbbbb-0000-4000-8000-000000000002',
  otherSubscription: 'bbbbbbbb-0000-4000-8000-000000000003',
  requester: 'dddddddd-0000-4000-8000-000000000001',
  approver: 'dddddddd-0000-4000-8000-000000000002',
} as const;

const managerId =
  '/subscriptions/aaaaaaaa-0000-4000-8000-000000000002/resourceGroups/rg-network/providers/Microsoft.Network/networkManagers/nm';

export const poolIds = {
  ipv4: `${managerId}/ipamPools/corp-centralus`,
  ipv6: `${managerId}/ipamPools/corp6-centralus`,
} as const;

/** One stage that anybody can complete, as a landscape without stages of its own asks for. */
export const anybodysStage: ApprovalStage = {
  name: 'approval',
  approvers: [],
  minApprovals: 1,
  timeLimitHours: 72,
  escalateTo: [],
};

/** What a plan holds beside what is going to be done. */
export const firstVersion = {
  stages: [anybodysStage],
  madeAt: '2026-11-22T00:00:00.000Z',
  version: 1,
} as const satisfies Partial<Plan>;

type LandscapeInput = Parameters<typeof landscapeSchema.parse>[0] & object;

/** A landscape with one managed tenant and pools of both families in centralus, one in westeurope. */
export function sampleLandscape(change: Partial<Landscape> | LandscapeInput = {}): Landscape {
  return landscapeSchema.parse({
    managementTenant: {
      tenantId: ids.managementTenant,
      subscriptionId: 'aaaaaaaa-0000-4000-8000-000000000002',
      resourceGroup: 'rg-network',
      networkManager: 'nm',
    },
    application: {
      clientId: 'cccccccc-0000-4000-8000-000000000001',
      homeTenantId: ids.managementTenant,
      credential: { type: 'clientSecret', setting: 'SECRET' },
    },
    pools: [
      { alias: 'corp-centralus', id: poolIds.ipv4, location: 'centralus', family: 'IPv4' },
      { alias: 'corp6-centralus', id: poolIds.ipv6, location: 'centralus', family: 'IPv6' },
      {
        alias: 'corp-westeurope',
        id: `${managerId}/ipamPools/corp-westeurope`,
        location: 'westeurope',
        family: 'IPv4',
      },
      {
        alias: 'other-centralus',
        id: `${managerId}/ipamPools/other-centralus`,
        location: 'centralus',
        family: 'IPv4',
      },
    ],
    managedTenants: [
      {
        alias: 'fabrikam',
        tenantId: ids.managedTenant,
        subscriptions: [
          { subscriptionId: ids.managedSubscription, resourceGroups: ['rg-payments'] },
          { subscriptionId: ids.otherSubscription },
        ],
      },
    ],
    policy: { rules: [] },
    ...change,
  });
}

/** The body of a valid request, as a ticketing system writes it. */
export function sampleBody(change: object = {}): Record<string, unknown> {
  return {
    id: 'RITM0012345',
    operation: 'allocate',
    requester: { name: 'Payments team', objectId: ids.requester, tenantId: ids.managedTenant },
    reason: 'new payments environment',
    ticket: { system: 'servicenow', id: 'RITM0012345' },
    target: {
      tenant: 'fabrikam',
      subscriptionId: ids.managedSubscription,
      resourceGroup: 'rg-payments',
      virtualNetwork: 'vnet-payments',
      location: 'centralus',
    },
    allocations: [{ pool: 'corp-centralus', numberOfIpAddresses: 100 }],
    subnets: [{ name: 'app', numberOfIpAddresses: 32 }],
    tags: { costCentre: '1234' },
    ...change,
  };
}

export const sampleRequest = (change: object = {}): AllocateRequest =>
  allocateRequestSchema.parse(sampleBody(change));

/** A request about the VNet that the sample request would create. */
const existingBody = (operation: 'associate' | 'remove', change: object) => {
  const { id, requester, reason, target } = sampleBody();
  return { id, operation, requester, reason, target, ...change };
};

export const sampleAssociateRequest = (change: object = {}): AssociateRequest =>
  associateRequestSchema.parse(existingBody('associate', { pools: ['corp-centralus'], ...change }));

export const sampleRemoveRequest = (change: object = {}): RemoveRequest =>
  removeRequestSchema.parse(existingBody('remove', { mode: 'delete', ...change }));
