import { expect, test } from 'vitest';
import { changeNetwork } from '../../../../src/local/azure/network/network-operations.ts';
import { scopes } from '../support/test-azure.ts';
import { networkPath, plainBody, putNetwork, TestNetwork } from './test-network.ts';

/**
 * A client that reads a VNet, changes the allocations and writes the whole body back must find
 * everything else as it was.
 */
const path = networkPath('v');
const elsewhere = (type: string, name: string): { id: string } => ({
  id: `${scopes.groupB}/providers/Microsoft.Network/${type}/${name}`,
});

const rich = {
  location: 'eastus',
  tags: { costCentre: '1234', owner: 'payments' },
  extendedLocation: { name: 'edge', type: 'EdgeZone' },
  notYetInvented: { top: true },
  properties: {
    addressSpace: { addressPrefixes: ['10.0.8.0/24', '10.0.9.0/24'] },
    flowTimeoutInMinutes: 4,
    dhcpOptions: { dnsServers: ['10.0.8.4', '10.0.8.5'] },
    bgpCommunities: { virtualNetworkCommunity: '12076:20000' },
    encryption: { enabled: true, enforcement: 'AllowUnencrypted' },
    enableDdosProtection: true,
    ddosProtectionPlan: elsewhere('ddosProtectionPlans', 'plan'),
    privateEndpointVNetPolicies: 'Basic',
    notYetInvented: { deep: [1, { two: null }] },
    subnets: [
      {
        name: 'app',
        notYetInvented: ['beside the properties'],
        properties: {
          addressPrefixes: ['10.0.8.0/25'],
          networkSecurityGroup: elsewhere('networkSecurityGroups', 'nsg'),
          routeTable: elsewhere('routeTables', 'routes'),
          natGateway: elsewhere('natGateways', 'nat'),
          serviceEndpoints: [{ service: 'Microsoft.Storage', locations: ['eastus', 'westus'] }],
          serviceEndpointPolicies: [elsewhere('serviceEndpointPolicies', 'policy')],
          delegations: [
            {
              name: 'web',
              properties: {
                serviceName: 'Microsoft.Web/serverFarms',
                actions: ['Microsoft.Network/virtualNetworks/subnets/action'],
              },
            },
          ],
          privateEndpointNetworkPolicies: 'Enabled',
          privateLinkServiceNetworkPolicies: 'Disabled',
          defaultOutboundAccess: false,
          sharingScope: 'Tenant',
          applicationGatewayIPConfigurations: [],
          notYetInvented: { number: 1.5 },
        },
      },
      { name: 'data', properties: { addressPrefixes: ['10.0.9.0/26', '10.0.9.64/26'] } },
    ],
  },
};

/** The VNet with everything that it can have: subnets in use, a peering, flow logs. */
function network(): TestNetwork {
  const azure = new TestNetwork();
  putNetwork(azure, plainBody(['172.16.0.0/24']), 'hub');
  expect(putNetwork(azure, rich).status).toBe(201);
  azure.finish();
  azure.call('PUT', `${path}/virtualNetworkPeerings/to-hub`, {
    body: {
      properties: {
        remoteVirtualNetwork: { id: networkPath('hub') },
        allowForwardedTraffic: true,
        useRemoteGateways: false,
        doNotVerifyRemoteGateways: true,
        notYetInvented: 'kept',
      },
    },
  });
  azure.finish();
  changeNetwork(azure.services, [
    {
      change: 'useSubnet',
      id: `${path}/subnets/app`,
      ipConfigurations: [`${scopes.groupB}/nic/ipConfigurations/ip`],
      serviceAssociationLinks: [
        { name: 'AppServiceLink', linkedResourceType: 'Microsoft.Web/serverFarms' },
      ],
    },
    { change: 'patchVirtualNetwork', id: path, properties: { flowLogs: [{ id: '/flow/log' }] } },
  ]);
  return azure;
}

// biome-ignore lint/suspicious/noExplicitAny: wire JSON, looked at in assertions only
const read = (azure: TestNetwork): any => azure.call('GET', path).body;

/** A body without what every write changes: the etags, all of them one. */
const lasting = (body: { etag: string }): unknown =>
  JSON.parse(JSON.stringify(body).replaceAll(JSON.stringify(body.etag), '"etag"'));

