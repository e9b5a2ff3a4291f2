import { type Landscape, landscapeSchema } from '../../../src/model/landscape.ts';
import { Pool } from './pool-space.ts';

const guid = (letter: string, end: string): string =>
  `${letter}0000000-0000-4000-8000-${end.padStart(12, '0')}`;

const managementTenant = guid('a', 'a');
export const managementSubscription = guid('a', 'a1');

const poolId = (alias: string): string =>
  `/subscriptions/${managementSubscription}/resourceGroups/rg-ipam/providers/Microsoft.Network/networkManagers/avnm/ipamPools/${alias}`;

/** Small enough that requests fight for it, and large enough that most find room. */
export const poolPrefixes = {
  narrow: '10.1.0.0/24',
  wide: '10.2.0.0/16',
  west: '10.3.0.0/20',
  six: 'fd00:0:0:0:0:0:0:0/40',
} as const;

export const tenants = {
  fabrikam: { tenantId: guid('b', 'b'), subscriptionId: guid('b', 'b1') },
  northwind: { tenantId: guid('c', 'c'), subscriptionId: guid('c', 'c1') },
} as const;

export const resourceGroups = ['rg-one', 'rg-two'] as const;

export interface Person {
  readonly name: string;
  readonly email: string;
  readonly objectId: string;
  readonly tenantId: string;
}

/** All from one tenant or the other, one of them twice the same object id: who somebody is, is the pair. */
const person = (name: string, letter: string, tenantId: string): Person => ({
  name,
  // The mail address says nothing: all have the same.
  email: 'shared@fabrikam.example',
  objectId: guid('d', letter),
  tenantId,
});

export const requesters = [
  person('Ada', 'd1', tenants.fabrikam.tenantId),
  person('Ben', 'd2', tenants.northwind.tenantId),
];
export const approvers = [
  person('Cleo', 'd3', managementTenant),
  // The object id of a requester, but in another tenant: somebody else.
  person('Dan', 'd1', managementTenant),
];
export const operators = [
  person('Eve', 'd5', managementTenant),
  person('Finn', 'd6', managementTenant),
];
export const superusers = [person('Sue', 'd7', managementTenant)];

/** Who is in which group, by name; the oracle reads it, too. One of them asks for VNets as well. */
export const groups: Readonly<Record<'network' | 'operators', readonly Person[]>> = {
  network: [...approvers, ...requesters.slice(1)],
  operators,
};

const inLandscape = ({ name, objectId, tenantId }: Person) => ({ name, objectId, tenantId });

/** What everybody may hold at once: few enough that requests meet it. */
export const quotas = { virtualNetworksOfRequester: 3, addressesOfTenant: 500 } as const;

export const landscape: Landscape = landscapeSchema.parse({
  managementTenant: {
    tenantId: managementTenant,
    subscriptionId: managementSubscription,
    resourceGroup: 'rg-ipam',
    networkManager: 'avnm',
  },
  application: {
    clientId: guid('a', 'aa'),
    homeTenantId: managementTenant,
    credential: { type: 'clientSecret', setting: 'THE_SECRET' },
  },
  pools: [
    { alias: 'narrow', id: poolId('narrow'), location: 'centralus', family: 'IPv4' },
    { alias: 'wide', id: poolId('wide'), location: 'centralus', family: 'IPv4' },
    { alias: 'west', id: poolId('west'), location: 'westus', family: 'IPv4' },
    { alias: 'six', id: poolId('six'), location: 'centralus', family: 'IPv6' },
  ],
  managedTenants: Object.entries(tenants).map(([alias, { tenantId, subscriptionId }]) => ({
    alias,
    tenantId,
    subscriptions: [{ subscriptionId }],
  })),
  policy: {
    groups: [{ name: 'network', members: groups.network.map(inLandscape) }],
    stages: [
      {
        name: 'first',
        approvers: ['network'],
        remindAfterHours: 0.5,
        escalateAfterHours: 1,
        escalateTo: ['operators'],
      },
    ],
    quotas: [
      {
        name: 'few',
        per: 'requester',
        maxVirtualNetworks: quotas.virtualNetworksOfRequester,
      },
      { name: 'small', per: 'tenant', maxIpAddresses: { IPv4: quotas.addressesOfTenant } },
    ],
    rules: [
      {
        name: 'no-west',
        pools: ['west'],
        operations: ['allocate'],
        tenants: ['northwind'],
        effect: 'deny',
        reason: 'not there',
      },
      {
        name: 'small',
        minPrefixLength: { IPv4: 26, IPv6: 56 },
        effect: 'auto-approve',
        reason: 'small',
      },
      {
        name: 'removals',
        operations: ['remove'],
        tenants: ['northwind'],
        effect: 'auto-approve',
        reason: 'theirs',
      },
      {
        name: 'wide',
        pools: ['wide'],
        operations: ['allocate'],
        effect: 'require-approval',
        reason: 'two must look, and then an operator',
        stages: [
          {
            name: 'network',
            approvers: ['network'],
            minApprovals: 2,
            escalateAfterHours: 0.5,
            escalateTo: ['operators'],
          },
          { name: 'operation', approvers: ['operators'], timeLimitHours: 1.5 },
        ],
      },
    ],
    approvalTimeLimitHours: 2,
  },
  operators: operators.map(inLandscape),
  superusers: superusers.map(inLandscape),
  bounds: {
    deploySeconds: 900,
    awaitPrefixSeconds: 400,
    releaseSeconds: 900,
    retrySeconds: 400,
    pollSeconds: 20,
  },
});

export const makePools = (): Pool[] =>
  landscape.pools.map(
    ({ alias, id, family, location }) =>
      new Pool({
        alias,
        id,
        family,
        location,
        prefix: poolPrefixes[alias as keyof typeof poolPrefixes],
      }),
  );
