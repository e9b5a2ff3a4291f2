import { describe, expect, it } from 'vitest';
import type { PlanSummary, RemovalSummary } from '../../src/activities/activity-contracts.ts';
import type { ErrorCode } from '../../src/model/error-catalogue.ts';
import { vendingError } from '../../src/model/errors.ts';
import { failure, success } from '../../src/model/outcome.ts';
import type { RequestState } from '../../src/model/states.ts';
import { type Answers, bounds, Driver, endOf, inWords, type Run, requestInput } from './drive.ts';

const words = ({ calls }: Run): readonly string[] => calls.map(inWords);

const refuse = (code: ErrorCode) => () => failure(vendingError(code, `${code} it is.`));

const deletion: RemovalSummary = { mode: 'delete', alreadyGone: false, detachesPeerings: false };
const disassociation: RemovalSummary = { ...deletion, mode: 'disassociate' };

const plan = (removal: RemovalSummary): PlanSummary => ({
  planHash: 'the-plan',
  version: 1,
  policy: { effect: 'auto-approve', rule: 'removals', reason: 'a sandbox' },
  dryRun: false,
  removal,
});

const remove = (removal: RemovalSummary, answers: Answers = {}): Run =>
  new Driver({ planRequest: () => success(plan(removal)), ...answers }).run(
    'removeVnet',
    requestInput,
  );

/** What happens after the request has become `removing`. */
const effects = (run: Run): readonly string[] => {
  const all = words(run);
  return all.slice(all.indexOf('publishEvent removal.started') + 1);
};

const end = (state: RequestState) => [
  ...(state === 'succeeded' ? ['releaseQuota'] : []),
  `recordState ${state}`,
  'releaseVirtualNetwork',
  'publishOutcome',
];

describe('a deletion', () => {
  it('deletes, tracks, and verifies both sides', () => {
    const run = remove(deletion);
    expect(effects(run)).toEqual([
      'removeVirtualNetwork',
      'trackRemoval',
      'recordState verifying',
      'publishEvent removal.verifying',
      'confirmRemoval',
      ...end('succeeded'),
    ]);
    expect(endOf(run)).toMatchObject({
      pendingEvent: 'removal.succeeded',
      result: { alreadyGone: false },
    });
  });

  it('is not given up, nor told as failed, while Azure cannot be asked what became of it', () => {
    const driver: Driver = new Driver({
      planRequest: () => success(plan(deletion)),
      trackRemoval: () =>
        (driver.calls.at(-1)?.at ?? 0) < bounds.releaseSeconds - 65
          ? refuse('AzureUnavailable')()
          : success({ done: true, value: null }),
    });
    expect(bounds.releaseSeconds - 65).toBeGreaterThan(bounds.retrySeconds);
    expect(driver.run('removeVnet', requestInput).output).toBe('succeeded');
  });

  it('takes the peerings off before, and puts them back when Azure refuses the deletion', () => {
    const run = remove(
      { ...deletion, detachesPeerings: true },
      { removeVirtualNetwork: refuse('VirtualNetworkInUse') },
    );
    expect(effects(run)).toEqual([
      'detachPeerings',
      'removeVirtualNetwork',
      'recordState compensating',
      'publishEvent removal.compensating',
      'restorePeerings',
      'recordCompensation',
      ...end('failed'),
    ]);
    expect(endOf(run)).toMatchObject({
      pendingEvent: 'removal.compensated',
      error: { code: 'VirtualNetworkInUse' },
    });
  });

  it('has nothing to take back when no peering was taken off', () => {
    const run = remove(deletion, { trackRemoval: refuse('OperationFailed') });
    expect(effects(run)).toEqual(['removeVirtualNetwork', 'trackRemoval', ...end('failed')]);
    expect(endOf(run)).toMatchObject({ pendingEvent: 'removal.failed' });
  });

  const unverified: readonly [string, Answers][] = [
    ['does not let go within its bound', { confirmRemoval: () => success({ done: false }) }],
    ['cannot be asked', { confirmRemoval: refuse('PermissionMissing') }],
  ];
  for (const [why, answers] of unverified) {
    it(`is told as unverified, never as a success, when the pool ${why}`, () => {
      const run = remove({ ...deletion, detachesPeerings: true }, answers);
      // The VNet is gone: there is nothing to put peerings back on.
      expect(words(run)).not.toContain('restorePeerings');
      expect(endOf(run)).toMatchObject({
        state: 'removed-release-unverified',
        pendingEvent: 'removal.release-unverified',
        error: { code: 'ReleaseNotConfirmed', remedy: expect.stringContaining('under a new id') },
      });
    });
  }

  it('of what is gone already only verifies the release', () => {
    const run = remove({ ...deletion, alreadyGone: true });
    expect(effects(run)).toEqual([
      'recordState verifying',
      'publishEvent removal.verifying',
      'confirmRemoval',
      ...end('succeeded'),
    ]);
  });
});

