import { expect, test } from 'vitest';
import { scopes } from '../support/test-azure.ts';
import { ipamBody, networkPath, plainBody, TestNetwork } from './test-network.ts';

test('a PUT answers the prefixes at once, in the recorded shape', () => {
  const azure = new TestNetwork();
  const answer = azure.allocate('v', 256, { subnets: { s1: 256 } });
  const entry = {
    numberOfIpAddresses: '256',
    pool: { id: scopes.pool },
    allocatedAddressPrefixes: ['10.0.0.0/24'],
  };
  expect(answer.status).toBe(201);
  expect(answer.body).toEqual({
    name: 'v',
    id: networkPath('v'),
    etag: expect.stringMatching(/^W\/"[0-9a-f-]{36}"$/),
    type: 'Microsoft.Network/virtualNetworks',
    location: 'eastus',
    properties: {
      provisioningState: 'Updating',
      resourceGuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      addressSpace: { addressPrefixes: ['10.0.0.0/24'], ipamPoolPrefixAllocations: [entry] },
      privateEndpointVNetPolicies: 'Disabled',
      subnets: [
        {
          name: 's1',
          id: `${networkPath('v')}/subnets/s1`,
          etag: answer.body.etag,
          properties: {
            provisioningState: 'Updating',
            addressPrefixes: ['10.0.0.0/24'],
            ipamPoolPrefixAllocations: [entry],
            delegations: [],
            privateEndpointNetworkPolicies: 'Disabled',
            privateLinkServiceNetworkPolicies: 'Enabled',
          },
          type: 'Microsoft.Network/virtualNetworks/subnets',
        },
      ],
      virtualNetworkPeerings: [],
      enableDdosProtection: false,
    },
  });
  expect(Object.keys(answer.body)).toEqual([
    'name',
    'id',
    'etag',
    'type',
    'location',
    'properties',
  ]);
  expect(Object.keys(answer.body.properties)).toEqual([
    'provisioningState',
    'resourceGuid',
    'addressSpace',
    'privateEndpointVNetPolicies',
    'subnets',
    'virtualNetworkPeerings',
    'enableDdosProtection',
  ]);
  expect(answer.headers).toMatchObject({
    'Retry-After': '3',
    'Azure-AsyncNotification': 'Enabled',
  });
  expect(answer.headers).not.toHaveProperty('ETag');
  expect(answer.headers).not.toHaveProperty('Location');
  expect(answer.headers['Azure-AsyncOperation']).toContain(
    `/locations/eastus/operations/${answer.headers['x-ms-request-id']}?api-version=`,
  );
});

test('an IPAM subnet costs the pool nothing beyond its VNet', () => {
  const azure = new TestNetwork();
  azure.allocate('v', 256, { subnets: { s1: 128, s2: 64 } });
  expect(azure.usage()).toMatchObject({
    allocatedAddressPrefixes: ['10.0.0.0/24'],
    totalNumberOfIPAddresses: '65536',
    numberOfAllocatedIPAddresses: '256',
    numberOfAvailableIPAddresses: '65280',
  });
  const { subnets } = azure.call('GET', networkPath('v')).body.properties;
  expect(subnets[0].properties.addressPrefixes).toEqual(['10.0.0.0/25']);
  expect(subnets[1].properties.addressPrefixes).toEqual(['10.0.0.128/26']);
});

test('the operation goes from InProgress to Succeeded with a new etag, however often it is polled', () => {
  const azure = new TestNetwork();
  const put = azure.allocate('v', 256);
  const url = put.headers['Azure-AsyncOperation'] ?? '';
  for (let poll = 0; poll < 20; poll += 1) {
    expect(azure.call('GET', url)).toEqual({
      status: 200,
      body: { status: 'InProgress' },
      headers: { 'Retry-After': '10' },
    });
  }
  azure.clock.advance(16_000);
  expect(azure.call('GET', url)).toEqual({
    status: 200,
    body: { status: 'Succeeded' },
    headers: {},
  });
  const got = azure.call('GET', networkPath('v'));
  expect(got.body.properties.provisioningState).toBe('Succeeded');
  expect(got.body.etag).not.toBe(put.body.etag);
  expect(got.headers['ETag']).toBe(got.body.etag);
  expect(got.body.properties.resourceGuid).toBe(put.body.properties.resourceGuid);
});

