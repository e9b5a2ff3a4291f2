import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Landscape } from '../../src/model/landscape.ts';
import type { PlannedAllocation } from '../../src/model/plan.ts';
import { evaluatePolicy } from '../../src/model/policy.ts';
import { poolIds, sampleLandscape } from './samples.ts';

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
  { tags = {}, requiredTags = [] as string[], tenant = 'fabrikam' } = {},
) =>
  evaluatePolicy(
    { tags },
    allocations,
    tenant,
    sampleLandscape({ policy: { rules, requiredTags } }),
  );

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
      reason: 'The request lacks the tags owner, env, which every request must carry.',
    });
    const complete = { ...options, tags: { costcentre: '1', Owner: 'x', ENV: 'prod' } };
    expect(verdictOf([rule('yes', 'auto-approve')], [ipv4('8')], complete).effect).toBe(
      'auto-approve',
    );
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
});