describe('a disassociation', () => {
  const undo = [
    'undoDisassociation',
    'trackUpdate',
    'confirmUndoneDisassociation',
    'recordCompensation',
  ];

  it('is one PUT, verified on both sides', () => {
    expect(effects(remove(disassociation))).toEqual([
      'disassociateVirtualNetwork',
      'trackUpdate',
      'recordState verifying',
      'publishEvent removal.verifying',
      'confirmRemoval',
      ...end('succeeded'),
    ]);
  });

  const failing: readonly [string, Answers, RequestState][] = [
    ['the PUT is refused', { disassociateVirtualNetwork: refuse('AzureRefused') }, 'failed'],
    ['somebody changed the VNet', { confirmRemoval: refuse('VirtualNetworkChanged') }, 'failed'],
    [
      'it is cancelled',
      { confirmRemoval: () => success({ done: false, cancelRequested: true }) },
      'cancelled',
    ],
  ];
  for (const [why, answers, state] of failing) {
    it(`associates the same prefixes again when ${why}`, () => {
      const run = remove(disassociation, answers);
      expect(words(run).slice(-9)).toEqual([
        'recordState compensating',
        'publishEvent removal.compensating',
        ...undo,
        ...end(state),
      ]);
    });
  }

  it('that the pool does not confirm is told as unverified, and stays', () => {
    const run = remove(disassociation, { confirmRemoval: () => success({ done: false }) });
    expect(run.output).toBe('removed-release-unverified');
    expect(words(run)).not.toContain('undoDisassociation');
  });
});

describe('a removal whose earlier run was lost', () => {
  const lostIn =
    (earlier: RequestState): Required<Answers>['recordState'] =>
    ({ state }) =>
      success(state === 'planning' ? earlier : state);
  const detaching = { ...deletion, detachesPeerings: true };

  it('walks through its steps again, which find what was done: lost while removing', () => {
    const run = remove(detaching, { recordState: lostIn('removing') });
    expect(words(run).slice(0, 6)).toEqual([
      'recordState planning',
      'planRequest',
      'publishEvent removal.started',
      'detachPeerings',
      'removeVirtualNetwork',
      'trackRemoval',
    ]);
  });

  it('goes on looking at both sides: lost while verifying', () => {
    const run = remove(detaching, { recordState: lostIn('verifying') });
    expect(words(run).slice(0, 3)).toEqual([
      'recordState planning',
      'planRequest',
      'confirmRemoval',
    ]);
  });

  it('goes on putting back: lost while compensating', () => {
    const run = remove(detaching, { recordState: lostIn('compensating') });
    expect(words(run)).toContain('restorePeerings');
    expect(words(run)).not.toContain('removeVirtualNetwork');
  });
});

it('a parked request that is resumed publishes what it could not, and ends as it was to end', () => {
  const parked = vendingError('CompensationFailed', 'The compensation failed.', {
    details: { reasonCode: 'Cancelled', reasonMessage: 'Kim cancelled the request.' },
  });
  const run = new Driver({
    planRequest: () => success(plan(disassociation)),
    recordState: ({ state }) => success(state === 'planning' ? 'compensating' : state),
    readError: () => success(parked),
  }).run('removeVnet', { ...requestInput, resumption: 1 });
  expect(words(run).slice(0, 6)).toEqual([
    'recordState planning',
    'planRequest',
    'publishOutcome',
    'readError',
    'recordState compensating',
    'publishEvent removal.compensating',
  ]);
  expect(endOf(run)).toMatchObject({
    state: 'cancelled',
    error: { code: 'Cancelled', message: 'Kim cancelled the request.' },
  });
  // Every line of the timeline tells that it belongs to the resumption.
  expect(run.calls.every(({ input }) => input['resumption'] === 1)).toBe(true);
});