test('a URL of an operation is about 3.4 kB long, and changing it is refused', () => {
  const azure = new TestNetwork();
  const url = azure.allocate('v', 256).headers['Azure-AsyncOperation'] ?? '';
  expect(url.length).toBeGreaterThan(3000);
  const changes: [RegExp, string][] = [
    [/&s=./, url.includes('&s=_') ? '&s=-' : '&s=_'],
    [/&t=\d/, '&t=9'],
    [/&h=[^&]*/, ''],
    [/&c=.{4}/, '&c='],
    [/operations\/./, 'operations/_'],
  ];
  for (const [pattern, replacement] of changes) {
    expect(azure.call('GET', url.replace(pattern, replacement)).status).toBe(403);
  }
  expect(azure.call('GET', url).status).toBe(200);
});

test('a DELETE answers 202 with both headers, then Succeeded and 204, and frees the pool', () => {
  const azure = new TestNetwork();
  const before = azure.usage();
  azure.allocate('v', 256);
  azure.finish();
  const answer = azure.call('DELETE', networkPath('v'));
  const { Location: location = '', 'Azure-AsyncOperation': status = '' } = answer.headers;
  expect(answer).toMatchObject({
    status: 202,
    body: undefined,
    headers: { 'Retry-After': '10', 'Azure-AsyncNotification': 'Enabled' },
  });
  expect(location).toContain(`/operationResults/${answer.headers['x-ms-request-id']}?`);
  expect(azure.call('GET', location).status).toBe(202);
  expect(azure.associations()).toEqual({ v: ['10.0.0.0/24'] });
  azure.clock.advance(11_000);
  expect(azure.call('GET', status).body).toEqual({ status: 'Succeeded' });
  expect(azure.call('GET', location)).toMatchObject({
    status: 204,
    headers: {
      'x-ms-request-id': answer.headers['x-ms-request-id'],
      'Content-Type': 'application/json; charset=utf-8',
    },
  });
  expect(azure.usage()).toEqual(before);
  expect(azure.associations()).toEqual({});
  expect(azure.call('DELETE', networkPath('v')).status).toBe(204);
  expect(azure.call('GET', networkPath('v'))).toMatchObject({
    status: 404,
    body: {
      error: { code: 'NotFound', message: `Resource ${networkPath('v')} not found.`, details: [] },
    },
  });
});

test('a second DELETE while the first runs is told of the same operation', () => {
  const azure = new TestNetwork();
  azure.allocate('v', 256);
  azure.finish();
  const first = azure.call('DELETE', networkPath('v'));
  const second = azure.call('DELETE', networkPath('v'));
  expect(second.status).toBe(202);
  expect(second.headers['x-ms-request-id']).toBe(first.headers['x-ms-request-id']);
});

test('a VNet that never existed is the 404 of the gateway', () => {
  expect(new TestNetwork().call('GET', networkPath('never'))).toMatchObject({
    status: 404,
    body: {
      error: {
        code: 'ResourceNotFound',
        message:
          "The Resource 'Microsoft.Network/virtualNetworks/never' under resource group 'rg-app' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
      },
    },
  });
});

test('an identical PUT keeps the allocation; so does the body of a GET sent back', () => {
  const azure = new TestNetwork();
  const created = azure.allocate('v', 144, { subnets: { s1: 64 } });
  azure.finish();
  const again = azure.allocate('v', 144, { subnets: { s1: 64 } });
  expect(again.status).toBe(200);
  expect(again.body.properties.addressSpace).toEqual(created.body.properties.addressSpace);
  expect(again.headers).not.toHaveProperty('Azure-AsyncNotification');
  azure.finish();
  const got = azure.call('GET', networkPath('v'));
  const sentBack = azure.call('PUT', networkPath('v'), { body: got.body });
  expect(sentBack.status).toBe(200);
  expect(sentBack.body.properties.addressSpace).toEqual(created.body.properties.addressSpace);
  expect(sentBack.body.properties.subnets[0].properties.addressPrefixes).toEqual(
    created.body.properties.subnets[0].properties.addressPrefixes,
  );
  expect(azure.usage()['numberOfAllocatedIPAddresses']).toBe('144');
});

