import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { computePlan } from '../../src/activities/planning/plan-request.ts';
import type { Azure, StartedOperation } from '../../src/azure/azure.ts';
import type { AzureReads } from '../../src/azure/azure-reads.ts';
import type { EmulatedAzure } from '../../src/local/azure/server.ts';
import { type Outcome, success } from '../../src/model/outcome.ts';
import { addAllocations } from '../../src/model/virtual-network-document.ts';
import { peeredNetwork, startRemoval } from '../activities/removal-bench.ts';
import { requestId, sampleNetwork, startWorkbenchOf } from '../activities/workbench.ts';
import { azureOf, target, unwrap } from '../azure/on-emulated-azure.ts';
import {
  arm,
  control,
  ids,
  scopes,
  startTestAzure,
  tokenOf,
} from '../local/azure/support/test-azure.ts';
import { sampleAssociateRequest, sampleRequest } from '../model/samples.ts';

interface CustomRole {
  readonly roleName: string;
  readonly description: string;
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
}

const roleOf = (name: string): CustomRole =>
  JSON.parse(readFileSync(`infra/roles/vnet-vending-${name}.json`, 'utf8'));

const management = roleOf('management-tenant');
const managed = roleOf('managed-tenant');
const connections = roleOf('connection-reader');

const sorted = (actions: Iterable<string>): readonly string[] => [...new Set(actions)].sort();
const isOfPools = (action: string) => action.startsWith('Microsoft.Network/networkManagers/');

/** Actions that the plan of every kind of request wants to hold, by asking with none at all. */
async function actionsThatPlansCheck(): Promise<readonly string[]> {
  const allocate = await startWorkbenchOf(sampleRequest());
  const associate = await startWorkbenchOf(sampleAssociateRequest());
  associate.azure.virtualNetwork = sampleNetwork();
  const remove = await startRemoval({ mode: 'delete', detachPeerings: true });
  remove.azure.virtualNetwork = peeredNetwork();
  const benches = [allocate, associate, remove, await startRemoval({ mode: 'disassociate' })];
  const found: string[] = [];
  for (const { azure, dependencies, ledger } of benches) {
    azure.listPermissions = async () => success([]);
    const { request } = (await ledger.getRequest(requestId)) ?? expect.fail('not claimed');
    const { findings } = unwrap(await computePlan(dependencies, request));
    const lacking = findings.flatMap(({ error }) =>
      error?.code === 'PermissionMissing' ? [error.message] : [],
    );
    expect(lacking.length).toBeGreaterThan(1);
    found.push(...lacking.flatMap((message) => message.match(/Microsoft\.[\w/.]+/g) ?? []));
  }
  return sorted(found);
}

describe('the custom roles', () => {
  let emulated: EmulatedAzure;
  let azure: Azure & AzureReads;

  beforeAll(async () => {
    const switches = {
      permissionsNeedAuthorizationRead: true,
      checkReferencesOfVirtualNetworks: true,
    };
    emulated = await startTestAzure({ switches });
    azure = azureOf(emulated);
    await grantEverything(emulated);
  });
  afterAll(() => emulated.close());

  test('hold exactly the actions that Azure demands of the product, in each tenant', async () => {
    const asked = await askEverything(emulated, azure);
    const planned = await actionsThatPlansCheck();
    const of = (subscription: string) =>
      asked.filter(({ scope }) => scope.startsWith(subscription)).map(({ action }) => action);
    expect(sorted([...of(scopes.subscriptionA), ...planned.filter(isOfPools)])).toEqual(
      management.actions,
    );
    expect(
      sorted([...of(scopes.subscriptionB), ...planned.filter((action) => !isOfPools(action))]),
    ).toEqual(managed.actions);
  });

  test('one at the network manager holds what a role at a pool does not reach', async () => {
    const asked = await askEverything(emulated, azure);
    const beyond = asked.filter(
      ({ scope }) => scope.startsWith(scopes.subscriptionA) && !scope.startsWith(scopes.pool),
    );
    expect(sorted(beyond.map(({ action }) => action))).toEqual(connections.actions);
    expect(sorted(beyond.map(({ scope }) => scope))).toEqual([scopes.networkManager]);
  });

  test('are sorted, say where they belong, and take nothing back', () => {
    for (const role of [management, managed, connections]) {
      expect(role.actions).toEqual(sorted(role.actions));
      expect(role.description).toMatch(/Assign at /);
      expect(role.notActions).toEqual([]);
      expect(role.actions.join()).not.toContain('*');
    }
  });
});

/** Owner for the application, so that every call goes all its way and nothing hides behind a refusal. */
async function grantEverything(emulated: EmulatedAzure): Promise<void> {
  const grants = [
    [ids.tenantA, ids.administratorA, scopes.subscriptionA, ids.objectIdInA],
    [ids.tenantB, ids.administratorB, scopes.subscriptionB, ids.objectIdInB],
  ] as const;
  for (const [tenantId, administrator, subscription, principalId] of grants) {
    const owner = `${subscription}/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635`;
    const id = `${subscription}/providers/Microsoft.Authorization/roleAssignments/11111111-2222-4333-8444-555555555555`;
    const { status } = await arm(emulated, 'PUT', id, {
      token: await tokenOf(emulated, tenantId, administrator),
      body: { properties: { roleDefinitionId: owner, principalId } },
    });
    expect(status).toBe(201);
  }
}

