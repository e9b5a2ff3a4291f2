import { expect, test } from 'vitest';
import { changeNetwork } from '../../../../src/local/azure/network/network-operations.ts';
import { scopes } from '../support/test-azure.ts';
import { type Answer, networkPath, TestNetwork } from './test-network.ts';

const pools = `${scopes.networkManager}/ipamPools`;

const poolBody = (
  addressPrefixes: readonly string[],
  properties: Readonly<Record<string, unknown>> = {},
) => ({ location: 'eastus', properties: { addressPrefixes, ...properties } });

const putPool = (
  azure: TestNetwork,
  name: string,
  prefixes: readonly string[],
  properties?: Readonly<Record<string, unknown>>,
): Answer => azure.call('PUT', `${pools}/${name}`, { body: poolBody(prefixes, properties) });

test('a new pool is Succeeded at once, in the recorded member order', () => {
  const azure = new TestNetwork();
  const { status, body } = putPool(azure, 'p', ['172.16.0.0/12'], { parentPoolName: 'Root' });
  expect(status).toBe(201);
  expect(Object.keys(body)).toEqual([
    'name',
    'type',
    'properties',
    'id',
    'tags',
    'location',
    'systemData',
  ]);
  expect(body).toMatchObject({
    name: 'p',
    type: 'Microsoft.Network/networkManagers/ipamPools',
    id: `${pools}/p`,
    tags: null,
    location: 'eastus',
  });
  expect(Object.entries(body.properties)).toEqual([
    ['description', null],
    ['displayName', ''],
    ['ipAddressType', ['IPv4']],
    ['parentPoolName', null],
    ['addressPrefixes', ['172.16.0.0/12']],
    ['provisioningState', 'Succeeded'],
  ]);
  expect(body.systemData.createdAt).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+-04:00$/);
});

test.each([
  ['azure-async-operation', 'Azure-AsyncOperation', /\/ipamPools\/p\?api-version=[\d-]+$/],
  ['location', 'Location', /\/ipamPools\/p\?api-version=[\d-]+$/],
  [
    'operation-results',
    'Azure-AsyncOperation',
    /\/locations\/eastus\/ipamPoolOperationResults\/[^+]+\+[^+]+\+P\+CREATE\?/,
  ],
] as const)('a create announces itself by the switch %s', (poolCreateHeader, header, url) => {
  const azure = new TestNetwork({ switches: { poolCreateHeader } });
  const { headers } = putPool(azure, 'p', ['172.16.0.0/12']);
  expect(Object.keys(headers)).toEqual([header]);
  expect(headers[header]).toMatch(url);
  expect(azure.call('GET', headers[header] ?? '').status).toBe(200);
});

test('an update shows the new description and the old prefixes until it has ended', () => {
  const azure = new TestNetwork();
  const prefixes = ['10.0.0.0/16', '10.1.0.0/16'];
  const answer = putPool(azure, 'pool', prefixes, { description: 'new' });
  expect(answer).toMatchObject({
    status: 200,
    body: {
      properties: {
        provisioningState: 'Updating',
        description: 'new',
        addressPrefixes: ['10.0.0.0/16'],
      },
    },
  });
  const url = answer.headers['Azure-AsyncOperation'] ?? '';
  expect(url).toMatch(/\/ipamPoolOperationResults\/[A-F0-9-]+\+[A-Z0-9]+\+POOL\+UPDATE\?/);
  expect(answer.headers).not.toHaveProperty('Retry-After');
  azure.finish();
  expect(Object.entries(azure.call('GET', url).body).slice(1)).toEqual([
    ['name', expect.stringContaining('+UPDATE')],
    ['status', 'Succeeded'],
    ['startTime', null],
    ['endTime', null],
    ['percentComplete', null],
    ['error', null],
    ['properties', null],
    ['operations', null],
  ]);
  expect(azure.call('GET', scopes.pool).body.properties).toMatchObject({
    provisioningState: 'Succeeded',
    addressPrefixes: prefixes,
  });
  // Usage summarizes what GET keeps apart.
  expect(azure.usage()['addressPrefixes']).toEqual(['10.0.0.0/15']);
});

test('PATCH changes names, tags and sizes, and the empty string clears a size', () => {
  const azure = new TestNetwork();
  const body = {
    tags: { a: 'b' },
    properties: { displayName: 'Corp', minAllocationSize: '64', maxAllocationSize: '1024' },
  };
  expect(azure.call('PATCH', scopes.pool, { body })).toMatchObject({
    status: 200,
    body: { tags: body.tags, properties: body.properties },
  });
  const cleared = azure.call('PATCH', scopes.pool, {
    body: { properties: { minAllocationSize: '' } },
  });
  expect(cleared.body.properties).toMatchObject({
    displayName: 'Corp',
    minAllocationSize: null,
    maxAllocationSize: '1024',
  });
});

