import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/model/error-catalogue.ts';
import { vendingError } from '../../src/model/errors.ts';
import { failure, success } from '../../src/model/outcome.ts';
import type { RequestState } from '../../src/model/states.ts';
import { type Answers, Driver, endOf, inWords, type Run, requestInput } from './drive.ts';

const allocate = (answers: Answers): Run => new Driver(answers).run('allocateVnet', requestInput);

const words = ({ calls }: Run): readonly string[] => calls.map(inWords);

const refuse = (code: ErrorCode) => () => failure(vendingError(code, `${code} it is.`));

/** Answers as the ledger does for a request whose earlier run came as far as this state. */
const lostIn =
  (earlier: RequestState): Required<Answers>['recordState'] =>
  ({ state }) =>
    success(state === 'planning' ? earlier : state);

const undo = ['deleteVirtualNetwork', 'trackDeletion', 'confirmRelease', 'recordCompensation'];

describe('a request whose earlier run was lost', () => {
  it('tells its end again, and does nothing else, when it had ended', () => {
    const run = allocate({ recordState: lostIn('succeeded') });
    expect(run.output).toBe('succeeded');
    expect(words(run)).toEqual(['recordState planning', 'publishOutcome']);
  });

  it('goes on with the deployment of the plan that was decided on: lost while deploying', () => {
    const run = allocate({ recordState: lostIn('deploying') });
    expect(words(run)).toEqual([
      'recordState planning',
      'planRequest',
      'reserveQuota',
      'publishEvent allocation.started',
      'deployVirtualNetwork',
      'trackDeployment',
      'recordState verifying',
      'publishEvent allocation.verifying',
      'awaitPrefix',
      'recordState succeeded',
      'releaseVirtualNetwork',
      'publishOutcome',
    ]);
    expect(run.calls[4]?.input['planHash']).toBe('the-plan');
  });

  it('goes on looking at both sides, and deploys nothing again: lost while verifying', () => {
    expect(words(allocate({ recordState: lostIn('verifying') }))).toEqual([
      'recordState planning',
      'planRequest',
      'awaitPrefix',
      'recordState succeeded',
      'releaseVirtualNetwork',
      'publishOutcome',
    ]);
  });

  it('goes on taking back, and deploys nothing again: lost while compensating', () => {
    const run = allocate({
      recordState: lostIn('compensating'),
      readError: () => success(vendingError('Cancelled', 'It was cancelled.')),
    });
    // Why it is taken back is known still.
    expect(endOf(run)).toMatchObject({ state: 'cancelled', error: { code: 'Cancelled' } });
    expect(words(run)).toEqual([
      'recordState planning',
      'planRequest',
      'publishOutcome',
      'readError',
      'recordState compensating',
      'publishEvent allocation.compensating',
      ...undo,
      'releaseQuota',
      'recordState cancelled',
      'releaseVirtualNetwork',
      'publishOutcome',
    ]);
  });

  for (const state of ['deploying', 'verifying'] as const) {
    it(`takes back what that run may have made when it cannot go on: lost while ${state}`, () => {
      const run = allocate({
        recordState: lostIn(state),
        deployVirtualNetwork: refuse('AzureRefused'),
        awaitPrefix: refuse('AllocationInvalid'),
      });
      expect(words(run).slice(-10)).toEqual([
        'recordState compensating',
        'publishEvent allocation.compensating',
        ...undo,
        'releaseQuota',
        'recordState failed',
        'releaseVirtualNetwork',
        'publishOutcome',
      ]);
    });
  }

  for (const state of ['received', 'planning', 'awaiting-approval'] as const) {
    it(`has nothing to take back: lost while ${state}`, () => {
      const run = allocate({ recordState: lostIn(state), planRequest: refuse('UnknownPool') });
      expect(words(run)).not.toContain('deleteVirtualNetwork');
      expect(words(run)).not.toContain('releaseVirtualNetwork');
    });
  }
});
