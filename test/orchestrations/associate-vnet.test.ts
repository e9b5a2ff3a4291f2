import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/model/error-catalogue.ts';
import { vendingError } from '../../src/model/errors.ts';
import { failure, success } from '../../src/model/outcome.ts';
import { type Answers, bounds, Driver, endOf, inWords, type Run, requestInput } from './drive.ts';

const associate = (answers: Answers = {}): Run =>
  new Driver(answers).run('associateVnet', requestInput);

const words = ({ calls }: Run): readonly string[] => calls.map(inWords);

const refuse = (code: ErrorCode) => () => failure(vendingError(code, `${code} it is.`));

const undo = ['undoAssociation', 'trackUpdate', 'confirmUndoneAssociation', 'recordCompensation'];

it('an association is claimed and re-checked, put, tracked, verified on both sides, recorded and told', () => {
  const run = associate();
  expect(words(run)).toEqual([
    'recordState planning',
    'publishEvent request.submitted',
    'planRequest',
    'publishEvent request.planned',
    'claimVirtualNetwork',
    'recheckPlan',
    'recordState associating',
    'reserveQuota',
    'publishEvent association.started',
    'associateVirtualNetwork',
    'trackUpdate',
    'recordState verifying',
    'publishEvent association.verifying',
    'awaitAssociation',
    'recordState succeeded',
    'releaseVirtualNetwork',
    'publishOutcome',
  ]);
  expect(endOf(run)).toMatchObject({ pendingEvent: 'association.succeeded' });
  expect(run.calls.find(({ activity }) => activity === 'trackUpdate')?.input['of']).toBe(
    'associate',
  );
});

describe('an association that fails is taken back', () => {
  const failing: readonly [string, Answers][] = [
    ['when the PUT is refused', { associateVirtualNetwork: refuse('AzureRefused') }],
    ['when its operation fails', { trackUpdate: failOnce('OperationFailed') }],
    ['when somebody changed the VNet', { awaitAssociation: refuse('VirtualNetworkChanged') }],
    ['when both sides never agree', { awaitAssociation: () => success({ done: false }) }],
  ];
  for (const [when, answers] of failing) {
    it(when, () => {
      const run = associate(answers);
      expect(run.output).toBe('failed');
      expect(words(run).slice(-10)).toEqual([
        'recordState compensating',
        'publishEvent association.compensating',
        ...undo,
        'releaseQuota',
        'recordState failed',
        'releaseVirtualNetwork',
        'publishOutcome',
      ]);
      expect(endOf(run)).toMatchObject({ pendingEvent: 'association.compensated' });
    });
  }
});

it('a cancellation while both sides are looked at takes the association back', () => {
  const run = associate({
    awaitAssociation: () => success({ done: false, cancelRequested: true }),
  });
  expect(run.output).toBe('cancelled');
  expect(words(run)).toContain('undoAssociation');
});

it('an operation of the compensation that fails is started again, until the bound is over', () => {
  const run = associate({
    associateVirtualNetwork: refuse('AzureRefused'),
    trackUpdate: refuse('OperationFailed'),
  });
  const undone = run.calls.filter(({ activity }) => activity === 'undoAssociation');
  expect(undone.length).toBeGreaterThan(2);
  const [first, last] = [undone[0]?.at ?? 0, undone.at(-1)?.at ?? 0];
  expect(last - first).toBeLessThanOrEqual(bounds.releaseSeconds);
  expect(run.output).toBe('compensation-failed');
  // Parked, it keeps the VNet to itself until somebody resumes it.
  expect(words(run)).not.toContain('releaseVirtualNetwork');
});

/** Fails the first time; what compensates is well. */
function failOnce(code: ErrorCode): Required<Answers>['trackUpdate'] {
  let isFirst = true;
  return () => {
    const fails = isFirst;
    isFirst = false;
    return fails
      ? failure(vendingError(code, `${code} it is.`))
      : success({ done: true, value: null });
  };
}