test('a VNet shows everything that it was made with', () => {
  const body = read(network());
  expect(body).toMatchObject(rich);
  expect(body.properties.virtualNetworkPeerings).toMatchObject([
    { name: 'to-hub', properties: { allowForwardedTraffic: true, notYetInvented: 'kept' } },
  ]);
  expect(body.properties.flowLogs).toEqual([{ id: '/flow/log' }]);
});

test('a body that is sent back unchanged changes nothing but the etag', () => {
  const azure = network();
  const before = read(azure);
  const headers = { 'If-Match': before.etag };
  expect(azure.call('PUT', path, { body: before, headers }).status).toBe(200);
  azure.finish();
  const after = read(azure);
  expect(lasting(after)).toEqual(lasting(before));
  expect(after.etag).not.toBe(before.etag);
});

test('what is set by Azure alone cannot be set, nor taken away by leaving it out', () => {
  const azure = network();
  const before = read(azure);
  const body = structuredClone(before);
  delete body.properties.flowLogs;
  body.properties.resourceGuid = '00000000-0000-0000-0000-000000000000';
  body.properties.provisioningState = 'Failed';
  for (const subnet of body.properties.subnets) {
    delete subnet.properties.ipConfigurations;
    delete subnet.properties.serviceAssociationLinks;
    subnet.properties.provisioningState = 'Failed';
    subnet.id = '/subscriptions/other';
  }
  const [peering] = body.properties.virtualNetworkPeerings;
  peering.properties.peeringState = 'Disconnected';
  peering.properties.remoteAddressSpace = { addressPrefixes: [] };
  expect(putNetwork(azure, body).status).toBe(200);
  azure.finish();
  expect(lasting(read(azure))).toEqual(lasting(before));
});

test('associating and disassociating by the whole body keep all the rest', () => {
  const azure = network();
  const before = read(azure);
  const associated = structuredClone(before);
  associated.properties.addressSpace.ipamPoolPrefixAllocations = [{ pool: { id: scopes.pool } }];
  for (const subnet of associated.properties.subnets) {
    subnet.properties.ipamPoolPrefixAllocations = [{ pool: { id: scopes.pool } }];
  }
  expect(putNetwork(azure, associated).status).toBe(200);
  azure.finish();
  expect(azure.associations()).toEqual({ v: ['10.0.8.0/24', '10.0.9.0/24'] });
  const between = read(azure);
  expect(withoutAllocations(between)).toEqual(withoutAllocations(before));
  expect(between.properties.subnets[1].properties.ipamPoolPrefixAllocations).toMatchObject([
    { allocatedAddressPrefixes: ['10.0.9.0/26', '10.0.9.64/26'] },
  ]);

  const disassociated = structuredClone(between);
  disassociated.properties.addressSpace.ipamPoolPrefixAllocations = [];
  for (const subnet of disassociated.properties.subnets) {
    subnet.properties.ipamPoolPrefixAllocations = [];
  }
  expect(putNetwork(azure, disassociated).status).toBe(200);
  azure.finish();
  expect(azure.associations()).toEqual({});
  expect(lasting(read(azure))).toEqual(lasting(before));
});

function withoutAllocations(body: Parameters<typeof lasting>[0]): unknown {
  const text = JSON.stringify(lasting(body));
  return JSON.parse(text, (key, value) =>
    key === 'ipamPoolPrefixAllocations' ? undefined : value,
  );
}

test('a body that is read before somebody else writes is refused with the etag it was read with', () => {
  const azure = network();
  const body = read(azure);
  const patch = { change: 'patchVirtualNetwork', id: path, tags: { drift: 'yes' } };
  changeNetwork(azure.services, patch);
  const headers = { 'If-Match': body.etag };
  const refusal = { status: 412, body: { error: { code: 'PreconditionFailed' } } };
  expect(azure.call('PUT', path, { body, headers })).toMatchObject(refusal);
  expect(azure.call('PATCH', path, { body: { tags: {} }, headers })).toMatchObject(refusal);
  expect(azure.call('DELETE', path, { headers })).toMatchObject(refusal);
  expect(read(azure).tags).toEqual({ drift: 'yes' });
});
