import { describe, expect, test } from 'vitest';
import { limits } from '../../src/model/limits.ts';
import {
  allocateRequestSchema,
  decideMessageSchema,
  requestIdSchema,
} from '../../src/model/requests.ts';
import { ids, sampleBody } from './samples.ts';

const isTaken = (change: object): boolean =>
  allocateRequestSchema.safeParse(sampleBody(change)).success;

const target = (change: object) => ({
  target: { ...(sampleBody()['target'] as object), ...change },
});

const listOf = <T>(length: number, make: (index: number) => T): T[] =>
  Array.from({ length }, (_, index) => make(index));

const tags = (count: number) => Object.fromEntries(listOf(count, (i) => [`tag${i}`, 'v']));
const subnets = (count: number) => listOf(count, (i) => ({ name: `s${i}`, prefixLength: 29 }));

describe('limits of a request', () => {
  test.each<[string, object, object]>([
    ['subnets', { subnets: subnets(limits.subnets) }, { subnets: subnets(limits.subnets + 1) }],
    ['tags', { tags: tags(limits.tags) }, { tags: tags(limits.tags + 1) }],
    [
      'characters of the name of a tag',
      { tags: { ['n'.repeat(limits.tagNameCharacters)]: '' } },
      { tags: { ['n'.repeat(limits.tagNameCharacters + 1)]: '' } },
    ],
    [
      'characters of the value of a tag',
      { tags: { n: 'v'.repeat(limits.tagValueCharacters) } },
      { tags: { n: 'v'.repeat(limits.tagValueCharacters + 1) } },
    ],
    [
      'characters of the reason',
      { reason: 'r'.repeat(limits.reasonCharacters) },
      { reason: 'r'.repeat(limits.reasonCharacters + 1) },
    ],
    [
      'characters of the name of the requester',
      { requester: { name: 'n'.repeat(limits.nameCharacters) } },
      { requester: { name: 'n'.repeat(limits.nameCharacters + 1) } },
    ],
    [
      'characters of the id',
      { id: `R${'1'.repeat(limits.requestIdCharacters - 1)}` },
      { id: `R${'1'.repeat(limits.requestIdCharacters)}` },
    ],
    [
      'characters of the VNet',
      target({ virtualNetwork: 'v'.repeat(64) }),
      target({ virtualNetwork: 'v'.repeat(65) }),
    ],
    [
      'characters of the resource group',
      target({ resourceGroup: 'g'.repeat(90) }),
      target({ resourceGroup: 'g'.repeat(91) }),
    ],
    [
      'allocations',
      { allocations: listOf(2, (i) => ({ pool: `p${i}`, prefixLength: 24 })), subnets: [] },
      { allocations: listOf(3, (i) => ({ pool: `p${i}`, prefixLength: 24 })), subnets: [] },
    ],
  ])('%s: taken at the limit, refused beyond it', (_, at, beyond) => {
    expect([isTaken(at), isTaken(beyond)]).toEqual([true, false]);
  });
});

describe('a request id', () => {
  test.each(['RITM0012345', 'NET-42', 'r', 'a_b'])('%s is one', (id) => {
    expect(requestIdSchema.safeParse(id).success).toBe(true);
  });

  // The Functions binding would make numbers of the first three (service-bus 10, F3).
  test.each(['12345', '89e7073266', '-1', '', 'a b', 'a/b', 'ä', 'a\n', '_a'])(
    '%j is none',
    (id) => {
      expect(requestIdSchema.safeParse(id).success).toBe(false);
    },
  );
});

describe('a size', () => {
  test.each([1, 2 ** 53 - 1, '1', '9007199254740993', '1'.repeat(39)])('%s is a count', (count) => {
    const parsed = allocateRequestSchema.parse(
      sampleBody({ allocations: [{ pool: 'p', numberOfIpAddresses: count }], subnets: [] }),
    );
    expect(parsed.allocations[0]?.numberOfIpAddresses).toBe(String(count));
  });

  test.each([0, -1, 1.5, 2 ** 53, '', '0', '01', '1e3', '0x10', '1'.repeat(40), null, true])(
    '%j is no count',
    (numberOfIpAddresses) => {
      expect(isTaken({ allocations: [{ pool: 'p', numberOfIpAddresses }], subnets: [] })).toBe(
        false,
      );
    },
  );
});

describe('names and addresses of a request', () => {
  test.each<[string, object]>([
    ['a VNet name that ends with a dash', target({ virtualNetwork: 'vnet-' })],
    ['a VNet name that leaves its place', target({ virtualNetwork: '../../x' })],
    ['a resource group that ends with a dot', target({ resourceGroup: 'rg.' })],
    ['a resource group that leaves its place', target({ resourceGroup: 'rg/providers/x' })],
    ['a subscription that is no GUID', target({ subscriptionId: 'x' })],
    ['a subnet name with a slash', { subnets: [{ name: 'a/b', prefixLength: 29 }] }],
    ['a link that is no web address', { ticket: { system: 's', id: 'i', url: 'javascript:x' } }],
    ['a blank reason', { reason: '  ' }],
    ['a member that nobody knows', { dryrun: true }],
  ])('%s is refused', (_, change) => {
    expect(isTaken(change)).toBe(false);
  });

  test('regions and GUIDs are taken in any spelling and kept in one', () => {
    const parsed = allocateRequestSchema.parse(
      sampleBody(
        target({ location: 'Central US', subscriptionId: ids.managedSubscription.toUpperCase() }),
      ),
    );
    expect(parsed.target).toMatchObject({
      location: 'centralus',
      subscriptionId: ids.managedSubscription,
    });
  });
});

describe('a decision', () => {
  const by = { name: 'Ada', objectId: ids.approver, tenantId: ids.managementTenant };
  const base = { operation: 'decide', request: 'RITM1', decision: 'approve', by };

  test.each<[string, object, boolean]>([
    ['to approve', {}, true],
    ['to reject with a reason', { decision: 'reject', reason: 'too large' }, true],
    ['to reject without one', { decision: 'reject' }, false],
    ['without the object id of who decides', { by: { ...by, objectId: undefined } }, false],
    ['without the tenant id of who decides', { by: { ...by, tenantId: undefined } }, false],
    ['with a hash that is none', { planHash: 'abc' }, false],
    ['of another kind', { decision: 'maybe' }, false],
  ])('%s', (_, change, isValid) => {
    expect(decideMessageSchema.safeParse({ ...base, ...change }).success).toBe(isValid);
  });
});