test('raising the number appends a block, and lowering it is refused', () => {
  const azure = new TestNetwork();
  azure.allocate('v', 256);
  azure.allocate('other', 256);
  azure.finish();
  const grown = azure.allocate('v', 512);
  expect(grown.body.properties.addressSpace.addressPrefixes).toEqual([
    '10.0.0.0/24',
    '10.0.2.0/24',
  ]);
  azure.finish();
  const usage = azure.usage();
  const shrunk = azure.allocate('v', 256);
  expect(shrunk.status).toBe(400);
  expect(shrunk.body.error.message).toMatch(
    /^Ipam API call failed with status BadRequest .*decreased/,
  );
  expect(azure.usage()).toEqual(usage);
});

test('a subnet grows inside its VNet and keeps what it has', () => {
  const azure = new TestNetwork();
  azure.allocate('v', 256, { subnets: { s1: 64, s2: 64 } });
  azure.finish();
  const { subnets } = azure.allocate('v', 256, { subnets: { s1: 128, s2: 64 } }).body.properties;
  expect(subnets[0].properties.addressPrefixes).toEqual(['10.0.0.0/26', '10.0.0.128/26']);
  expect(subnets[1].properties.addressPrefixes).toEqual(['10.0.0.64/26']);
  azure.finish();
  expect(azure.allocate('v', 256, { subnets: { s1: 64, s2: 64 } }).status).toBe(400);
});

test('a PUT replaces the subnet list, but never removes a subnet in use', async () => {
  const { changeNetwork } = await import(
    '../../../../src/local/azure/network/network-operations.ts'
  );
  const azure = new TestNetwork();
  azure.allocate('v', 256, { subnets: { s1: 64, s2: 64 } });
  azure.finish();
  const less = azure.allocate('v', 256, { subnets: { s1: 64 } });
  expect(less.body.properties.subnets).toHaveLength(1);
  azure.finish();
  const user = `${scopes.groupB}/providers/Microsoft.Network/networkInterfaces/nic/ipConfigurations/ip`;
  const subnet = `${networkPath('v')}/subnets/s1`;
  changeNetwork(azure.services, { change: 'useSubnet', id: subnet, ipConfigurations: [user] });
  const refusal = {
    status: 400,
    body: {
      error: {
        code: 'InUseSubnetCannotBeDeleted',
        message: `Subnet s1 is in use by ${user} and cannot be deleted. In order to delete the subnet, delete all the resources within the subnet. See aka.ms/deletesubnet.`,
        details: [],
      },
    },
  };
  expect(azure.allocate('v', 256)).toMatchObject(refusal);
  expect(azure.call('DELETE', networkPath('v'))).toMatchObject(refusal);
  expect(azure.call('DELETE', subnet)).toMatchObject(refusal);
});

test('members that the emulated Azure does not interpret come back as sent', () => {
  const azure = new TestNetwork();
  const body = plainBody(['10.9.0.0/24'], { s1: '10.9.0.0/25' });
  const rich = {
    ...body,
    tags: { costCentre: '1234' },
    extendedLocation: { name: 'edge', type: 'EdgeZone' },
    properties: {
      ...body.properties,
      flowTimeoutInMinutes: 4,
      dhcpOptions: { dnsServers: ['10.9.0.4'] },
      notYetInvented: { deep: [1, { two: null }] },
      subnets: [
        {
          name: 's1',
          properties: {
            addressPrefix: '10.9.0.0/25',
            natGateway: { id: '/x' },
            defaultOutboundAccess: false,
          },
        },
      ],
    },
  };
  const answer = azure.call('PUT', networkPath('v'), { body: rich });
  expect(answer.body).toMatchObject({
    tags: rich.tags,
    extendedLocation: rich.extendedLocation,
    properties: {
      flowTimeoutInMinutes: 4,
      dhcpOptions: rich.properties.dhcpOptions,
      notYetInvented: rich.properties.notYetInvented,
      subnets: [{ properties: rich.properties.subnets[0]?.properties }],
    },
  });
  expect(answer.body.properties.subnets[0].properties).not.toHaveProperty('addressPrefixes');
  expect(answer.body.properties.addressSpace).toEqual({ addressPrefixes: ['10.9.0.0/24'] });
});

