import { expect, test } from 'vitest';
import { changeNetwork } from '../../../../src/local/azure/network/network-operations.ts';
import { scopes } from '../support/test-azure.ts';
import {
  allocation,
  ipamBody,
  ipamSubnet,
  networkPath,
  plainBody,
  putNetwork,
  six,
  space,
  subnet,
  TestNetwork,
  withPools,
} from './test-network.ts';

test('one pool of each family may serve a VNet, and a subnet takes a /64 for "0"', () => {
  const azure = withPools();
  const answer = putNetwork(
    azure,
    space([allocation(256), allocation(String(2n ** 80n), six)], {
      subnets: [
        subnet('s', {
          addressPrefixes: [],
          ipamPoolPrefixAllocations: [allocation(64), allocation(0, six)],
        }),
      ],
    }),
  );
  expect(answer.status).toBe(201);
  const { addressSpace, subnets } = answer.body.properties;
  expect(addressSpace.addressPrefixes).toEqual(['10.0.0.0/24', 'fd00::/48']);
  expect(subnets[0].properties.addressPrefixes).toEqual(['10.0.0.0/26', 'fd00::/64']);
  expect(azure.usage(six)['numberOfAllocatedIPAddresses']).toBe(String(2n ** 80n));
});

test('plain subnets may live in an IPAM VNet, and an IPAM subnet goes around them', () => {
  const azure = new TestNetwork();
  azure.allocate('v', 256);
  azure.finish();
  const answer = putNetwork(
    azure,
    space([allocation(256)], {
      subnets: [ipamSubnet('taken', 64), subnet('plain', { addressPrefix: '10.0.0.0/26' })],
    }),
  );
  expect(answer.body.properties.subnets[0].properties.addressPrefixes).toEqual(['10.0.0.64/26']);
});

test('an existing VNet is associated with its prefixes kept', () => {
  const azure = new TestNetwork();
  putNetwork(azure, plainBody(['10.0.8.0/24'], { s: '10.0.8.0/25' }));
  azure.finish();
  const { body } = azure.call('GET', networkPath('v'));
  body.properties.addressSpace.ipamPoolPrefixAllocations = [{ pool: { id: scopes.pool } }];
  body.properties.subnets[0].properties.ipamPoolPrefixAllocations = [{ pool: { id: scopes.pool } }];
  const answer = putNetwork(azure, body);
  expect(answer.status).toBe(200);
  expect(answer.body.properties.addressSpace).toEqual({
    addressPrefixes: ['10.0.8.0/24'],
    ipamPoolPrefixAllocations: [
      {
        numberOfIpAddresses: '256',
        pool: { id: scopes.pool },
        allocatedAddressPrefixes: ['10.0.8.0/24'],
      },
    ],
  });
  expect(answer.body.properties.subnets[0].properties.addressPrefixes).toEqual(['10.0.8.0/25']);
  expect(azure.associations()).toEqual({ v: ['10.0.8.0/24'] });
});

test('associating prefixes outside the pool, or taken by another VNet, is refused', () => {
  const azure = new TestNetwork();
  azure.allocate('other', 256);
  putNetwork(azure, plainBody(['192.168.0.0/24']), 'outside');
  putNetwork(azure, plainBody(['10.0.0.0/25']), 'taken');
  azure.finish();
  const associate = (name: string, prefix: string): string =>
    putNetwork(azure, space([allocation(8)], { prefixes: [prefix] }), name).body.error.message;
  expect(associate('outside', '192.168.0.0/24')).toContain(
    'VNet prefixes are not in scope of pool',
  );
  expect(associate('taken', '10.0.0.0/25')).toContain('overlap');
  expect(azure.associations()).toEqual({ other: ['10.0.0.0/24'] });
});

test('associating with the singular member of a subnet is refused as on record', () => {
  const azure = new TestNetwork();
  putNetwork(azure, plainBody(['10.0.8.0/24']));
  azure.finish();
  const body = space([{ pool: { id: scopes.pool } }], {
    prefixes: ['10.0.8.0/24'],
    subnets: [
      subnet('s', {
        addressPrefix: '10.0.8.0/25',
        ipamPoolPrefixAllocations: [{ pool: { id: scopes.pool } }],
      }),
    ],
  });
  expect(putNetwork(azure, body).body.error.message).toContain(
    'cannot populate both address prefix and address prefixes.',
  );
});

test('one PUT disassociates: prefixes stay, the allocations of VNet and subnets go', () => {
  const azure = new TestNetwork();
  const before = azure.usage();
  azure.allocate('v', 256, { subnets: { s: 64 } });
  azure.finish();
  const { body } = azure.call('GET', networkPath('v'));
  body.properties.addressSpace.ipamPoolPrefixAllocations = [];
  expect(putNetwork(azure, body).body.error.code).toBe('SubnetsCannotReferToPoolsIfVnetDoeNot');
  body.properties.subnets[0].properties.ipamPoolPrefixAllocations = [];
  const answer = putNetwork(azure, body);
  expect(answer.body.properties.addressSpace).toEqual({ addressPrefixes: ['10.0.0.0/24'] });
  expect(answer.body.properties.subnets[0].properties.addressPrefixes).toEqual(['10.0.0.0/26']);
  expect(azure.usage()).toEqual(before);
});

test('a PUT that forgets the allocations drops the association', () => {
  const azure = new TestNetwork();
  azure.allocate('v', 256);
  azure.finish();
  expect(putNetwork(azure, plainBody(['10.0.0.0/24'])).status).toBe(200);
  expect(azure.associations()).toEqual({});
});

test('a VNet cannot move to another region', () => {
  const azure = new TestNetwork();
  azure.allocate('v', 256);
  azure.finish();
  const answer = putNetwork(azure, { ...ipamBody(256), location: 'westus' });
  expect(answer).toMatchObject({
    status: 409,
    body: { error: { code: 'InvalidResourceLocation' } },
  });
});

test('a leftover allocation of an earlier VNet does not get in the way of a new one', () => {
  const azure = new TestNetwork();
  azure.allocate('v', 256);
  azure.finish();
  const id = networkPath('v');
  changeNetwork(azure.services, { change: 'deleteVirtualNetwork', id, keepAllocation: true });
  expect(azure.associations()).toEqual({ v: ['10.0.0.0/24'] });
  azure.allocate('v', 512);
  expect(azure.associations()).toEqual({ v: ['10.0.0.0/23'] });
});
