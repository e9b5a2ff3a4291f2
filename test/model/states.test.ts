import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isEndState,
  isFinalState,
  mayBecome,
  type RequestState,
  requestStates,
  workingStates,
} from '../../src/model/states.ts';

const nextOf = (state: RequestState): RequestState[] =>
  requestStates.filter((next) => next !== state && mayBecome(state, next));

const isResume = (from: RequestState, to: RequestState): boolean =>
  from === 'compensation-failed' && to === 'compensating';

/** Written by hand from the workflow of the design, so that a changed table shows here. */
const allowed: Readonly<Record<RequestState, string>> = {
  received: 'planning failed cancelled',
  planning: 'awaiting-approval deploying associating removing planned failed rejected cancelled',
  'awaiting-approval': 'deploying associating removing failed rejected cancelled expired',
  deploying: 'verifying compensating failed cancelled',
  associating: 'verifying compensating failed cancelled',
  removing: 'verifying compensating failed cancelled',
  verifying: 'compensating succeeded failed cancelled removed-release-unverified',
  compensating: 'failed cancelled compensation-failed',
  succeeded: '',
  planned: '',
  failed: '',
  rejected: '',
  cancelled: '',
  expired: '',
  'removed-release-unverified': '',
  'compensation-failed': 'compensating',
};

describe('the states of a request', () => {
  test.each(requestStates)(
    '%s becomes what the workflow makes of it, and nothing else',
    (state) => {
      expect(nextOf(state).join(' ')).toBe(allowed[state]);
    },
  );

  test('every path ends: whatever way it goes, an end state comes after at most 6 steps', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat(100)), (choices) => {
        const path: RequestState[] = ['received'];
        for (const choice of choices) {
          const state = path.at(-1) ?? 'received';
          const next = nextOf(state).filter((candidate) => !isResume(state, candidate));
          const chosen = next[choice % next.length];
          if (chosen === undefined) {
            break;
          }
          path.push(chosen);
          expect(path.length).toBeLessThanOrEqual(7);
        }
        expect(isEndState(path.at(-1) ?? 'received')).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each(requestStates)('%s can be reached, and a final state from it', (state) => {
    expect(reachableFrom('received')).toContain(state);
    expect([...reachableFrom(state)].some(isFinalState)).toBe(true);
  });

  test('an end state is left only by resuming a parked compensation', () => {
    const left = requestStates
      .filter(isEndState)
      .flatMap((from) => nextOf(from).map((to) => [from, to]));
    expect(left).toEqual([['compensation-failed', 'compensating']]);
  });

  test('a parked request is over, and not final', () => {
    expect(isEndState('compensation-failed')).toBe(true);
    expect(isFinalState('compensation-failed')).toBe(false);
  });

  test('a removal whose release nobody confirmed is final, and comes from the verification alone', () => {
    expect(isFinalState('removed-release-unverified')).toBe(true);
    expect(
      requestStates.filter((state) => nextOf(state).includes('removed-release-unverified')),
    ).toEqual(['verifying']);
  });

  test('nothing succeeds without having been verified', () => {
    expect(requestStates.filter((state) => nextOf(state).includes('succeeded'))).toEqual([
      'verifying',
    ]);
  });

  test.each(workingStates)('%s never turns into another effect', (state) => {
    for (const other of workingStates.filter((each) => each !== state)) {
      expect(reachableFrom(state)).not.toContain(other);
    }
  });

  test('what is being taken back never counts as done', () => {
    expect([...reachableFrom('compensating')].toSorted()).toEqual([
      'cancelled',
      'compensating',
      'compensation-failed',
      'failed',
    ]);
  });

  test.each(requestStates)('%s may be entered twice, because activities run at least once', (s) => {
    expect(mayBecome(s, s)).toBe(true);
  });
});

function reachableFrom(start: RequestState): Set<RequestState> {
  const reached = new Set<RequestState>([start]);
  for (const state of reached) {
    for (const next of nextOf(state)) {
      reached.add(next);
    }
  }
  return reached;
}
