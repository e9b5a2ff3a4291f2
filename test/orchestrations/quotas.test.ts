import { describe, expect, it } from 'vitest';
import type { RemovalSummary } from '../../src/activities/activity-contracts.ts';
import { vendingError } from '../../src/model/errors.ts';
import { failure, success } from '../../src/model/outcome.ts';
import { type Answers, Driver, endOf, inWords, requestInput } from './drive.ts';

type Name = 'allocateVnet' | 'associateVnet' | 'removeVnet';

const removal: RemovalSummary = { mode: 'delete', alreadyGone: false, detachesPeerings: false };

function run(name: Name, answers: Answers = {}) {
  const planned: Answers =
    name === 'removeVnet'
      ? {
          planRequest: () =>
            success({
              planHash: 'the-plan',
              version: 1,
              policy: { effect: 'auto-approve', rule: 'r', reason: 'r' },
              dryRun: false,
              removal,
            }),
        }
      : {};
  const ran = new Driver({ ...planned, ...answers }).run(name, requestInput);
  return {
    ...ran,
    words: ran.calls.map(inWords),
    released: ran.calls
      .filter(({ activity }) => activity === 'releaseQuota')
      .map(({ input }) => input['release']),
  };
}

const refused = failure(vendingError('AzureRefused', 'No.'));

describe('quota', () => {
  it('that is exceeded ends the request before anything is sent, and before it is told as begun', () => {
    const exceeded = failure(vendingError('QuotaExceeded', 'Too much.'));
    const ran = run('allocateVnet', { reserveQuota: () => exceeded });
    expect(endOf(ran)).toMatchObject({ state: 'failed', error: { code: 'QuotaExceeded' } });
    for (const word of ['deployVirtualNetwork', 'publishEvent allocation.started']) {
      expect(ran.words).not.toContain(word);
    }
    expect(ran.words).toContain('releaseVirtualNetwork');
  });

  it.each(['allocateVnet', 'associateVnet'] as const)('stays with what %s has given', (name) => {
    const ran = run(name);
    expect(ran.output).toBe('succeeded');
    expect(ran.released).toEqual([]);
  });

  it('comes back when nothing is left, before the end is recorded', () => {
    const ran = run('allocateVnet', { deployVirtualNetwork: () => refused });
    expect(ran.released).toEqual(['own']);
    expect(ran.words.indexOf('releaseQuota')).toBeLessThan(ran.words.indexOf('recordState failed'));
    expect(ran.words.indexOf('releaseQuota')).toBeLessThan(
      ran.words.indexOf('releaseVirtualNetwork'),
    );
  });

  it('stays with what could not be taken back', () => {
    const ran = run('allocateVnet', {
      deployVirtualNetwork: () => refused,
      deleteVirtualNetwork: () => refused,
    });
    expect(ran.output).toBe('compensation-failed');
    expect(ran.released).toEqual([]);
  });

  it('of a VNet comes back with its removal, and with no removal that is not verified', () => {
    const removed = run('removeVnet');
    expect([removed.output, removed.released]).toEqual(['succeeded', ['all']]);
    expect(removed.words).not.toContain('reserveQuota');

    const unverified = run('removeVnet', { confirmRemoval: () => success({ done: false }) });
    expect([unverified.output, unverified.released]).toEqual(['removed-release-unverified', []]);
    const failed = run('removeVnet', { removeVirtualNetwork: () => refused });
    expect([failed.output, failed.released]).toEqual(['failed', []]);
  });

  it('is asked for again by a run that goes on, and given back by one that was lost while taking back', () => {
    const lost = (state: 'deploying' | 'compensating') =>
      run('allocateVnet', {
        recordState: (input) => success(input.state === 'planning' ? state : input.state),
      });
    expect(lost('deploying').words.filter((word) => word === 'reserveQuota')).toHaveLength(1);
    expect(lost('compensating').released).toEqual(['own']);
  });

  it('is not touched by a request that never began', () => {
    const ran = run('allocateVnet', { recheckPlan: () => refused });
    expect([ran.output, ran.released]).toEqual(['failed', []]);
  });
});
