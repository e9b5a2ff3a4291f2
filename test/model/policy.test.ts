import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Landscape } from '../../src/model/landscape.ts';
import type { PlannedAllocation } from '../../src/model/plan.ts';
import { evaluatePolicy, type PolicyCase } from '../../src/model/policy.ts';
import { ids, poolIds, sampleLandscape } from './samples.ts';

const ipv4 = (numberOfIpAddresses: string, poolAlias = 'corp-centralus'): PlannedAllocation => ({
  poolAlias,
  poolId: poolIds.ipv4,
  family: 'IPv4',
  numberOfIpAddresses,
});

const ipv6: PlannedAllocation = {
  poolAlias: 'corp6-centralus',
  poolId: poolIds.ipv6,
  family: 'IPv6',
  numberOfIpAddresses: String(1n << 64n),
};

type Rule = Landscape['policy']['rules'][number];

const rule = (name: string, effect: Rule['effect'], conditions: Partial<Rule> = {}): Rule => ({
  name,
  effect,
  reason: `because of ${name}`,
  ...conditions,
});

const verdictOf = (
  rules: Rule[],
  allocations: PlannedAllocation[],
  {
    operation = 'allocate' as PolicyCase['operation'],
    tags = {},
    requiredTags = [] as string[],
    tenantAlias = 'fabrikam',
  } = {},
) =>
  evaluatePolicy(
    { operation, tenantAlias, location: 'centralus', requester: {}, allocations, tags },
    sampleLandscape({
      policy: { rules, requiredTags },
      managedTenants: [
        ...sampleLandscape().managedTenants,
        {
          alias: 'contoso',
          tenantId: ids.managementTenant,
          subscriptions: [{ subscriptionId: ids.otherSubscription }],
        },
      ],
    }),
  ).verdict;

const small = { minPrefixLength: { IPv4: 25 } };

