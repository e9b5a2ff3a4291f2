import { describe, expect, it } from 'vitest';
import type { ApprovalEnding, PlanSummary } from '../../src/activities/activity-contracts.ts';
import type { ErrorCode } from '../../src/model/error-catalogue.ts';
import { vendingError } from '../../src/model/errors.ts';
import { failure, success } from '../../src/model/outcome.ts';
import type { RequestState } from '../../src/model/states.ts';
import { type Answers, bounds, Driver, endOf, inWords, type Run, requestInput } from './drive.ts';
import { FakeApproval } from './fake-approval.ts';

const allocate = (answers: Answers = {}): Run =>
  new Driver(answers).run('allocateVnet', requestInput);

const words = ({ calls }: Run): readonly string[] => calls.map(inWords);

const refuse = (code: ErrorCode) => () => failure(vendingError(code, `${code} it is.`));

const planned =
  (change: Partial<PlanSummary>): Required<Answers>['planRequest'] =>
  () =>
    success({
      planHash: 'the-plan',
      version: 1,
      policy: { effect: 'auto-approve', rule: 'small', reason: 'small enough' },
      dryRun: false,
      ...change,
    });

const needsApproval = planned({
  policy: { effect: 'require-approval', rule: 'large', reason: 'large' },
});
const denied = { effect: 'deny', rule: 'rest', reason: 'nobody needs that much' } as const;

const undo = ['deleteVirtualNetwork', 'trackDeletion', 'confirmRelease', 'recordCompensation'];

