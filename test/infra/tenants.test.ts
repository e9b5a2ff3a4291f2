import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { projectRoot } from '../../scripts/sources.ts';
import { missing, predict, type Resource, subscriptionId, timeout } from './predict.ts';

const principal = '55555555-5555-4555-8555-555555555555';
const managedSubscription = 'bbbbbbbb-0000-4000-8000-00000000000b';
const managedTenantId = 'bbbbbbbb-0000-4000-8000-0000000000bb';
const managerId = `/subscriptions/${subscriptionId}/resourceGroups/rg-ipam/providers/Microsoft.Network/networkManagers/nm`;

const management = {
  location: 'westeurope',
  resourceGroupName: 'rg-ipam',
  networkManagerName: 'nm',
  applicationPrincipalId: principal,
  pools: [
    { name: 'corp', location: 'westeurope', addressPrefixes: ['10.0.0.0/8'] },
    {
      name: 'corp-westeurope',
      location: 'westeurope',
      addressPrefixes: ['10.1.0.0/16'],
      parentPoolName: 'corp',
    },
  ],
  managedTenants: [
    { alias: 'fabrikam', tenantId: managedTenantId, subscriptionIds: [managedSubscription] },
  ],
};

const managed = { networkManagerId: managerId, applicationPrincipalId: principal };

const roleFile = (name: string) =>
  JSON.parse(readFileSync(join(projectRoot, 'infra/roles', `vnet-vending-${name}.json`), 'utf8'));

const actionsOf = (role: Resource | undefined) => role?.properties.permissions[0].actions;

const assignmentsOf = (resources: readonly Resource[]) =>
  resources.map(({ id, properties }) => [
    id.slice(0, id.lastIndexOf('/providers/')),
    properties.roleDefinitionId,
    properties.principalId,
  ]);

describe('The templates of the tenants', { timeout }, () => {
  beforeEach((context) => {
    if (missing !== undefined) context.skip(missing);
  });

  it('make a network manager for IPAM alone, with its pools and connections', async () => {
    const made = await predict('management-tenant.bicep', management);

    expect(made.one('Microsoft.Network/networkManagers').properties).toEqual({
      networkManagerScopes: { subscriptions: [`/subscriptions/${subscriptionId}`] },
      networkManagerScopeAccesses: [],
    });
    expect(
      made
        .ofType('Microsoft.Network/networkManagers/ipamPools')
        .map(({ name, properties }) => [
          name,
          properties.addressPrefixes,
          properties.parentPoolName,
        ]),
    ).toEqual([
      ['nm/corp', ['10.0.0.0/8'], ''],
      ['nm/corp-westeurope', ['10.1.0.0/16'], 'corp'],
    ]);
    expect(made.one('Microsoft.Network/networkManagers/scopeConnections').properties).toEqual({
      tenantId: managedTenantId,
      resourceId: `/subscriptions/${managedSubscription}`,
      description: 'vnet-vending',
    });
  });

  it('give the application exactly the rights of infra/roles, at each pool and for the connections', async () => {
    const made = await predict('management-tenant.bicep', management);
    const definitions = made.ofType('Microsoft.Authorization/roleDefinitions');
    const called = (start: string) =>
      definitions.find(({ properties }) => properties.roleName.startsWith(start));
    const pools = called(roleFile('management-tenant').roleName);
    const connections = called(roleFile('connection-reader').roleName);

    expect(definitions).toHaveLength(2);
    expect(actionsOf(pools)).toEqual(roleFile('management-tenant').actions);
    expect(actionsOf(connections)).toEqual(roleFile('connection-reader').actions);
    expect(assignmentsOf(made.ofType('Microsoft.Authorization/roleAssignments'))).toEqual([
      [`${managerId}/ipamPools/corp`, pools?.id, principal],
      [`${managerId}/ipamPools/corp-westeurope`, pools?.id, principal],
      [managerId, connections?.id, principal],
    ]);
  });

  it('give IPAM Pool User instead, if asked to', async () => {
    const made = await predict('management-tenant.bicep', {
      ...management,
      poolRole: 'ipamPoolUser',
    });
    const [first] = assignmentsOf(made.ofType('Microsoft.Authorization/roleAssignments'));

    expect(first?.[1]).toMatch(/\/7b3e853f-ad5d-4fb5-a7b8-56a3581c7037$/);
  });

  it('adopt a network manager without changing it or its pools', async () => {
    const made = await predict('management-tenant.bicep', { ...management, adopt: true });
    const types = new Set(made.resources.map(({ type }) => type));

    expect([...types].toSorted()).toEqual([
      'Microsoft.Authorization/roleAssignments',
      'Microsoft.Authorization/roleDefinitions',
      'Microsoft.Network/networkManagers/scopeConnections',
    ]);
  });

  it('log changes of allocations, if there is a workspace', async () => {
    const workspaceId = `/subscriptions/${subscriptionId}/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/log`;
    const made = await predict('management-tenant.bicep', { ...management, workspaceId });

    expect(
      made
        .ofType('Microsoft.Insights/diagnosticSettings')
        .map(({ properties }) => properties.logs[0].category),
    ).toEqual(['PoolAllocationChange', 'PoolAllocationChange']);
  });

  it('connect a managed subscription, and give the application exactly the rights of infra/roles there', async () => {
    const made = await predict('managed-tenant.bicep', managed);
    const role = made.one('Microsoft.Authorization/roleDefinitions');

    expect(made.one('Microsoft.Network/networkManagerConnections').properties).toEqual({
      networkManagerId: managerId,
      description: 'vnet-vending',
    });
    expect(actionsOf(role)).toEqual(roleFile('managed-tenant').actions);
    expect(role.properties.assignableScopes).toEqual([`/subscriptions/${subscriptionId}`]);
    expect(assignmentsOf(made.ofType('Microsoft.Authorization/roleAssignments'))).toEqual([
      [`/subscriptions/${subscriptionId}`, role.id, principal],
    ]);
  });

  it('keep the application to the resource groups that are named', async () => {
    const made = await predict('managed-tenant.bicep', {
      ...managed,
      role: 'networkContributor',
      resourceGroupNames: ['rg-payments', 'rg-shop'],
    });
    const given = assignmentsOf(made.ofType('Microsoft.Authorization/roleAssignments'));

    expect(given.map(([scope]) => scope)).toEqual(
      ['rg-payments', 'rg-shop'].map(
        (name) => `/subscriptions/${subscriptionId}/resourceGroups/${name}`,
      ),
    );
    for (const [, role] of given) expect(role).toMatch(/4d97b98b-1d4f-4787-a291-c67834d212e7$/);
    expect(made.ofType('Microsoft.Authorization/roleDefinitions')).toEqual([]);
  });
});
