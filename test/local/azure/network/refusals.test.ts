import { expect, test } from 'vitest';
import { scopes } from '../support/test-azure.ts';
import {
  allocation,
  ipamSubnet,
  networkPath,
  plainBody,
  putNetwork,
  second,
  six,
  space,
  subnet,
  TestNetwork,
  west,
  withPools,
} from './test-network.ts';

const refusals: [string, unknown, string, RegExp][] = [
  [
    'the same pool twice',
    space([allocation(256), allocation(256)]),
    'CannotHaveDuplicatePoolIds',
    /./,
  ],
  [
    'two pools of one family',
    space([allocation(256), allocation(256, second)]),
    'IpamOperationRefused',
    /only one association of each IP type is allowed/,
  ],
  [
    'prefixes beside a pool on create',
    space([allocation(256)], { prefixes: ['10.0.7.0/24'] }),
    'CannotMixAddressPrefixAndPoolInPayload',
    /./,
  ],
  [
    'a subnet of a pool that its VNet has not',
    space([allocation(256)], { subnets: [ipamSubnet('s', 64, second)] }),
    'SubnetPoolsMustBeSubsetOfVnetPools',
    /./,
  ],
  [
    'a subnet of a pool in a VNet without pools',
    { ...space([], { prefixes: ['10.0.0.0/24'], subnets: [ipamSubnet('s', 64)] }) },
    'SubnetsCannotReferToPoolsIfVnetDoeNot',
    /./,
  ],
  [
    'a pool that does not exist',
    space([allocation(256, `${scopes.pool}x`)]),
    'IpamOperationRefused',
    /^Ipam API call failed with status NotFound with error message Pool with ARM ID .*poolx not found\., please check the parameters and retry\.$/,
  ],
  [
    'a pool of another region',
    space([allocation(256, west)]),
    'IpamOperationRefused',
    /^Ipam API call failed with status BadRequest .*region/,
  ],
  [
    'more than the pool has',
    space([allocation(65544)]),
    'IpamOperationRefused',
    /^Ipam API call failed with status BadRequest .*enough/,
  ],
  ['a number of zero', space([allocation(0)]), 'IpamOperationRefused', /positive/],
  [
    'a subnet larger than its VNet',
    space([allocation(256)], { subnets: [ipamSubnet('s', 512)] }),
    'IpamOperationRefused',
    /enough/,
  ],
  [
    'an IPv6 subnet that is no /64',
    space([allocation(String(2n ** 80n), six)], { subnets: [ipamSubnet('s', 256, six)] }),
    'NetcfgInvalidSubnet',
    /^Subnet 's' is not valid in virtual network 'v'\.$/,
  ],
  [
    'a subnet with both prefix members',
    space([], {
      prefixes: ['10.0.0.0/24'],
      subnets: [subnet('s', { addressPrefix: '10.0.0.0/25', addressPrefixes: ['10.0.0.0/25'] })],
    }),
    'NetcfgInvalidSubnet',
    /^Invalid configuration on subnet .*; cannot populate both address prefix and address prefixes\.$/,
  ],
  [
    'a prefix that is none',
    plainBody(['10.0.0.0/160']),
    'InvalidAddressPrefixFormat',
    /^Address prefix 10\.0\.0\.0\/160 of resource .* is not formatted correctly\. It should follow CIDR notation, for example 10\.0\.0\.0\/24\.$/,
  ],
  [
    'a prefix that is off its boundary',
    plainBody(['10.0.0.1/24']),
    'InvalidCIDRNotation',
    /^The address prefix 10\.0\.0\.1\/24 in resource .* has an invalid CIDR notation\. For the given prefix length, the address prefix should be 10\.0\.0\.0\/24\.$/,
  ],
  [
    'a subnet outside its VNet',
    plainBody(['10.0.0.0/24'], { s: '10.0.1.0/25' }),
    'NetcfgSubnetRangeOutsideVnet',
    /^Subnet 's' is not valid because its IP address range is outside the IP address range of virtual network 'v'\.$/,
  ],
  [
    'subnets that overlap',
    plainBody(['10.0.0.0/24'], { s: '10.0.0.0/25', t: '10.0.0.64/26' }),
    'NetcfgSubnetRangesOverlap',
    /^Subnet 't' is not valid because its IP address range overlaps with that of an existing subnet in virtual network 'v'\.$/,
  ],
  [
    'a subnet whose name would be a path',
    plainBody(['10.0.0.0/24'], { 's/t': '10.0.0.0/25' }),
    'InvalidResourceName',
    /^Resource name s\/t is invalid\./,
  ],
  [
    'a tag that is no text',
    { ...plainBody(['10.0.0.0/24']), tags: { costCentre: 1234 } },
    'InvalidTags',
    /must be strings/,
  ],
  [
    'a subnet below /29',
    plainBody(['10.0.0.0/24'], { s: '10.0.0.0/30' }),
    'NetcfgInvalidSubnet',
    /./,
  ],
];

test.each(refusals)('%s is refused, and leaves nothing behind', (_, body, code, message) => {
  const azure = withPools();
  const before = [scopes.pool, second, six, west].map((pool) => azure.usage(pool));
  const answer = putNetwork(azure, body);
  expect(answer.status).toBe(400);
  expect(Object.keys(answer.body.error)).toEqual(['code', 'message', 'details']);
  expect(answer.body.error.code).toBe(code);
  expect(answer.body.error.message).toMatch(message);
  expect(answer.body.error.details).toEqual([]);
  expect(azure.call('GET', networkPath('v')).status).toBe(404);
  expect([scopes.pool, second, six, west].map((pool) => azure.usage(pool))).toEqual(before);
});

const unparsable: [string, unknown, string, RegExp][] = [
  [
    'an unknown member of the address space',
    { location: 'eastus', properties: { addressSpace: { addressPrefixes: [], ipamPools: [] } } },
    'InvalidJson',
    /^Could not find member 'ipamPools' on object of type 'AddressSpace'\. Path 'properties\.addressSpace\.ipamPools', line 1, position \d+\.$/,
  ],
  [
    'an unknown member of an allocation',
    space([{ ...allocation(256), prefixLength: 24 }]),
    'InvalidJson',
    /^Could not find member 'prefixLength' on object of type 'IpamPoolPrefixAllocation'\./,
  ],
  ['a number that is none', space([allocation('many')]), 'InvalidJson', /numberOfIpAddresses/],
  [
    'two subnets of one name',
    plainBody(['10.0.0.0/24'], { s: '10.0.0.0/25', S: '10.0.0.128/25' }),
    'DuplicateResourceName',
    /S/,
  ],
];

test.each(unparsable)('%s cannot be parsed', (_, body, code, message) => {
  const answer = putNetwork(new TestNetwork(), body);
  expect(answer.status).toBe(400);
  expect(answer.body.error).toMatchObject({
    code: 'InvalidRequestFormat',
    message: 'Cannot parse the request.',
    details: [{ code, message: expect.stringMatching(message) }],
  });
});

test.each(['a%2Fsubnets%2Fb', 'a%20b', '-a', 'a.', 'a'.repeat(81), '%E0%A4%A'])(
  'the VNet name %s is refused',
  (name) => {
    const azure = new TestNetwork();
    const answer = putNetwork(azure, plainBody(['10.0.0.0/24']), name);
    expect([answer.status, answer.body.error.code]).toEqual([400, 'InvalidResourceName']);
    expect(azure.call('GET', networkPath(name)).status).toBe(404);
  },
);
