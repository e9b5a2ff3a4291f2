import { describe, expect, test } from 'vitest';
import { changeNetwork } from '../../../../src/local/azure/network/network-operations.ts';
import { scopes } from '../support/test-azure.ts';
import { ipamBody, networkPath, plainBody, putNetwork, TestNetwork } from './test-network.ts';

const path = networkPath('v');
const subnet = `${path}/subnets/s`;
const plan = `${scopes.groupB}/providers/Microsoft.Web/serverfarms/plan`;
const ids = {
  nic: `${scopes.groupB}/providers/Microsoft.Network/networkInterfaces/nic/ipConfigurations/ip`,
  gateway: `${scopes.groupB}/providers/Microsoft.Network/virtualNetworkGateways/gw/ipConfigurations/default`,
  privateEndpoint: `${scopes.groupB}/providers/Microsoft.Network/privateEndpoints/pe`,
};
const link = {
  name: 'AppServiceLink',
  linkedResourceType: 'Microsoft.Web/serverfarms',
  link: plan,
};
const navigation = { name: 'SqlLink', linkedResourceType: 'Microsoft.Sql/managedInstances' };

function used(users: object): TestNetwork {
  const azure = new TestNetwork();
  azure.allocate('v', 256, { subnets: { s: 64 } });
  azure.finish();
  changeNetwork(azure.services, { change: 'useSubnet', id: subnet, ...users });
  return azure;
}

test('a subnet shows its users as Azure does, and a body that repeats them changes nothing', () => {
  const azure = used({
    ipConfigurations: [ids.nic],
    privateEndpoints: [ids.privateEndpoint],
    serviceAssociationLinks: [link],
    resourceNavigationLinks: [navigation],
  });
  const { body } = azure.call('GET', path);
  const shown = {
    ipConfigurations: [{ id: ids.nic }],
    privateEndpoints: [{ id: ids.privateEndpoint }],
    serviceAssociationLinks: [
      {
        name: 'AppServiceLink',
        id: `${subnet}/serviceAssociationLinks/AppServiceLink`,
        etag: body.etag,
        type: 'Microsoft.Network/virtualNetworks/subnets/serviceAssociationLinks',
        properties: {
          provisioningState: 'Succeeded',
          linkedResourceType: 'Microsoft.Web/serverfarms',
          link: plan,
          enabledForArmDeployments: false,
          allowDelete: false,
          locations: [],
        },
      },
    ],
    resourceNavigationLinks: [
      {
        name: 'SqlLink',
        id: `${subnet}/resourceNavigationLinks/SqlLink`,
        etag: body.etag,
        type: 'Microsoft.Network/virtualNetworks/subnets/resourceNavigationLinks',
        properties: {
          provisioningState: 'Succeeded',
          linkedResourceType: 'Microsoft.Sql/managedInstances',
        },
      },
    ],
  };
  expect(body.properties.subnets[0].properties).toMatchObject(shown);
  expect(azure.call('GET', subnet).body).toEqual(body.properties.subnets[0]);
  const repeated = structuredClone(body);
  repeated.properties.subnets[0].properties.privateEndpoints = [{ id: '/another' }];
  repeated.properties.subnets[0].properties.serviceAssociationLinks = [];
  expect(putNetwork(azure, repeated).status).toBe(200);
  azure.finish();
  const { properties } = azure.call('GET', subnet).body;
  expect(properties.privateEndpoints).toEqual(shown.privateEndpoints);
  expect(properties.serviceAssociationLinks).toHaveLength(1);
});

describe.each([
  ['a network interface', { ipConfigurations: [ids.nic] }, ids.nic],
  ['a gateway', { ipConfigurations: [ids.gateway] }, ids.gateway],
  ['a private endpoint', { privateEndpoints: [ids.privateEndpoint] }, ids.privateEndpoint],
  [
    'a service association link',
    { serviceAssociationLinks: [link] },
    `${subnet}/serviceAssociationLinks/AppServiceLink`,
  ],
  [
    'a resource navigation link',
    { resourceNavigationLinks: [navigation] },
    `${subnet}/resourceNavigationLinks/SqlLink`,
  ],
])('a subnet that %s uses', (_, users, user) => {
  test('cannot go, neither alone, nor with its VNet, nor out of a body', () => {
    const azure = used(users);
    const refusal = {
      status: 400,
      body: {
        error: {
          code: 'InUseSubnetCannotBeDeleted',
          message: `Subnet s is in use by ${user} and cannot be deleted. In order to delete the subnet, delete all the resources within the subnet. See aka.ms/deletesubnet.`,
          details: [],
        },
      },
    };
    expect(azure.call('DELETE', path)).toMatchObject(refusal);
    expect(azure.call('DELETE', subnet)).toMatchObject(refusal);
    expect(putNetwork(azure, ipamBody(256))).toMatchObject(refusal);
    const [list] = Object.keys(users);
    changeNetwork(azure.services, { change: 'useSubnet', id: subnet, [list ?? '']: [] });
    expect(azure.call('DELETE', path).status).toBe(202);
  });

  test('keeps its prefix', () => {
    const azure = new TestNetwork();
    putNetwork(azure, plainBody(['10.9.0.0/24'], { s: '10.9.0.0/25' }));
    azure.finish();
    changeNetwork(azure.services, { change: 'useSubnet', id: subnet, ...users });
    const moved = putNetwork(azure, plainBody(['10.9.0.0/24'], { s: '10.9.0.128/25' }));
    expect(moved.body.error.code).toBe('InUsePrefixCannotBeDeleted');
  });
});

test('the delegation that a service association link rests on cannot be taken away', () => {
  const azure = new TestNetwork();
  const body = (delegations: readonly unknown[]) => {
    const { properties, ...rest } = plainBody(['10.9.0.0/24']);
    const subnets = [{ name: 's', properties: { addressPrefix: '10.9.0.0/25', delegations } }];
    return { ...rest, properties: { ...properties, subnets } };
  };
  const delegation = { name: 'web', properties: { serviceName: 'Microsoft.Web/serverFarms' } };
  putNetwork(azure, body([delegation]));
  azure.finish();
  const use = { change: 'useSubnet', id: subnet, serviceAssociationLinks: [link] };
  changeNetwork(azure.services, use);
  expect(putNetwork(azure, body([]))).toMatchObject({
    status: 400,
    body: {
      error: {
        code: 'SubnetMissingRequiredDelegation',
        message: `Subnet ${subnet} requires any of the following delegation(s) [Microsoft.Web/serverFarms] to reference service association link ${subnet}/serviceAssociationLinks/AppServiceLink.`,
      },
    },
  });
  expect(putNetwork(azure, body([delegation])).status).toBe(200);
});

test('a change that says nothing of users is refused', () => {
  const azure = used({ ipConfigurations: [] });
  const nothing = { change: 'useSubnet', id: subnet };
  expect(() => changeNetwork(azure.services, nothing)).toThrow(/must say what uses/);
});