type Calls = Record<keyof (Azure & AzureReads), () => Promise<unknown>>;

/** Makes every call that the product knows; a new one does not compile until it is here. */
async function askEverything(emulated: EmulatedAzure, azure: Azure & AzureReads) {
  const token = await tokenOf(emulated, ids.tenantB, ids.administratorB);
  const spoke = target('vnet-spoke');
  const reading = async () => {
    const read = unwrap(await azure.readVirtualNetwork(spoke));
    if (!read) throw new Error('There is no VNet.');
    return read;
  };
  const settled = () =>
    expect
      .poll(async () => (await reading()).view.provisioningState, { timeout: 5_000 })
      .toBe('Succeeded');
  await makeNetworks(emulated, token);
  await settled();
  let started: StartedOperation | undefined;
  const changed = async (change: Promise<Outcome<StartedOperation | null>>) => {
    started = unwrap(await change) ?? started;
    await settled();
  };
  const calls: Calls = {
    checkToken: () => azure.checkToken(ids.tenantB),
    listPermissions: async () => [
      await azure.listPermissions({ tenantId: ids.tenantA, scope: scopes.pool }),
      await azure.listPermissions({ tenantId: ids.tenantB, scope: scopes.groupB }),
    ],
    getResourceGroup: () => azure.getResourceGroup(ids.tenantB, ids.subscriptionB, 'rg-app'),
    getVirtualNetwork: () => azure.getVirtualNetwork(spoke),
    readVirtualNetwork: reading,
    updateVirtualNetwork: async () => {
      const { document, view } = await reading();
      const pool = { poolId: scopes.pool, numberOfIpAddresses: '256' };
      await changed(azure.updateVirtualNetwork(spoke, addAllocations(document, [pool]), view.etag));
    },
    deletePeering: () => changed(azure.deletePeering(spoke, 'to-hub')),
    createPeering: () =>
      azure.createPeering(spoke, 'to-hub', {
        properties: { remoteVirtualNetwork: { id: target('vnet-hub').virtualNetworkId } },
      }),
    listLocks: () => azure.listLocks(spoke),
    createVirtualNetwork: () =>
      azure.createVirtualNetwork({
        requestId: 'RITM1',
        operation: 'allocate',
        target: target('vnet-new'),
        allocations: [
          {
            poolAlias: 'pool',
            poolId: scopes.pool,
            family: 'IPv4',
            numberOfIpAddresses: '256',
          },
        ],
        subnets: [],
        tags: {},
      }),
    deleteVirtualNetwork: async () => {
      const network = unwrap(await azure.getVirtualNetwork(target('vnet-hub')));
      return azure.deleteVirtualNetwork(target('vnet-hub'), network?.etag ?? '');
    },
    pollOperation: () => azure.pollOperation(spoke, started?.operationUrl ?? ''),
    getPool: () => azure.getPool(scopes.pool),
    getPoolUsage: () => azure.getPoolUsage(scopes.pool),
    listPoolAssociations: () => azure.listPoolAssociations(scopes.pool),
    listStaticCidrs: () => azure.listStaticCidrs(scopes.pool),
    listVirtualNetworks: () => azure.listVirtualNetworks(ids.tenantB, ids.subscriptionB, 'rg-app'),
    listScopeConnections: () => azure.listScopeConnections(ids.tenantB, ids.subscriptionB),
  };
  await control(emulated, 'DELETE', '/requests');
  for (const call of Object.values(calls)) await call();
  const { body } = await control(emulated, 'GET', '/requests');
  return body.flatMap(
    ({ demanded }: { demanded: { action: string; scope: string }[] }) => demanded,
  ) as { action: string; scope: string }[];
}

/** A VNet that refers to everything that a VNet of somebody else may refer to, and the hub that it is peered with. */
async function makeNetworks(emulated: EmulatedAzure, token: string): Promise<void> {
  const provider = `${scopes.groupB}/providers/Microsoft.Network`;
  const refer = (type: string) => ({ id: `${provider}/${type}/one` });
  const put = async (id: string, properties: object) => {
    const body = { location: 'eastus', properties };
    expect((await arm(emulated, 'PUT', id, { token, body })).status).toBeLessThan(300);
  };
  const spoke = target('vnet-spoke').virtualNetworkId;
  const hub = target('vnet-hub').virtualNetworkId;
  const space = (prefix: string) => ({ addressSpace: { addressPrefixes: [prefix] } });
  await put(hub, space('10.0.91.0/24'));
  await put(spoke, {
    ...space('10.0.90.0/24'),
    ddosProtectionPlan: refer('ddosProtectionPlans'),
    subnets: [
      {
        name: 'one',
        properties: {
          addressPrefixes: ['10.0.90.0/27'],
          networkSecurityGroup: refer('networkSecurityGroups'),
          routeTable: refer('routeTables'),
          natGateway: refer('natGateways'),
          serviceEndpointPolicies: [refer('serviceEndpointPolicies')],
        },
      },
    ],
  });
  await expect
    .poll(
      async () => (await arm(emulated, 'GET', spoke, { token })).body.properties.provisioningState,
    )
    .toBe('Succeeded');
  const remoteVirtualNetwork = { id: hub };
  await put(`${spoke}/virtualNetworkPeerings/to-hub`, { remoteVirtualNetwork });
}
