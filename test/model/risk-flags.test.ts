import { describe, expect, test } from 'vitest';
import { vendingError } from '../../src/model/errors.ts';
import type { Finding, Plan, Removal } from '../../src/model/plan.ts';
import { planDeployment } from '../../src/model/plan-deployment.ts';
import { riskFlagsOf } from '../../src/model/risk-flags.ts';
import { firstVersion, ids, sampleLandscape, sampleRequest } from './samples.ts';

const landscape = sampleLandscape();

function planOf(prefixLength: number, change: Partial<Plan> = {}): Plan {
  const request = sampleRequest({
    allocations: [{ pool: 'corp-centralus', prefixLength }],
    subnets: [],
  });
  const planned = planDeployment(request, landscape);
  if (!planned.ok) throw new Error(planned.error.message);
  return {
    change: planned.value,
    planHash: 'a'.repeat(64),
    policy: { effect: 'require-approval', rule: 'default', reason: 'r' },
    findings: [],
    ...firstVersion,
    ...change,
  };
}

const requester = { name: 'R', objectId: ids.requester, tenantId: ids.managedTenant };
const flags = (plan: Plan | undefined, who: object = requester) =>
  riskFlagsOf({ request: { requester: { name: 'R', ...who } }, plan }, landscape);
const names = (...call: Parameters<typeof flags>) => flags(...call).map(({ flag }) => flag);

const finding = (change: Partial<Finding>): Finding => ({
  check: 'pool-capacity',
  status: 'passed',
  subject: 'pool corp-centralus',
  ...change,
});
const capacity = (available: number) =>
  finding({
    facts: { totalIpAddresses: '1000', availableIpAddresses: String(available), askedFor: '100' },
  });
const quota = (used: number) =>
  finding({
    check: 'quota',
    subject: 'quota small',
    facts: { used: String(used), limit: '10', askedFor: '1' },
  });

const removal = (change: Partial<Removal>): Plan => {
  const { change: deployment } = planOf(24);
  return planOf(24, {
    change: {
      requestId: 'R',
      operation: 'remove',
      mode: 'delete',
      target: deployment.target,
      resourceGuid: 'guid',
      allocations: [],
      detachedPeerings: [],
      overrides: [],
      ...change,
    },
  });
};

describe('risk flags', () => {
  test('are none where nothing is unusual', () => {
    expect(flags(planOf(24, { findings: [capacity(500), quota(2)] }))).toEqual([]);
  });

  test('tell a requester who cannot be told from the approver, with a plan or without', () => {
    expect(names(undefined, { objectId: undefined })).toEqual(['requester-unidentified']);
    expect(names(planOf(24), { tenantId: undefined })).toEqual(['requester-unidentified']);
  });

  test('tell a plan that changed, and its version', () => {
    expect(flags(planOf(24, { version: 3 }))).toEqual([
      { flag: 'plan-changed', text: expect.stringContaining('version 3') },
    ]);
  });

  test('tell a large allocation by the size that the policy calls so', () => {
    expect(names(planOf(21))).toEqual([]);
    expect(flags(planOf(20))).toEqual([
      { flag: 'large-allocation', text: 'Takes a /20 of the pool corp-centralus.' },
    ]);
  });

  test('tell what was not verified, and why', () => {
    const error = vendingError('PermissionMissing', 'No permission to look.');
    const unknown = finding({ status: 'unknown', error });
    expect(flags(planOf(24, { findings: [unknown] }))).toEqual([
      {
        flag: 'unverified-prerequisite',
        text: 'Not verified: pool corp-centralus: No permission to look.',
      },
    ]);
  });

  test('tell a pool that is nearly full then, and a quota that is nearly used', () => {
    expect(names(planOf(24, { findings: [capacity(201)] }))).toEqual([]);
    expect(flags(planOf(24, { findings: [capacity(200)] }))).toEqual([
      { flag: 'pool-nearly-full', text: 'The pool corp-centralus is 90% full then.' },
    ]);
    expect(names(planOf(24, { findings: [quota(7)] }))).toEqual([]);
    expect(flags(planOf(24, { findings: [quota(8)] }))).toEqual([
      { flag: 'quota-nearly-used', text: 'The quota small is used to 9 of 10 then.' },
    ]);
  });

  test('tell what a removal does that is not undone', () => {
    expect(names(removal({}))).toEqual(['deletes']);
    expect(names(removal({ mode: 'disassociate' }))).toEqual([]);
    expect(names(removal({ overrides: ['ownership'], detachedPeerings: ['hub'] }))).toEqual([
      'deletes',
      'overrides-obstacles',
      'detaches-peerings',
    ]);
    const { resourceGuid: _, ...gone } = removal({}).change as Removal;
    expect(flags(planOf(24, { change: gone }))).toEqual([]);
  });
});
