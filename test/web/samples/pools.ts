import type { PoolBlock, PoolDetail } from '../../../src/model/api/pool-views.ts';

const poolId = (alias: string): string =>
  `/subscriptions/a0000000-0000-4000-8000-0000000000a1/resourceGroups/rg-ipam/providers/Microsoft.Network/networkManagers/avnm-contoso/ipamPools/${alias}`;

const virtualNetworkId = (group: string, name: string): string =>
  `/subscriptions/b0000000-0000-4000-8000-0000000000b1/resourceGroups/${group}/providers/Microsoft.Network/virtualNetworks/${name}`;

const held = (prefix: string, name: string, requestId?: string): PoolBlock => ({
  prefix,
  kind: 'allocated',
  holder: {
    resourceId: virtualNetworkId('rg-payments', name),
    name,
    tenant: 'fabrikam',
    ...(requestId === undefined ? {} : { requestId }),
  },
});

const free = (prefix: string): PoolBlock => ({ prefix, kind: 'free' });

/** Three pools of the example: one in use, one empty of IPv6, one that cannot be read. */
export const samplePools = (now: number): PoolDetail[] => [
  {
    alias: 'corp-centralus',
    id: poolId('corp-centralus'),
    location: 'centralus',
    family: 'IPv4',
    addressPrefixes: ['10.0.0.0/12'],
    totalIpAddresses: '1048576',
    allocatedIpAddresses: '5376',
    availableIpAddresses: '1043200',
    blocks: [
      held('10.0.0.0/24', 'vnet-payments', 'RITM0012301'),
      free('10.0.1.0/24'),
      { prefix: '10.0.2.0/23', kind: 'reserved' },
      held('10.0.4.0/22', 'vnet-data', 'RITM0012302'),
      free('10.0.8.0/21'),
      held('10.0.16.0/20', 'vnet-platform'),
      ...['10.0.32.0/19', '10.0.64.0/18', '10.0.128.0/17'].map(free),
      ...['10.1.0.0/16', '10.2.0.0/15', '10.4.0.0/14', '10.8.0.0/13'].map(free),
    ],
    usage: Array.from({ length: 30 }, (_, day) => ({
      at: new Date(now - (30 - day) * 86_400_000).toISOString(),
      allocatedIpAddresses: String(1024 + Math.floor(day / 5) * 768),
      totalIpAddresses: '1048576',
    })),
  },
  {
    alias: 'corp-centralus-v6',
    id: poolId('corp-centralus-v6'),
    location: 'centralus',
    family: 'IPv6',
    addressPrefixes: ['fd00:c0::/32'],
    totalIpAddresses: '79228162514264337593543950336',
    allocatedIpAddresses: '0',
    availableIpAddresses: '79228162514264337593543950336',
    blocks: [free('fd00:c0::/32')],
    usage: [],
  },
  {
    alias: 'corp-westeurope',
    id: poolId('corp-westeurope'),
    location: 'westeurope',
    family: 'IPv4',
    addressPrefixes: ['10.16.0.0/12'],
    error: {
      code: 'PermissionMissing',
      kind: 'operator',
      message: "The application may not read the pool 'corp-westeurope'.",
      cause: 'It has no role on the pool in the management tenant.',
      remedy: 'Give the application the role IPAM Pool User on the pool.',
    },
    blocks: [],
    usage: [],
  },
];
