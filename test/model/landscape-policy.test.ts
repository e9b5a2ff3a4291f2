import { describe, expect, test } from 'vitest';
import { landscapeSchema } from '../../src/model/landscape.ts';
import { ids, sampleLandscape } from './samples.ts';

const people = ['01', '02', '03'].map((end) => ({
  name: `P${end}`,
  objectId: `dddddddd-0000-4000-8000-0000000000${end}`,
  tenantId: ids.managementTenant,
}));
const groups = [
  { name: 'network', members: people.slice(0, 2) },
  { name: 'entra', entraGroups: [{ objectId: ids.approver, tenantId: ids.managementTenant }] },
];

/** Paths and texts of what is wrong with a policy. */
function faultsOf(policy: object): readonly string[] {
  const { policy: _, ...rest } = sampleLandscape();
  const parsed = landscapeSchema.safeParse({ ...rest, policy: { rules: [], groups, ...policy } });
  return parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

const ask = (change: object) => ({
  name: 'ask',
  effect: 'require-approval',
  reason: 'r',
  ...change,
});
const stage = (change: object = {}) => ({ name: 'first', ...change });

describe('a policy', () => {
  test('has one stage that anybody can complete, no quotas and no groups unless it says more', () => {
    const { policy } = sampleLandscape();
    expect(policy.stages).toEqual([
      { name: 'approval', approvers: [], minApprovals: 1, escalateTo: [] },
    ]);
    expect([policy.groups, policy.quotas]).toEqual([[], []]);
  });

  test('may name its groups, and that of the operators', () => {
    const policy = {
      rules: [ask({ requesters: ['network'], stages: [stage({ approvers: ['operators'] })] })],
      stages: [stage({ approvers: ['network', 'entra'] })],
    };
    expect(faultsOf(policy)).toEqual([]);
  });

  test.each([
    [{ rules: [ask({ requesters: ['nobody'] })] }, 'policy.rules.0.requesters.0', "group 'nobody'"],
    [{ rules: [ask({ tenants: ['nowhere'] })] }, 'policy.rules.0.tenants.0', "tenant 'nowhere'"],
    [{ rules: [ask({ pools: ['puddle'] })] }, 'policy.rules.0.pools.0', "pool 'puddle'"],
    [{ stages: [stage({ approvers: ['x'] })] }, 'policy.stages.0.approvers.0', "group 'x'"],
    [
      { rules: [ask({ stages: [stage({ escalateAfterHours: 1, escalateTo: ['x'] })] })] },
      'policy.rules.0.stages.0.escalateTo.0',
      "group 'x'",
    ],
    [
      { quotas: [{ name: 'q', per: 'tenant', tenants: ['x'], maxVirtualNetworks: 1 }] },
      'policy.quotas.0.tenants.0',
      "tenant 'x'",
    ],
  ])('must not name what there is none of: %j', (policy, path, what) => {
    expect(faultsOf(policy)).toEqual([expect.stringMatching(`^${path}: .*${what}`)]);
  });

  test.each([
    ['denies', [{ ...ask({ requesters: ['network', 'entra'] }), effect: 'deny' }], [0]],
    [
      'holds before a rule that approves by itself',
      [
        ask({ requesters: ['entra'] }),
        { name: 'rest', effect: 'auto-approve', reason: 'r', minPrefixLength: { IPv4: 26 } },
      ],
      [0],
    ],
    [
      'allows before a final deny',
      [
        { ...ask({ requesters: ['entra'] }), name: 'small', effect: 'auto-approve' },
        ask({ requesters: ['entra'] }),
        { ...ask({}), name: 'nobody-else', effect: 'deny' },
      ],
      [],
    ],
    ['denies people by name', [{ ...ask({ requesters: ['network'] }), effect: 'deny' }], []],
  ])(
    'must not let people past a rule who need not prove their group, as one that %s',
    (_what, rules, faulty) => {
      expect(faultsOf({ rules })).toEqual(
        faulty.map((index) =>
          expect.stringMatching(
            `^policy.rules.${index}.requesters: holds back the group 'entra', .*end with a deny`,
          ),
        ),
      );
    },
  );

  test.each([
    ['a group that is called operators', { groups: [{ name: 'operators' }] }],
    ['a stage that is called operators', { stages: [stage({ name: 'operators' })] }],
    ['two groups of a name', { groups: [{ name: 'a' }, { name: 'a' }] }],
    ['two stages of a name', { stages: [stage(), stage()] }],
    ['no stage at all', { stages: [] }],
    ['stages of a rule that asks nobody', { rules: [ask({ effect: 'deny', stages: [stage()] })] }],
    ['an escalation to nobody', { stages: [stage({ escalateAfterHours: 1 })] }],
    ['somebody to escalate to, but never', { stages: [stage({ escalateTo: ['network'] })] }],
    ['a reminder after the time limit', { stages: [stage({ remindAfterHours: 72 })] }],
    [
      'an escalation after the time limit',
      { stages: [stage({ timeLimitHours: 2, escalateAfterHours: 2, escalateTo: ['network'] })] },
    ],
    [
      'a stage that needs more people than its groups have',
      { stages: [stage({ approvers: ['network'], minApprovals: 3 })] },
    ],
    ['a quota that limits nothing', { quotas: [{ name: 'q', per: 'tenant', maxIpAddresses: {} }] }],
  ])('must not have %s', (_what, policy) => {
    expect(faultsOf(policy)).toHaveLength(1);
  });

  test('may need more people than can be counted: of Entra groups, operators, or those it escalates to', () => {
    for (const approvers of [['network', 'entra'], ['network', 'operators'], []]) {
      expect(faultsOf({ stages: [stage({ approvers, minApprovals: 3 })] })).toEqual([]);
    }
  });

  test('counts addresses without loss', () => {
    const huge = '340282366920938463463374607431768211455';
    const { policy } = sampleLandscape({
      policy: {
        rules: [],
        quotas: [{ name: 'q', per: 'requester', maxIpAddresses: { IPv4: 512, IPv6: huge } }],
      },
    });
    expect(policy.quotas[0]?.maxIpAddresses).toEqual({ IPv4: '512', IPv6: huge });
  });
});
