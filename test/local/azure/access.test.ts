import { describe, expect, test } from 'vitest';
import type { AzureServices } from '../../../src/local/azure/contracts.ts';
import { DocumentStore } from '../../../src/local/azure/document-store.ts';
import { isAllowed, matchesAction, rolesAt } from '../../../src/local/azure/gateway/access.ts';
import { scopeOfPath } from '../../../src/local/azure/gateway/resource-ids.ts';
import type { BuiltInRoleName } from '../../../src/local/azure/seed.ts';
import { assignRole } from '../../../src/local/azure/seed-directory.ts';
import { defaultSwitches, type Switches } from '../../../src/local/azure/switches.ts';
import { VirtualClock } from '../../../src/local/clock.ts';

const principal = 'principal-1';
const subscription = '/subscriptions/s1';
const group = `${subscription}/resourceGroups/rg`;
const pool = `${group}/providers/Microsoft.Network/networkManagers/nm/ipamPools/p`;

function services(switches: Partial<Switches> = {}): AzureServices {
  return {
    clock: new VirtualClock(),
    store: new DocumentStore(':memory:'),
    switches: { ...defaultSwitches, ...switches },
    speed: 1,
  };
}

function withRole(role: BuiltInRoleName, scope: string, switches?: Partial<Switches>) {
  const azure = services(switches);
  assignRole(azure, scope, role, principal);
  return (action: string, at: string) => isAllowed(azure, principal, action, at);
}

describe('an action pattern', () => {
  test.each([
    ['*', 'Microsoft.Network/virtualNetworks/write', true],
    ['*/read', 'Microsoft.Network/virtualNetworks/subnets/read', true],
    ['*/read', 'Microsoft.Network/virtualNetworks/write', false],
    ['Microsoft.Network/*', 'microsoft.network/VIRTUALNETWORKS/write', true],
    ['Microsoft.Network/*', 'MicrosoftXNetwork/virtualNetworks/write', false],
    ['Microsoft.Network/virtualNetworks/write', 'Microsoft.Network/virtualNetworks/write', true],
    ['Microsoft.Network/virtualNetworks/write', 'Microsoft.Network/virtualNetworks/writes', false],
    ['a/*/read', 'a/read', false],
    ['a/*/read', 'a/b/c/read', true],
  ])('%s and %s: %s', (pattern, action, expected) => {
    expect(matchesAction(pattern, action)).toBe(expected);
  });
});

describe('a role', () => {
  const associate = 'Microsoft.Network/networkManagers/ipamPools/associateResourcesToPool/action';
  const write = 'Microsoft.Network/virtualNetworks/write';
  const assign = 'Microsoft.Authorization/roleAssignments/write';
  const readAssignments = 'Microsoft.Authorization/roleAssignments/read';
  const readPool = 'Microsoft.Network/networkManagers/ipamPools/read';
  const readGroup = 'Microsoft.Resources/subscriptions/resourceGroups/read';
  const writeGroup = 'Microsoft.Resources/subscriptions/resourceGroups/write';

  const matrix: readonly [BuiltInRoleName, readonly string[], readonly string[]][] = [
    ['Owner', [associate, write, assign, readPool, readGroup, writeGroup], []],
    [
      'Contributor',
      [associate, write, readAssignments, readPool, readGroup, writeGroup],
      [
        assign,
        'microsoft.authorization/roleassignments/WRITE',
        'Microsoft.Authorization/locks/delete',
      ],
    ],
    ['Reader', [readAssignments, readPool, readGroup], [associate, write, assign, writeGroup]],
    [
      'Network Contributor',
      [associate, write, readAssignments, readPool, readGroup],
      [assign, writeGroup],
    ],
    [
      'IPAM Pool User',
      [
        associate,
        'Microsoft.Network/networkManagers/ipamPools/getPoolUsage/action',
        'Microsoft.Network/networkManagers/ipamPools/listAssociatedResources/action',
        'Microsoft.Network/networkManagers/ipamPools/staticCidrs/read',
      ],
      [readPool, write, readAssignments, readGroup, 'Microsoft.Network/networkManagers/read'],
    ],
  ];
  test.each(matrix)('%s allows and refuses what it should', (role, allowed, refused) => {
    const may = withRole(role, group);
    expect(allowed.filter((action) => !may(action, group))).toEqual([]);
    expect(refused.filter((action) => may(action, group))).toEqual([]);
  });

  test('IPAM Pool User reads the pool itself only when the switch says so', () => {
    expect(withRole('IPAM Pool User', pool)(readPool, pool)).toBe(false);
    expect(withRole('IPAM Pool User', pool, { poolUserMayReadPool: true })(readPool, pool)).toBe(
      true,
    );
  });

  test('counts below its scope and not above or beside it', () => {
    const may = withRole('Network Contributor', group);
    expect(may(write, `${group}/providers/Microsoft.Network/virtualNetworks/v`)).toBe(true);
    expect(may(write, group.toUpperCase())).toBe(true);
    expect(may(write, subscription)).toBe(false);
    expect(may(write, `${subscription}/resourceGroups/rg2`)).toBe(false);
    expect(may(write, '')).toBe(false);
  });

  test('that forbids something does not take it from another role', () => {
    const azure = services();
    assignRole(azure, subscription, 'Contributor', principal);
    expect(isAllowed(azure, principal, assign, group)).toBe(false);
    assignRole(azure, group, 'Owner', principal);
    expect(isAllowed(azure, principal, assign, group)).toBe(true);
  });

  test('that is held twice, at the scope and above, is listed once', () => {
    const azure = services();
    assignRole(azure, subscription, 'Reader', principal);
    assignRole(azure, group, 'Reader', principal.toUpperCase());
    assignRole(azure, pool, 'IPAM Pool User', principal);
    expect(rolesAt(azure, principal, group).map(({ name }) => name)).toEqual(['Reader']);
    expect(rolesAt(azure, principal, pool)).toHaveLength(2);
    expect(rolesAt(azure, 'somebody else', pool)).toEqual([]);
  });
});

test.each([
  ['/subscriptions', ''],
  ['/subscriptions/s1', '/subscriptions/s1'],
  ['/subscriptions/s1/resourceGroups', '/subscriptions/s1'],
  [group, group],
  [pool, pool],
  [`${pool}/getPoolUsage`, pool],
  [`${group}/providers/Microsoft.Network/virtualNetworks`, `${group}/providers/Microsoft.Network`],
  [
    `${pool}/providers/Microsoft.Authorization/roleAssignments/guid`,
    `${pool}/providers/Microsoft.Authorization/roleAssignments/guid`,
  ],
])('%s is authorised at %s', (path, scope) => {
  expect(scopeOfPath(path)).toBe(scope);
});
