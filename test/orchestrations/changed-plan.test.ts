import { describe, expect, it } from 'vitest';
import type { PlanSummary } from '../../src/activities/activity-contracts.ts';
import { vendingError } from '../../src/model/errors.ts';
import { failure, success } from '../../src/model/outcome.ts';
import { type Answers, Driver, endOf, inWords, requestInput } from './drive.ts';

const asks: PlanSummary = {
  planHash: 'plan-1',
  version: 1,
  policy: { effect: 'require-approval', rule: 'large', reason: 'large' },
  dryRun: false,
};
const version = (number: number, change: Partial<PlanSummary> = {}): PlanSummary => ({
  ...asks,
  planHash: `plan-${number}`,
  version: number,
  ...change,
});

/** Runs a request whose re-checks answer one after the other; a plan is one that takes the place. */
function run(plans: readonly (PlanSummary | 'same')[], answers: Answers = {}) {
  let rechecks = 0;
  const driver = new Driver({
    planRequest: () => success(asks),
    recheckPlan: () => {
      const next = plans[rechecks++] ?? 'same';
      return success(next === 'same' ? { changed: false } : { changed: true, plan: next });
    },
    ...answers,
  });
  const ran = driver.run('allocateVnet', requestInput);
  return { ...ran, words: ran.calls.map(inWords) };
}

describe('a plan that changed while it waited', () => {
  it('is told, asked for again, and re-checked as the one that takes its place; nobody else waits meanwhile', () => {
    const { calls, output, words } = run([version(2)]);
    expect(output).toBe('succeeded');
    const from = words.indexOf('claimVirtualNetwork');
    expect(words.slice(from, words.indexOf('deployVirtualNetwork') + 1)).toEqual([
      'claimVirtualNetwork',
      'recheckPlan',
      'releaseVirtualNetwork',
      'publishEvent request.planned',
      'recordState awaiting-approval',
      'readApproval',
      'publishEvent approval.granted',
      'claimVirtualNetwork',
      'recheckPlan',
      'recordState deploying',
      'reserveQuota',
      'publishEvent allocation.started',
      'deployVirtualNetwork',
    ]);
    const hashes = calls.flatMap(({ activity, input }) =>
      'planHash' in input ? [`${activity} ${input['planHash']}`] : [],
    );
    expect(hashes).toEqual([
      'recheckPlan plan-1',
      'recheckPlan plan-2',
      'deployVirtualNetwork plan-2',
    ]);
  });

  it('needs no approval where the policy asks for none by now', () => {
    const { words } = run([
      version(2, { policy: { effect: 'auto-approve', rule: 'small', reason: 'small' } }),
    ]);
    expect(words.filter((word) => word === 'readApproval')).toHaveLength(1);
    expect(words).toContain('deployVirtualNetwork');
  });

  it('can be rejected, and then nothing is claimed any more', () => {
    let reads = 0;
    const { output, words } = run([version(2)], {
      readApproval: () =>
        success({ status: ++reads === 1 ? 'approved' : 'rejected', by: 'Alex', reason: 'no' }),
    });
    expect(output).toBe('rejected');
    expect(words.filter((word) => word === 'claimVirtualNetwork')).toHaveLength(1);
    expect(words.filter((word) => word === 'releaseVirtualNetwork')).toHaveLength(1);
    expect(words).not.toContain('deployVirtualNetwork');
  });

  it('ends the request when it changes all the time', () => {
    const changed = failure(vendingError('PlanChanged', 'It has changed 5 times.'));
    const ran = run([], { recheckPlan: () => changed });
    expect(ran.output).toBe('failed');
    expect(endOf(ran)).toMatchObject({ error: { code: 'PlanChanged' } });
    expect(ran.words).not.toContain('deployVirtualNetwork');
  });

  it('ends the request, too, should approval and re-check never agree', () => {
    const ran = run([], {
      recheckPlan: () => success({ changed: true, plan: version(2) }),
    });
    expect(endOf(ran)).toMatchObject({ state: 'failed', error: { code: 'PlanChanged' } });
    expect(ran.words).not.toContain('deployVirtualNetwork');
  });
});