test('a pool in use is not deleted; an empty one is, and then is a flat 404 for a while', () => {
  const azure = new TestNetwork();
  azure.allocate('v', 256);
  azure.finish();
  const refused = azure.call('DELETE', scopes.pool);
  expect(refused.status).toBe(400);
  expect(Object.keys(refused.body)).toEqual([
    'code',
    'message',
    'target',
    'details',
    'additionalInfo',
  ]);
  expect(refused.body.message).toContain('has Azure resources associated');
  azure.call('DELETE', networkPath('v'));
  azure.finish();
  const { status, body, headers } = azure.call('DELETE', scopes.pool);
  expect({ status, body }).toEqual({ status: 202, body: undefined });
  expect(Object.keys(headers)).toEqual(['Location']);
  expect(azure.call('GET', scopes.pool).body.properties.provisioningState).toBe('Deleting');
  expect(azure.allocate('w', 256).body.error.message).toContain('status NotFound');
  azure.clock.advance(5_000);
  expect(azure.call('GET', headers['Location'] ?? '')).toMatchObject({
    status: 200,
    body: { status: 'Succeeded', properties: null },
  });
  expect(azure.call('GET', scopes.pool)).toMatchObject({
    status: 404,
    body: {
      code: 'NotFound',
      message: `Ipam pool '${scopes.pool}' not found.`,
      target: null,
      details: null,
      additionalInfo: null,
    },
  });
  azure.clock.advance(600_000);
  expect(azure.call('GET', scopes.pool).body).toEqual({
    error: {
      code: 'ResourceNotFound',
      message:
        "The Resource 'Microsoft.Network/networkManagers/nm/ipamPools/pool' under resource group 'rg-ipam' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
    },
  });
  expect(azure.call('DELETE', scopes.pool).status).toBe(204);
});

test('an empty pool shows empty lists and "0", never null', () => {
  expect(new TestNetwork().usage()).toEqual({
    addressPrefixes: ['10.0.0.0/16'],
    childPools: [],
    allocatedAddressPrefixes: [],
    reservedAddressPrefixes: [],
    availableAddressPrefixes: ['10.0.0.0/16'],
    totalNumberOfIPAddresses: '65536',
    numberOfAllocatedIPAddresses: '0',
    numberOfReservedIPAddresses: '0',
    numberOfAvailableIPAddresses: '65536',
  });
});

test('usage adds up over allocations, child pools, static CIDRs and reservations', () => {
  const azure = new TestNetwork();
  putPool(azure, 'child', ['10.0.2.0/26'], { parentPoolName: 'pool' });
  azure.call('PUT', `${scopes.pool}/staticCidrs/c`, {
    body: { properties: { addressPrefixes: ['10.0.9.0/24'] } },
  });
  azure.allocate('v', 512);
  changeNetwork(azure.services, {
    change: 'reserve',
    pool: scopes.pool,
    resourceId: networkPath('planned'),
    addressPrefixes: ['10.0.4.0/24'],
    expiresAt: azure.clock.now() + 60_000,
  });
  const usage = azure.usage();
  expect(usage).toMatchObject({
    childPools: [{ resourceId: `${pools}/child`, addressPrefixes: ['10.0.2.0/26'] }],
    allocatedAddressPrefixes: ['10.0.0.0/23', '10.0.2.0/26', '10.0.9.0/24'],
    reservedAddressPrefixes: ['10.0.4.0/24'],
    numberOfAllocatedIPAddresses: String(512 + 64 + 256),
    numberOfReservedIPAddresses: '256',
  });
  const sum = ['Allocated', 'Reserved', 'Available']
    .map((kind) => BigInt(String(usage[`numberOf${kind}IPAddresses`])))
    .reduce((total, count) => total + count, 0n);
  expect(String(sum)).toBe(usage['totalNumberOfIPAddresses']);
  azure.clock.advance(60_000);
  expect(azure.usage()['numberOfReservedIPAddresses']).toBe('0');
});

test('a VNet takes neither the space of child pools nor that of static CIDRs', () => {
  const azure = new TestNetwork();
  putPool(azure, 'child', ['10.0.0.0/24'], { parentPoolName: 'pool' });
  azure.call('PUT', `${scopes.pool}/staticCidrs/c`, {
    body: { properties: { addressPrefixes: ['10.0.1.0/24'] } },
  });
  const { addressSpace } = azure.allocate('v', 256).body.properties;
  expect(addressSpace.addressPrefixes).toEqual(['10.0.2.0/24']);
});