test('VNets may overlap where no pool prevents it', () => {
  const azure = new TestNetwork();
  for (const name of ['a', 'b']) {
    const answer = azure.call('PUT', networkPath(name), { body: plainBody(['10.9.0.0/24']) });
    expect(answer.status).toBe(201);
  }
});

test('PATCH sets tags and answers 200 at once', () => {
  const azure = new TestNetwork();
  azure.allocate('v', 256);
  azure.finish();
  const answer = azure.call('PATCH', networkPath('v'), { body: { tags: { a: 'b' } } });
  expect(answer).toMatchObject({ status: 200, body: { tags: { a: 'b' } } });
  expect(azure.associations()).toEqual({ v: ['10.0.0.0/24'] });
});

test('lists hold the VNets of a resource group or subscription, without nextLink', () => {
  const azure = new TestNetwork();
  azure.allocate('v', 256);
  for (const scope of [scopes.groupB, scopes.subscriptionB.toUpperCase()]) {
    const path = `${scope}/providers/Microsoft.Network/virtualNetworks`;
    const { body } = azure.call('GET', path);
    expect(Object.keys(body)).toEqual(['value']);
    expect(body.value).toHaveLength(1);
  }
});

test('an id finds its VNet in whatever case, and answers in the case of its creation', () => {
  const azure = new TestNetwork();
  azure.allocate('MyNetwork', 256);
  const answer = azure.call('GET', networkPath('mynetwork').toLowerCase());
  expect(answer.body.id).toBe(networkPath('MyNetwork'));
});

test('a region may be written in words and comes back in its canonical form', () => {
  const azure = new TestNetwork();
  const body = { ...ipamBody(256), location: 'East US' };
  expect(azure.call('PUT', networkPath('v'), { body }).body.location).toBe('eastus');
});

test('an address is available in a subnet, save those that Azure keeps', () => {
  const azure = new TestNetwork();
  azure.allocate('v', 256, { subnets: { s1: 128 } });
  const check = (address: string): boolean =>
    azure.call('GET', `${networkPath('v')}/CheckIPAddressAvailability?ipAddress=${address}`).body
      .available;
  expect(check('10.0.0.4')).toBe(true);
  expect(check('10.0.0.3')).toBe(false);
  expect(check('10.0.0.127')).toBe(false);
  expect(check('10.0.0.200')).toBe(false);
});

test('operations go on over a restart on the same file', async () => {
  const { mkdtempSync } = await import('node:fs');
  const { tmpdir } = await import('node:os');
  const databaseFile = `${mkdtempSync(`${tmpdir()}/network-`)}/azure.db`;
  const first = new TestNetwork({ databaseFile });
  const url = first.allocate('v', 256).headers['Azure-AsyncOperation'] ?? '';
  first.services.store.close();
  const second = new TestNetwork({ databaseFile });
  expect(second.call('GET', url).body).toEqual({ status: 'InProgress' });
  second.clock.advance(16_000);
  expect(second.call('GET', url).body).toEqual({ status: 'Succeeded' });
  expect(second.associations()).toEqual({ v: ['10.0.0.0/24'] });
});

test('at another speed durations and Retry-After shrink, and the exact wait is told', () => {
  const azure = new TestNetwork({ speed: 4 });
  const put = azure.allocate('v', 256);
  expect(put.headers).toMatchObject({ 'Retry-After': '0', 'x-ms-retry-after-ms': '750' });
  const url = put.headers['Azure-AsyncOperation'] ?? '';
  expect(azure.call('GET', url).headers).toEqual({
    'Retry-After': '2',
    'x-ms-retry-after-ms': '2500',
  });
  azure.clock.advance(4_000);
  expect(azure.call('GET', url).body).toEqual({ status: 'Succeeded' });
});
