import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocateRequestSchema } from '../../src/model/requests.ts';
import {
  type AllocateDraft,
  allocateBody,
  chooseRegion,
  chooseTenant,
  emptyAllocateDraft,
  type Offer,
} from '../../src/web/request-form/allocate-draft.ts';
import { checkAllocate } from '../../src/web/request-form/check-allocate.ts';
import { subnetFit } from '../../src/web/request-form/subnet-fit.ts';
import { samplePools } from './samples/pools.ts';
import { fabrikamSubscription, northwindSubscription, sampleTenants } from './samples/tenants.ts';

const offer: Offer = { tenants: sampleTenants(), pools: samplePools(0), requiredTags: [] };

const filled: AllocateDraft = {
  ...emptyAllocateDraft(),
  id: 'RITM0012345',
  tenant: 'fabrikam',
  subscriptionId: fabrikamSubscription,
  resourceGroup: 'rg-payments',
  virtualNetwork: 'vnet-payments',
  location: 'centralus',
  ipv4Pool: 'corp-centralus',
  ipv4Addresses: '100',
  reason: 'New payments environment',
};

const subnet = (key: number, name: string, addresses: string, hasIpv6 = false) => ({
  key,
  name,
  addresses,
  hasIpv6,
});

const asAccepted = (draft: AllocateDraft) =>
  allocateRequestSchema.safeParse({ ...allocateBody(draft), requester: { name: 'Ada' } });

describe('the form for a new VNet', () => {
  it('asks for what it said one would get: the prefix', () => {
    const draft = { ...filled, subnets: [subnet(1, 'app', '33')] };

    expect(checkAllocate(draft, offer)).toEqual({});
    expect(allocateBody(draft)).toEqual({
      id: 'RITM0012345',
      operation: 'allocate',
      reason: 'New payments environment',
      target: {
        tenant: 'fabrikam',
        subscriptionId: fabrikamSubscription,
        resourceGroup: 'rg-payments',
        virtualNetwork: 'vnet-payments',
        location: 'centralus',
      },
      allocations: [{ pool: 'corp-centralus', prefixLength: 25 }],
      subnets: [{ name: 'app', prefixLength: 26 }],
      tags: {},
    });
    expect(asAccepted(draft).success).toBe(true);
  });

  it('asks for both families, and for subnets in one or both', () => {
    const draft = {
      ...filled,
      ipv6Pool: 'corp-centralus-v6',
      subnets: [subnet(1, 'app', '16', true), subnet(2, 'data', '16')],
    };

    expect(checkAllocate(draft, offer)).toEqual({});
    expect(allocateBody(draft)).toMatchObject({
      allocations: [
        { pool: 'corp-centralus', prefixLength: 25 },
        { pool: 'corp-centralus-v6', prefixLength: 56 },
      ],
      subnets: [
        {
          name: 'app',
          allocations: [
            { pool: 'corp-centralus', prefixLength: 28 },
            { pool: 'corp-centralus-v6', prefixLength: 64 },
          ],
        },
        { name: 'data', prefixLength: 28 },
      ],
    });
    expect(asAccepted(draft).success).toBe(true);
  });

  it('asks for IPv6 alone with subnets of /64', () => {
    const draft = {
      ...filled,
      ipv4Pool: '',
      ipv6Pool: 'corp-centralus-v6',
      ipv6Length: 64,
      subnets: [subnet(1, 'app', '')],
    };

    expect(checkAllocate(draft, offer)).toEqual({});
    expect(allocateBody(draft)).toMatchObject({
      allocations: [{ pool: 'corp-centralus-v6', prefixLength: 64 }],
      subnets: [{ name: 'app', prefixLength: 64 }],
    });
    const two = { ...draft, subnets: [...draft.subnets, subnet(2, 'data', '')] };
    expect(checkAllocate(two, offer)['subnets']).toContain('room for 1 subnet of /64, but 2');
  });

  it('has one message for each field that is wrong', () => {
    const faults = checkAllocate({ ...emptyAllocateDraft(), id: '12 3' }, offer);

    expect(Object.keys(faults).sort()).toEqual(
      [
        'id',
        'location',
        'reason',
        'resourceGroup',
        'subscriptionId',
        'tenant',
        'virtualNetwork',
      ].sort(),
    );
  });

  it.each([
    ['7', 'at least 8'],
    ['16777217', 'at most 16,777,216'],
    ['1043201', 'only 1,043,200 addresses left'],
    ['some', 'whole number'],
  ])('refuses %s addresses: %s', (ipv4Addresses, message) => {
    expect(checkAllocate({ ...filled, ipv4Addresses }, offer)['ipv4Addresses']).toContain(message);
  });

  it('takes the limits themselves', () => {
    for (const ipv4Addresses of ['8', '1043200']) {
      expect(checkAllocate({ ...filled, ipv4Addresses }, offer)).toEqual({});
    }
  });

  it('refuses names that Azure refuses, and the same subnet twice, whatever the case', () => {
    const draft = {
      ...filled,
      resourceGroup: 'rg.',
      virtualNetwork: '<b>',
      subnets: [subnet(1, 'app', '8'), subnet(2, 'APP', '8'), subnet(3, '-', '7')],
    };

    expect(Object.keys(checkAllocate(draft, offer)).sort()).toEqual(
      ['resourceGroup', 'subnet-2-name', 'subnet-3-name', 'subnet-3-size', 'virtualNetwork'].sort(),
    );
  });

  it('wants the tags that the policy requires, whatever the case, and no tag twice', () => {
    const strict = { ...offer, requiredTags: ['costCentre'] };
    const tags = [
      { key: 1, name: 'CostCentre', value: ' ' },
      { key: 2, name: 'owner', value: 'x' },
      { key: 3, name: 'OWNER', value: 'y' },
      { key: 4, name: 'vnet-vending-request', value: 'z' },
      { key: 5, name: 'a<b', value: '' },
      { key: 6, name: '', value: '' },
    ];

    const faults = checkAllocate({ ...filled, tags }, strict);

    expect(Object.keys(faults).sort()).toEqual([
      'tag-1-value',
      'tag-3-name',
      'tag-4-name',
      'tag-5-name',
    ]);
  });

  it('takes web addresses of tickets only when they are https', () => {
    const ticket = { ...filled, ticketSystem: 'servicenow', ticketId: 'RITM1' };
    const faultOf = (ticketUrl: string) =>
      checkAllocate({ ...ticket, ticketUrl }, offer)['ticketUrl'];

    expect(faultOf('https://contoso.example/1')).toBeUndefined();
    for (const address of ['javascript:alert(1)', 'http://contoso.example', 'contoso']) {
      expect(faultOf(address)).toContain('https://');
    }
    expect(checkAllocate({ ...filled, ticketUrl: 'https://x.example' }, offer)).toHaveProperty(
      'ticketId',
    );
  });

  it('never sends what the schema of requests refuses', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom('app', 'rg-web', 'A_1', '256', ''));
    const fields = fc.oneof(
      ...(['id', 'resourceGroup', 'virtualNetwork', 'reason', 'ipv4Addresses'] as const).map(
        (field) => text.map((value) => ({ [field]: value })),
      ),
      fc.record({ ticketSystem: text, ticketId: text, ticketUrl: fc.oneof(text, fc.webUrl()) }),
      fc.tuple(text, text).map(([name, value]) => ({ tags: [{ key: 1, name, value }] })),
      fc.tuple(text, text).map(([name, size]) => ({ subnets: [subnet(1, name, size)] })),
    );
    let sent = 0;
    fc.assert(
      fc.property(fields, (typed) => {
        const draft = { ...filled, ...typed };
        if (Object.keys(checkAllocate(draft, offer)).length > 0) return;
        sent += 1;
        expect(asAccepted(draft).error?.message).toBeUndefined();
      }),
      { numRuns: 3_000 },
    );
    expect(sent).toBeGreaterThan(100);
  });
});