test('children lie inside their parent, siblings apart, at most seven layers deep', () => {
  const azure = new TestNetwork();
  const child = { parentPoolName: 'pool' };
  expect(putPool(azure, 'outside', ['10.9.0.0/24'], child).status).toBe(400);
  expect(putPool(azure, 'orphan', ['10.0.0.0/24'], { parentPoolName: 'none' }).status).toBe(400);
  expect(putPool(azure, 'first', ['10.0.0.0/24'], child).status).toBe(201);
  expect(putPool(azure, 'second', ['10.0.0.0/25'], child).body.message).toContain('overlap');
  expect(putPool(azure, 'root', ['10.0.0.0/8']).body.message).toContain('overlap');
  expect(putPool(azure, 'bad', ['10.0.0.1/24']).status).toBe(400);
  expect(putPool(azure, 'mixed', ['172.16.0.0/16', 'fd00::/40']).status).toBe(400);
  let parentPoolName = 'first';
  for (let layer = 3; layer <= 7; layer += 1) {
    const name = `layer${layer}`;
    expect(putPool(azure, name, [`10.0.0.0/${22 + layer}`], { parentPoolName }).status).toBe(201);
    parentPoolName = name;
  }
  const eighth = putPool(azure, 'layer8', ['10.0.0.0/30'], { parentPoolName });
  expect(eighth.body.message).toContain('7 layers');
});

test('associations are the recorded items, and go on by nextLink when there are many', () => {
  const azure = new TestNetwork();
  expect(azure.call('POST', `${scopes.pool}/listAssociatedResources`).body).toEqual({
    value: [],
    nextLink: '',
  });
  for (let index = 0; index < 60; index += 1) azure.allocate(`v${index}`, 8);
  const first = azure.call('POST', `${scopes.pool}/listAssociatedResources`).body;
  expect(first.value).toHaveLength(50);
  expect(first.value[0]).toEqual({
    resourceId: networkPath('v0'),
    poolId: scopes.pool,
    description: '',
    addressPrefixes: ['10.0.0.0/29'],
    reservedPrefixes: [],
    totalNumberOfIPAddresses: '8',
    numberOfReservedIPAddresses: '0',
    createdAt: expect.stringMatching(/Z$/),
  });
  const next = azure.call('GET', first.nextLink).body;
  expect(next.value).toHaveLength(10);
  expect(next.nextLink).toBe('');
});

test('by a switch subnets are listed as associations of their own', () => {
  const azure = new TestNetwork({ switches: { subnetsAsAssociations: true } });
  azure.allocate('v', 256, { subnets: { s: 64 } });
  expect(azure.associations()).toEqual({ v: ['10.0.0.0/24'], s: ['10.0.0.0/26'] });
});

test('static CIDRs are made by prefix or by count, and echo no number', () => {
  const azure = new TestNetwork();
  const path = `${scopes.pool}/staticCidrs`;
  const byPrefix = azure.call('PUT', `${path}/a`, {
    body: { properties: { addressPrefixes: ['10.0.0.0/24'] } },
  });
  expect(byPrefix).toEqual({
    status: 200,
    headers: {},
    body: {
      name: 'a',
      type: 'Microsoft.Network/networkManagers/ipamPools/staticCidrs',
      properties: {
        description: '',
        numberOfIPAddressesToAllocate: '',
        addressPrefixes: ['10.0.0.0/24'],
        totalNumberOfIPAddresses: '256',
        provisioningState: 'Succeeded',
      },
      id: `${path}/a`,
      systemData: {
        createdBy: null,
        createdByType: null,
        createdAt: expect.any(String),
        lastModifiedBy: null,
      },
    },
  });
  const count = (number: string): Answer =>
    azure.call('PUT', `${path}/b`, {
      body: { properties: { numberOfIPAddressesToAllocate: number } },
    });
  expect(count('100').status).toBe(400);
  expect(count('256').body.properties).toMatchObject({
    numberOfIPAddressesToAllocate: '',
    addressPrefixes: ['10.0.1.0/24'],
  });
  const refused = (prefix: string): string =>
    azure.call('PUT', `${path}/c`, { body: { properties: { addressPrefixes: [prefix] } } }).body
      .message;
  expect(refused('10.0.0.128/25')).toContain('already allocated');
  expect(refused('192.168.0.0/24')).toContain('not in the scope');
  const list = azure.call('GET', `${path}?skip=0&top=50`).body;
  expect(list.nextLink).toBe('');
  expect(list.value).toHaveLength(2);
  expect(azure.call('DELETE', `${path}/a`)).toEqual({
    status: 204,
    body: undefined,
    headers: {},
  });
  expect(azure.call('GET', `${path}/a`)).toMatchObject({
    status: 404,
    body: {
      code: 'NotFound',
      message: `Static CIDR resource '${path}/a' not found.`,
      target: null,
      details: null,
      additionalInfo: null,
    },
  });
});

test('by a switch an old api-version is refused where a VNet names a pool', () => {
  const azure = new TestNetwork({ switches: { earliestAllocationApiVersion: '2024-05-01' } });
  const old = azure.allocate('v', 256, { apiVersion: '2022-07-01' });
  expect(old.body.error.code).toBe('InvalidApiVersionParameter');
  expect(azure.allocate('v', 256, { apiVersion: '2024-05-01' }).status).toBe(201);
  expect(new TestNetwork().allocate('v', 256, { apiVersion: '2022-07-01' }).status).toBe(201);
});