describe('the policy', () => {
  test('without a rule that matches, a person decides', () => {
    const others = [rule('others', 'deny', { tenants: ['contoso'] })];
    expect(verdictOf(others, [ipv4('64')])).toMatchObject({
      effect: 'require-approval',
      rule: 'default',
    });
  });

  test('the first rule that matches decides, with its name and reason', () => {
    const rules = [rule('first', 'auto-approve', small), rule('second', 'deny')];
    expect(verdictOf(rules, [ipv4('128')])).toEqual({
      effect: 'auto-approve',
      rule: 'first',
      reason: 'because of first',
    });
    expect(verdictOf(rules, [ipv4('129')]).rule).toBe('second');
  });

  test('the size that counts is the smallest block that holds the addresses', () => {
    const rules = [rule('small', 'auto-approve', small)];
    expect(verdictOf(rules, [ipv4('100')]).effect).toBe('auto-approve');
    expect(verdictOf(rules, [ipv4('200')]).effect).toBe('require-approval');
  });

  test('a rule approves by itself only what it covers in every allocation', () => {
    const byPool = [rule('pool', 'auto-approve', { pools: ['corp-centralus'] })];
    expect(verdictOf(byPool, [ipv4('64')]).effect).toBe('auto-approve');
    expect(verdictOf(byPool, [ipv4('64'), ipv6]).effect).toBe('require-approval');
    expect(verdictOf([rule('small', 'auto-approve', small)], [ipv4('64'), ipv6]).effect).toBe(
      'require-approval',
    );
  });

  test('a second allocation does not carry the first past a rule that denies it', () => {
    const rules = [rule('no', 'deny', { pools: ['corp-centralus'] }), rule('yes', 'auto-approve')];
    expect(verdictOf(rules, [ipv6, ipv4('64')]).effect).toBe('deny');
    expect(verdictOf(rules, [ipv6]).effect).toBe('auto-approve');
  });

  test('a small allocation beside a large one does not make the request small', () => {
    const upTo16 = { minPrefixLength: { IPv4: 16, IPv6: 48 } };
    const rules = [rule('ask', 'require-approval', upTo16), rule('no', 'deny')];
    expect(verdictOf(rules, [ipv4('65536'), ipv6]).rule).toBe('ask');
    expect(verdictOf(rules, [ipv4('65537'), ipv6]).rule).toBe('no');
  });

  test('missing and blank tags deny by name, before any rule; their names have no case', () => {
    const options = {
      requiredTags: ['costCentre', 'owner', 'env'],
      tags: { COSTCENTRE: '1', env: ' ' },
    };
    expect(verdictOf([rule('yes', 'auto-approve')], [ipv4('8')], options)).toEqual({
      effect: 'deny',
      rule: 'required-tags',
      reason:
        'The VNet lacks the tags owner, env, which every VNet with prefixes of a pool must carry.',
    });
    const complete = { ...options, tags: { costcentre: '1', Owner: 'x', ENV: 'prod' } };
    expect(verdictOf([rule('yes', 'auto-approve')], [ipv4('8')], complete).effect).toBe(
      'auto-approve',
    );
  });

  test('the tags of the VNet count for an association; one that is taken away needs none', () => {
    const yes = rule('yes', 'auto-approve', { operations: ['associate', 'remove'] });
    const options = { requiredTags: ['owner'], tags: { Owner: 'x' } };
    expect(verdictOf([yes], [ipv4('8')], { ...options, operation: 'associate' }).rule).toBe('yes');
    const untagged = { ...options, tags: { owner: ' ' } };
    expect(verdictOf([yes], [ipv4('8')], { ...untagged, operation: 'associate' })).toEqual({
      effect: 'deny',
      rule: 'required-tags',
      reason: 'The VNet lacks the tag owner, which every VNet with prefixes of a pool must carry.',
    });
    expect(verdictOf([yes], [ipv4('8')], { ...untagged, operation: 'remove' }).rule).toBe('yes');
  });

  test.each(['associate', 'remove'] as const)(
    'a rule that was written without operations never approves by itself: %s',
    (operation) => {
      const conditions = fc.record<Partial<Rule>>(
        {
          tenants: fc.constant(['fabrikam']),
          pools: fc.constant(['corp-centralus']),
          minPrefixLength: fc.constantFrom({ IPv4: 1 }, { IPv4: 1, IPv6: 1 }, {}),
        },
        { requiredKeys: [] },
      );
      const allocations = fc.array(fc.constantFrom(ipv4('8'), ipv4('256'), ipv6), { maxLength: 2 });
      fc.assert(
        fc.property(fc.array(conditions, { maxLength: 4 }), allocations, (all, held) => {
          const rules = all.map((each, index) => rule(`r${index}`, 'auto-approve', each));
          expect(verdictOf(rules, held, { operation })).toMatchObject({
            effect: 'require-approval',
            rule: 'default',
          });
        }),
        { numRuns: 500 },
      );
    },
  );

  test('a rule that was written without operations holds and denies all of them', () => {
    for (const operation of ['allocate', 'associate', 'remove'] as const) {
      for (const effect of ['require-approval', 'deny'] as const) {
        expect(verdictOf([rule('r', effect)], [ipv4('8')], { operation })).toMatchObject({
          effect,
          rule: 'r',
        });
      }
    }
  });

  test('a rule with operations is about these alone, whatever its effect', () => {
    for (const effect of ['auto-approve', 'require-approval', 'deny'] as const) {
      const rules = [rule('r', effect, { operations: ['remove'] })];
      expect(verdictOf(rules, [ipv4('8')], { operation: 'remove' }).rule).toBe('r');
      expect(verdictOf(rules, [ipv4('8')], { operation: 'associate' }).rule).toBe('default');
      expect(verdictOf(rules, [ipv4('8')]).rule).toBe('default');
    }
  });

  test('a removal that gives nothing back does not get past a rule that names no pools', () => {
    for (const effect of ['require-approval', 'deny'] as const) {
      const options = { operation: 'remove' } as const;
      const always = rule('all', 'auto-approve', { operations: ['remove'] });
      expect(verdictOf([rule('no', effect), always], [], options).rule).toBe('no');
      const aboutPool = rule('pool', effect, { pools: ['corp-centralus'] });
      expect(verdictOf([aboutPool, always], [], options).rule).toBe('all');
      const elsewhere = rule('elsewhere', effect, { tenants: ['contoso'] });
      expect(verdictOf([elsewhere, always], [], options).rule).toBe('all');
    }
  });

  test('a larger allocation is never approved by itself where a smaller one is not', () => {
    const length = fc.integer({ min: 1, max: 32 });
    const count = fc.integer({ min: 1, max: 2 ** 30 });
    fc.assert(
      fc.property(length, count, count, (minimum, a, b) => {
        const rules = [rule('small', 'auto-approve', { minPrefixLength: { IPv4: minimum } })];
        const [less, more] = [Math.min(a, b), Math.max(a, b)];
        if (verdictOf(rules, [ipv4(String(more))]).effect === 'auto-approve') {
          expect(verdictOf(rules, [ipv4(String(less))]).effect).toBe('auto-approve');
        }
      }),
      { numRuns: 300 },
    );
  });

  describe('by requester and region', () => {
    const policy = {
      groups: [
        {
          name: 'payments',
          members: [{ name: 'R', objectId: ids.requester, tenantId: ids.managedTenant }],
        },
        { name: 'others', members: [] },
      ],
      rules: [
        rule('theirs', 'auto-approve', { requesters: ['payments', 'others'] }),
        rule('there', 'require-approval', {
          regions: ['westeurope'],
          stages: [{ name: 'west', approvers: [], minApprovals: 2, escalateTo: [] }],
        }),
        rule('nobody-else', 'deny'),
      ],
      approvalTimeLimitHours: 5,
    };
    const answerTo = (change: Partial<PolicyCase>) =>
      evaluatePolicy(
        {
          operation: 'allocate',
          tenantAlias: 'fabrikam',
          location: 'centralus',
          requester: {},
          allocations: [ipv4('64')],
          tags: {},
          ...change,
        },
        sampleLandscape({ policy }),
      );

    test('a rule for a group is about those who are in one of its groups, by both ids', () => {
      const requester = { objectId: ids.requester, tenantId: ids.managedTenant };
      expect(answerTo({ requester }).verdict.rule).toBe('theirs');
      const foreign = { ...requester, tenantId: ids.managementTenant };
      expect(answerTo({ requester: foreign }).verdict.rule).toBe('nobody-else');
      expect(answerTo({ requester: { objectId: ids.requester } }).verdict.rule).toBe('nobody-else');
    });

    test('a requester of the API is also in the groups that were proved when the request came', () => {
      const requester = { objectId: ids.approver, tenantId: ids.managedTenant };
      expect(answerTo({ requester }).verdict.rule).toBe('nobody-else');
      expect(answerTo({ requester: { ...requester, memberOf: ['others'] } }).verdict.rule).toBe(
        'theirs',
      );
    });

    test('a rule for a region is about VNets in it', () => {
      expect(answerTo({ location: 'westeurope' }).verdict.rule).toBe('there');
      expect(answerTo({ location: '' }).verdict.rule).toBe('nobody-else');
    });

    test('only a rule that asks for an approval has stages: its own, with the time limit of the policy', () => {
      expect(answerTo({ location: 'westeurope' }).stages).toEqual([
        { name: 'west', approvers: [], minApprovals: 2, escalateTo: [], timeLimitHours: 5 },
      ]);
      expect(answerTo({}).stages).toEqual([]);
    });
  });
});
