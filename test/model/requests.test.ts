import { describe, expect, test } from 'vitest';
import { limits } from '../../src/model/limits.ts';
import {
  allocateRequestSchema,
  associateRequestSchema,
  decideMessageSchema,
  removeRequestSchema,
  requestIdSchema,
  resumeMessageSchema,
} from '../../src/model/requests.ts';
import { ids, sampleAssociateRequest, sampleBody, sampleRemoveRequest } from './samples.ts';

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

const { target: sampleTarget, requester, reason, id } = sampleBody();
const { location: _, ...placeless } = sampleTarget as Record<string, unknown>;

/** The places of the faults; empty when the request is taken. */
const faultsIn = (
  schema: typeof associateRequestSchema | typeof removeRequestSchema | typeof resumeMessageSchema,
  body: object,
): string[] => {
  const parsed = schema.safeParse(body);
  return parsed.success ? [] : parsed.error.issues.map((issue) => issue.path.join('.'));
};

/** Rules that both requests about an existing VNet have. */
const commonFaults: [string, object, string][] = [
  ['without id', { id: undefined }, 'id'],
  ['with an id that is a number', { id: '12345' }, 'id'],
  ['without requester', { requester: undefined }, 'requester'],
  ['with a blank reason', { reason: ' ' }, 'reason'],
  ['without target', { target: undefined }, 'target'],
  [
    'whose VNet has no name',
    { target: { ...placeless, virtualNetwork: '' } },
    'target.virtualNetwork',
  ],
  ['whose region is none', { target: { ...placeless, location: '' } }, 'target.location'],
  ['with tags, which are not changed', { tags: {} }, ''],
  ['with allocations', { allocations: [] }, ''],
  ['with subnets', { subnets: [] }, ''],
  ['with a dry run in words', { dryRun: 'yes' }, 'dryRun'],
];

describe('a request to associate', () => {
  const base = { id, requester, reason, target: placeless, operation: 'associate', pools: ['p'] };

  test('names a VNet and one pool, or one of each family; the region need not be said', () => {
    expect(associateRequestSchema.parse(base)).toEqual({ ...base, dryRun: false });
    expect(faultsIn(associateRequestSchema, { ...base, pools: ['p', 'q'] })).toEqual([]);
    expect(sampleAssociateRequest().target.location).toBe('centralus');
    const target = { ...placeless, location: 'Central US' };
    expect(sampleAssociateRequest({ target }).target.location).toBe('centralus');
  });

  test.each<[string, object, string]>([
    ...commonFaults,
    ['without pools', { pools: undefined }, 'pools'],
    ['with no pool', { pools: [] }, 'pools'],
    ['with three pools', { pools: ['p', 'q', 'r'] }, 'pools'],
    ['with a pool twice', { pools: ['p', 'p'] }, 'pools'],
    ['with a pool without a name', { pools: [''] }, 'pools.0'],
    ['with a size', { pools: [{ pool: 'p', prefixLength: 24 }] }, 'pools.0'],
    ['with a mode', { mode: 'delete' }, ''],
    ['of another operation', { operation: 'remove' }, 'operation'],
  ])('%s is refused there', (_name, change, place) => {
    expect(faultsIn(associateRequestSchema, { ...base, ...change })).toEqual([place]);
  });
});

describe('a request to remove', () => {
  const base = { id, requester, reason, target: placeless, operation: 'remove', mode: 'delete' };

  test('deletes or disassociates; nothing is detached or set aside unless it says so', () => {
    const defaults = { dryRun: false, detachPeerings: false, override: false };
    for (const mode of ['delete', 'disassociate']) {
      expect(removeRequestSchema.parse({ ...base, mode })).toEqual({ ...base, ...defaults, mode });
    }
    expect(sampleRemoveRequest({ detachPeerings: true, override: true })).toMatchObject({
      detachPeerings: true,
      override: true,
    });
  });

  test.each<[string, object, string]>([
    ...commonFaults,
    ['without mode', { mode: undefined }, 'mode'],
    ['with a mode that nobody knows', { mode: 'purge' }, 'mode'],
    ['with a mode in other case', { mode: 'Delete' }, 'mode'],
    ['with pools', { pools: ['p'] }, ''],
    ['with an override in words', { override: 'yes' }, 'override'],
    ['of another operation', { operation: 'associate' }, 'operation'],
    [
      'that disassociates and detaches peerings',
      { mode: 'disassociate', detachPeerings: true },
      'detachPeerings',
    ],
    [
      'that disassociates and sets obstacles aside',
      { mode: 'disassociate', override: true },
      'override',
    ],
  ])('%s is refused there', (_name, change, place) => {
    expect(faultsIn(removeRequestSchema, { ...base, ...change })).toEqual([place]);
  });

  test('that disassociates and says false to both is taken', () => {
    const change = { mode: 'disassociate', detachPeerings: false, override: false };
    expect(faultsIn(removeRequestSchema, { ...base, ...change })).toEqual([]);
  });
});

describe('a message to resume', () => {
  const by = { name: 'Olu', objectId: ids.approver, tenantId: ids.managementTenant };
  const base = { id: 'CHG1', operation: 'resume', request: 'RITM1', by, reason: 'lock is gone' };

  test.each<[string, object, string[]]>([
    ['as an operator sends it', {}, []],
    ['without an id of its own', { id: undefined }, ['id']],
    ['without a request', { request: undefined }, ['request']],
    ['of a request that can be none', { request: '12345' }, ['request']],
    ['without a reason', { reason: undefined }, ['reason']],
    ['with a blank reason', { reason: ' ' }, ['reason']],
    ['without who resumes', { by: undefined }, ['by']],
    ['without the object id', { by: { ...by, objectId: undefined } }, ['by.objectId']],
    ['without the tenant id', { by: { ...by, tenantId: undefined } }, ['by.tenantId']],
    ['with a decision', { decision: 'approve' }, ['']],
    ['with a plan', { planHash: 'a'.repeat(64) }, ['']],
  ])('%s', (_name, change, places) => {
    expect(faultsIn(resumeMessageSchema, { ...base, ...change })).toEqual(places);
  });

  test('has a reason of limited length', () => {
    const long = { ...base, reason: 'r'.repeat(limits.reasonCharacters + 1) };
    expect(faultsIn(resumeMessageSchema, long)).toEqual(['reason']);
  });
});
