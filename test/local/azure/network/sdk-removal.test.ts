import { NetworkManagementClient } from '@azure/arm-network';
import {
  auxiliaryAuthenticationHeaderPolicy,
  type PipelinePolicy,
  RestError,
} from '@azure/core-rest-pipeline';
import { ClientSecretCredential } from '@azure/identity';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EmulatedAzure } from '../../../../src/local/azure/server.ts';
import { control, ids, scopes, startTestAzure } from '../support/test-azure.ts';

/** What stands in the way of a removal, as the unmodified client of Azure sees it. */
const group = 'rg-app';
const quick = { updateIntervalInMs: 1 };

let azure: EmulatedAzure;
let networks: NetworkManagementClient;
beforeAll(async () => {
  azure = await startTestAzure();
  const credentialOf = (tenantId: string) =>
    new ClientSecretCredential(tenantId, ids.application.clientId, ids.application.clientSecret, {
      authorityHost: azure.authority,
      disableInstanceDiscovery: true,
    });
  const policy: PipelinePolicy = auxiliaryAuthenticationHeaderPolicy({
    credentials: [credentialOf(ids.tenantA)],
    scopes: 'https://management.azure.com/.default',
  });
  networks = new NetworkManagementClient(credentialOf(ids.tenantB), ids.subscriptionB, {
    endpoint: azure.resourceManager,
    additionalPolicies: [{ policy, position: 'perRetry' }],
    retryOptions: { maxRetries: 0 },
  });
});
afterAll(() => azure.close());

const idOf = (name: string) =>
  `${scopes.groupB}/providers/Microsoft.Network/virtualNetworks/${name}`;
const change = (network: unknown) => control(azure, 'POST', '/state', { network });

async function refusalOf(call: PromiseLike<unknown>): Promise<RestError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof RestError) return error;
    throw error;
  }
  throw new Error('the call was not refused');
}

test('a VNet in use shows who uses it, and is deleted once nobody does', async () => {
  await networks.virtualNetworks.createOrUpdate(
    group,
    'used',
    {
      location: 'eastus',
      addressSpace: {
        ipamPoolPrefixAllocations: [{ numberOfIpAddresses: '256', id: scopes.pool }],
      },
      subnets: [
        { name: 's', ipamPoolPrefixAllocations: [{ numberOfIpAddresses: '64', id: scopes.pool }] },
      ],
    },
    quick,
  );
  const subnet = `${idOf('used')}/subnets/s`;
  const endpoint = `${scopes.groupB}/providers/Microsoft.Network/privateEndpoints/pe`;
  const use = { change: 'useSubnet', id: subnet };
  const link = { name: 'AppServiceLink', linkedResourceType: 'Microsoft.Web/serverfarms' };
  await change({ ...use, privateEndpoints: [endpoint], serviceAssociationLinks: [link] });
  const [shown] = (await networks.virtualNetworks.get(group, 'used')).subnets ?? [];
  expect(shown?.privateEndpoints?.map(({ id }) => id)).toEqual([endpoint]);
  expect(shown?.serviceAssociationLinks).toMatchObject([
    { name: 'AppServiceLink', linkedResourceType: link.linkedResourceType, allowDelete: false },
  ]);
  const inUse = await refusalOf(networks.virtualNetworks.delete(group, 'used', quick));
  expect([inUse.statusCode, inUse.code]).toEqual([400, 'InUseSubnetCannotBeDeleted']);

  await change({ ...use, privateEndpoints: [], serviceAssociationLinks: [] });
  await change({ change: 'lock', id: scopes.groupB, level: 'CanNotDelete' });
  const locked = await refusalOf(networks.virtualNetworks.delete(group, 'used', quick));
  expect([locked.statusCode, locked.code]).toEqual([409, 'ScopeLocked']);

  await change({ change: 'unlock', id: scopes.groupB });
  await networks.virtualNetworks.delete(group, 'used', quick);
  const gone = await refusalOf(networks.virtualNetworks.get(group, 'used'));
  expect(gone.statusCode).toBe(404);
});

test('a peering that was deleted comes back after the other side was written', async () => {
  for (const [name, prefix] of [
    ['spoke', '192.168.0.0/24'],
    ['hub', '172.16.0.0/24'],
  ] as const) {
    const addressSpace = { addressPrefixes: [prefix] };
    await networks.virtualNetworks.createOrUpdate(
      group,
      name,
      { location: 'eastus', addressSpace },
      quick,
    );
  }
  const peer = (from: string, to: string) =>
    networks.virtualNetworkPeerings.createOrUpdate(
      group,
      from,
      'p',
      { remoteVirtualNetwork: { id: idOf(to) } },
      quick,
    );
  const stateOf = async (name: string) =>
    (await networks.virtualNetworkPeerings.get(group, name, 'p')).peeringState;
  await peer('spoke', 'hub');
  await peer('hub', 'spoke');
  expect(await stateOf('spoke')).toBe('Connected');
  await networks.virtualNetworkPeerings.delete(group, 'spoke', 'p', quick);
  expect(await stateOf('hub')).toBe('Disconnected');
  const refused = await refusalOf(peer('spoke', 'hub'));
  expect([refused.statusCode, refused.code]).toEqual([400, 'RemotePeeringIsDisconnected']);
  await peer('hub', 'spoke');
  await peer('spoke', 'hub');
  expect([await stateOf('spoke'), await stateOf('hub')]).toEqual(['Connected', 'Connected']);
  await networks.virtualNetworks.delete(group, 'spoke', quick);
  expect(await stateOf('hub')).toBe('Disconnected');
});