describe('a request that goes well', () => {
  it('records, claims and checks before it deploys, and records its end before it tells it', () => {
    const run = allocate();

    expect(run.output).toBe('succeeded');
    expect(words(run)).toEqual([
      'recordState planning',
      'publishEvent request.submitted',
      'planRequest',
      'publishEvent request.planned',
      'claimVirtualNetwork',
      'recheckPlan',
      'recordState deploying',
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
    expect(endOf(run)).toMatchObject({
      result: { virtualNetworkId: '/the/vnet', allocations: [] },
      pendingEvent: 'allocation.succeeded',
    });
  });

  it('is re-checked and deployed by the hash of its plan', () => {
    const run = allocate({ planRequest: needsApproval });
    const hashes = run.calls.flatMap(({ activity, input }) =>
      'planHash' in input ? [`${activity} ${input['planHash']}`] : [],
    );

    expect(hashes).toEqual(['recheckPlan the-plan', 'deployVirtualNetwork the-plan']);
  });
});

describe('a request that is stopped before it deploys', () => {
  const stops: readonly [string, Answers, RequestState, string][] = [
    [
      'a prerequisite is missing',
      {
        planRequest: planned({ refusal: vendingError('PrerequisitesNotMet', 'A role.') }),
      },
      'failed',
      'allocation.failed',
    ],
    [
      'the plan cannot be made',
      { planRequest: refuse('UnknownPool') },
      'failed',
      'allocation.failed',
    ],
    [
      'policy denies it',
      { planRequest: planned({ policy: denied }) },
      'rejected',
      'allocation.failed',
    ],
    [
      'policy denies what would be a dry run',
      { planRequest: planned({ policy: denied, dryRun: true }) },
      'rejected',
      'allocation.failed',
    ],
    ['it is a dry run', { planRequest: planned({ dryRun: true }) }, 'planned', 'request.validated'],
    [
      'it is a dry run of what needs an approval',
      { planRequest: () => success({ ...summary(needsApproval), dryRun: true }) },
      'planned',
      'request.validated',
    ],
    [
      'another request works on the VNet',
      { claimVirtualNetwork: refuse('VirtualNetworkBusy') },
      'failed',
      'allocation.failed',
    ],
    ['the plan changed', { recheckPlan: refuse('PlanChanged') }, 'failed', 'allocation.failed'],
    ['it was cancelled', { recheckPlan: refuse('Cancelled') }, 'cancelled', 'allocation.failed'],
  ];

  for (const [why, answers, state, event] of stops) {
    it(`deploys nothing, and says so: ${why}`, () => {
      const run = allocate(answers);

      expect(run.output).toBe(state);
      expect(words(run)).not.toContain('deployVirtualNetwork');
      expect(words(run)).not.toContain('deleteVirtualNetwork');
      expect(endOf(run)).toMatchObject({ state, pendingEvent: event });
      expect(words(run).at(-1)).toBe('publishOutcome');
    });
  }

  it('gives its claim on the VNet back', () => {
    expect(words(allocate({ recheckPlan: refuse('PlanChanged') }))).toContain(
      'releaseVirtualNetwork',
    );
  });
});

function summary(answer: Required<Answers>['planRequest']): PlanSummary {
  const outcome = answer({ requestId: '', step: '', attempt: 1 });
  if (!outcome.ok) throw new Error('The test has no plan.');
  return outcome.value;
}

describe('a decision', () => {
  const endings: readonly [ApprovalEnding, RequestState, readonly string[]][] = [
    [
      { status: 'approved', by: 'Alex' },
      'succeeded',
      ['approval.granted', 'allocation.started', 'allocation.verifying', 'allocation.succeeded'],
    ],
    [{ status: 'rejected', by: 'Alex' }, 'rejected', ['approval.denied', 'allocation.failed']],
    [{ status: 'cancelled', by: 'Alex' }, 'cancelled', ['allocation.failed']],
    [{ status: 'expired', by: 'policy' }, 'expired', ['approval.expired', 'allocation.failed']],
  ];

  for (const [decision, state, events] of endings) {
    it(`ends the request as ${state}, with its events: ${JSON.stringify(decision)}`, () => {
      const run = allocate({
        planRequest: needsApproval,
        readApproval: () => success(decision),
      });

      expect(run.output).toBe(state);
      expect(words(run).includes('deployVirtualNetwork')).toBe(state === 'succeeded');
      const published = run.calls.flatMap(
        ({ input }) => input['type'] ?? input['pendingEvent'] ?? [],
      );
      expect(published).toEqual(['request.submitted', 'request.planned', ...events]);
    });
  }

  it('is waited for as long as the policy says, and the end tells who rejected and why', () => {
    const driver: Driver = new Driver({ planRequest: needsApproval });
    driver.answer(new FakeApproval(() => driver.now).answers);
    const expired = driver.run('allocateVnet', requestInput);
    expect([expired.output, expired.seconds]).toEqual(['expired', 72 * 3600]);

    const rejected = allocate({
      planRequest: needsApproval,
      readApproval: () => success({ status: 'rejected', by: 'Alex', reason: 'use the shared one' }),
    });
    expect(endOf(rejected)?.['message']).toBe('Alex rejected the request: use the shared one');
  });

  it('that cannot be read ends the request without a deployment', () => {
    const run = allocate({ planRequest: needsApproval, readApproval: refuse('AzureRefused') });
    expect(run.output).toBe('failed');
    expect(words(run)).not.toContain('deployVirtualNetwork');
  });
});

describe('a deployment that does not come to its end', () => {
  const stops: readonly [string, Answers, RequestState, ErrorCode][] = [
    // The PUT may have had its effect all the same.
    ['its PUT fails', { deployVirtualNetwork: refuse('AzureRefused') }, 'failed', 'AzureRefused'],
    ['it fails', { trackDeployment: refuse('OperationFailed') }, 'failed', 'OperationFailed'],
    [
      'it is cancelled while it runs',
      { trackDeployment: () => success({ done: false, cancelRequested: true }) },
      'cancelled',
      'Cancelled',
    ],
    [
      'it is cancelled while both sides do not agree',
      { awaitPrefix: () => success({ done: false, cancelRequested: true }) },
      'cancelled',
      'Cancelled',
    ],
    [
      'the prefix is wrong',
      { awaitPrefix: refuse('AllocationInvalid') },
      'failed',
      'AllocationInvalid',
    ],
  ];

  for (const [why, answers, state, code] of stops) {
    it(`is taken back while the VNet is claimed, and then told: ${why}`, () => {
      const run = allocate(answers);

      expect(run.output).toBe(state);
      // Recorded before anything is taken back, lest a lost run forget why.
      const begun = run.calls.find(({ input }) => input['state'] === 'compensating');
      expect(begun?.input['error']).toMatchObject({ code });
      expect(words(run).slice(-10)).toEqual([
        'recordState compensating',
        'publishEvent allocation.compensating',
        ...undo,
        'releaseQuota',
        `recordState ${state}`,
        'releaseVirtualNetwork',
        'publishOutcome',
      ]);
      expect(endOf(run)).toMatchObject({
        error: { code },
        pendingEvent: 'allocation.compensated',
      });
    });
  }

  const never = () => success({ done: false } as const);
  const limits: readonly [string, Answers, number, RequestState][] = [
    ['the deployment', { trackDeployment: never }, bounds.deploySeconds, 'failed'],
    ['the agreement of both sides', { awaitPrefix: never }, bounds.awaitPrefixSeconds, 'failed'],
    [
      'the deletion',
      { trackDeployment: refuse('OperationFailed'), trackDeletion: never },
      bounds.releaseSeconds,
      'compensation-failed',
    ],
    [
      'the release of the space',
      { trackDeployment: refuse('OperationFailed'), confirmRelease: never },
      bounds.releaseSeconds,
      'compensation-failed',
    ],
  ];

  for (const [what, answers, seconds, state] of limits) {
    it(`waits exactly as long as its own bound says for ${what}`, () => {
      const run = allocate(answers);
      expect(run.output).toBe(state);
      expect(run.seconds).toBe(seconds);
    });
  }
});

describe('what cannot be taken back', () => {
  const failures: readonly [string, Answers][] = [
    ['the DELETE is refused', { deleteVirtualNetwork: refuse('AzureRefused') }],
    ['the deletion fails', { trackDeletion: refuse('OperationFailed') }],
    ['the pool cannot be looked at', { confirmRelease: refuse('AzureRefused') }],
  ];

  for (const [why, answers] of failures) {
    it(`is named once, the request is parked, and keeps its claim: ${why}`, () => {
      const run = allocate({ trackDeployment: refuse('OperationFailed'), ...answers });

      expect(run.output).toBe('compensation-failed');
      expect(words(run).slice(-2)).toEqual(['recordState compensation-failed', 'publishOutcome']);
      expect(endOf(run)).toMatchObject({
        pendingEvent: 'allocation.compensation-failed',
        leftovers: [expect.stringContaining('the VNet of this request')],
        error: { code: 'CompensationFailed' },
      });
    });
  }
});

it('what is left is told as both tenants show it, or by its step where they cannot be asked', () => {
  const parked = {
    trackDeployment: refuse('OperationFailed'),
    deleteVirtualNetwork: refuse('AzureRefused'),
  };
  const shown = allocate({ ...parked, nameLeftovers: () => success(['the VNet vnet-a']) });
  expect(endOf(shown)?.['leftovers']).toEqual(['the VNet vnet-a']);
  for (const nameLeftovers of [() => success([]), refuse('AzureRefused')]) {
    const run = allocate({ ...parked, nameLeftovers });
    expect(endOf(run)?.['leftovers']).toEqual([expect.stringContaining('AzureRefused it is.')]);
  }
});

describe('a compensation', () => {
  it('bears failures for its whole bound, which may be longer than other calls are tried', () => {
    const unavailable = refuse('AzureUnavailable');
    for (const activity of ['deleteVirtualNetwork', 'trackDeletion', 'confirmRelease'] as const) {
      const lastGood = bounds.releaseSeconds - 65;
      const driver: Driver = new Driver({
        trackDeployment: refuse('OperationFailed'),
        [activity]: () => {
          const isUp = (driver.calls.at(-1)?.at ?? 0) >= lastGood;
          if (!isUp) return unavailable();
          return activity === 'deleteVirtualNetwork'
            ? success({})
            : success({ done: true, value: null });
        },
      });
      expect(driver.run('allocateVnet', requestInput).output).toBe('failed');
    }
  });
});

describe('what cannot be recorded or told', () => {
  for (const refused of ['planning', 'deploying', 'verifying', 'compensating', 'failed'] as const) {
    it(`is not done: ${refused}`, () => {
      const driver = new Driver({
        awaitPrefix: refuse('OperationFailed'),
        recordState: ({ state }) => (state === refused ? refuse('AzureRefused')() : success(state)),
      });
      // The instance fails, and the sweep starts the request again.
      expect(() => driver.run('allocateVnet', requestInput)).toThrow('AzureRefused it is.');
      expect(driver.calls.map(inWords).at(-1)).toContain(`recordState ${refused}`);
    });
  }

  it('does not look like an end', () => {
    expect(() => allocate({ publishOutcome: refuse('AzureRefused') })).toThrow(
      'AzureRefused it is.',
    );
  });
});
