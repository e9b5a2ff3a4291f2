import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EmulatedAzure } from '../../../src/local/azure/server.ts';
import { VirtualClock } from '../../../src/local/clock.ts';
import { arm, control, ids, scopes, startTestAzure, tokenOf } from './support/test-azure.ts';

let clock: VirtualClock;
let azure: EmulatedAzure;
/** Network Contributor of the resource group of the VNet, and of nothing else in tenant B. */
let token: string;
beforeEach(async () => {
  clock = new VirtualClock();
  azure = await startTestAzure({ clock, switches: { checkReferencesOfVirtualNetworks: true } });
  token = await tokenOf(azure, ids.tenantB, ids.application);
});
afterEach(() => azure.close());

const resource = (group: string, type: string) =>
  `${scopes.subscriptionB}/resourceGroups/${group}/providers/Microsoft.Network/${type}/x`;
const id = resource('rg-app', 'virtualNetworks');

const withSubnet = (properties: object) => ({
  subnets: [{ name: 's', properties: { addressPrefix: '10.9.0.0/25', ...properties } }],
});
const withPeering = (remote: string) => ({
  virtualNetworkPeerings: [{ name: 'p', properties: { remoteVirtualNetwork: { id: remote } } }],
});
const put = (properties: object) =>
  arm(azure, 'PUT', id, {
    token,
    body: {
      location: 'eastus',
      properties: { addressSpace: { addressPrefixes: ['10.9.0.0/24'] }, ...properties },
    },
  });

const references: [string, string, (reference: string) => object][] = [
  ['networkSecurityGroups', 'join', (at) => withSubnet({ networkSecurityGroup: { id: at } })],
  ['routeTables', 'join', (at) => withSubnet({ routeTable: { id: at } })],
  ['natGateways', 'join', (at) => withSubnet({ natGateway: { id: at } })],
  [
    'serviceEndpointPolicies',
    'join',
    (at) => withSubnet({ serviceEndpointPolicies: [{ id: at }] }),
  ],
  ['ddosProtectionPlans', 'join', (at) => ({ ddosProtectionPlan: { id: at } })],
  ['virtualNetworks', 'peer', withPeering],
];

test.each(references)(
  'by a switch a body that refers to %s needs %s there',
  async (type, action, refer) => {
    const foreign = resource('rg-hub', type);
    const refused = await put(refer(foreign));
    expect(refused.status).toBe(403);
    expect(refused.body.error).toMatchObject({
      code: 'LinkedAuthorizationFailed',
      message: expect.stringContaining(
        `action(s) 'Microsoft.Network/${type}/${action}/action' on the linked scope(s) '${foreign}'`,
      ),
    });
    expect((await put(refer(resource('rg-app', type)))).status).toBe(201);
  },
);

test('a subnet of its own needs it as well, and a peering across tenants the token of the other one', async () => {
  expect((await put({})).status).toBe(201);
  clock.advance(60_000);
  const networkSecurityGroup = { id: resource('rg-hub', 'networkSecurityGroups') };
  const subnet = await arm(azure, 'PUT', `${id}/subnets/s`, {
    token,
    body: { properties: { addressPrefix: '10.9.0.0/25', networkSecurityGroup } },
  });
  expect(subnet.body.error.code).toBe('LinkedAuthorizationFailed');
  const hub = `${scopes.groupA}/providers/Microsoft.Network/virtualNetworks/hub`;
  expect((await put(withPeering(hub))).body.error.message).toContain(
    `current tenant '${ids.tenantB}' is not authorized to access linked subscription '${ids.subscriptionA}'`,
  );
});

test('without the switch only pools are looked at', async () => {
  const switches = { checkReferencesOfVirtualNetworks: null };
  await control(azure, 'POST', '/state', { switches });
  const networkSecurityGroup = { id: resource('rg-hub', 'networkSecurityGroups') };
  expect((await put(withSubnet({ networkSecurityGroup }))).status).toBe(201);
});