describe('subnets in a VNet', () => {
  it('fit exactly when whole blocks do, largest first', () => {
    const draft = {
      ...filled,
      ipv4Addresses: '256',
      subnets: [subnet(1, 'a', '60'), subnet(2, 'b', '128')],
    };

    expect(subnetFit(draft)).toMatchObject({ fits: true, total: 256n, used: 192n });
    expect(subnetFit(draft)?.parts.map(({ name }) => name)).toEqual(['b', 'a']);
    const more = { ...draft, subnets: [...draft.subnets, subnet(3, 'c', '65')] };
    expect(subnetFit(more)).toMatchObject({ fits: false, used: 320n });
    expect(checkAllocate(more, offer)['subnets']).toContain('need 320 addresses');
  });

  it('are not judged while the size of the VNet is no number', () => {
    expect(subnetFit({ ...filled, ipv4Addresses: 'x' })).toBeUndefined();
  });
});

describe('choices that follow from others', () => {
  it('are made where there is only one, and taken back where they are offered no more', () => {
    const northwind = chooseTenant(filled, 'northwind', offer);

    expect(northwind).toMatchObject({
      subscriptionId: northwindSubscription,
      resourceGroup: 'rg-shared',
    });
    expect(chooseTenant(northwind, 'fabrikam', offer)).toMatchObject({ subscriptionId: '' });
    expect(chooseRegion(filled, 'westeurope', offer)).toMatchObject({
      ipv4Pool: 'corp-westeurope',
      ipv6Pool: '',
    });
  });
});
