import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isEndState,
  isFinalState,
  mayBecome,
  type RequestState,
  requestStates,
} from '../../src/model/states.ts';

const nextOf = (state: RequestState): RequestState[] =>
  requestStates.filter((next) => next !== state && mayBecome(state, next));

const isResume = (from: RequestState, to: RequestState): boolean =>
  from === 'compensation-failed' && to === 'compensating';

describe('the states of a request', () => {
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

  test('what has begun to deploy never ends without having been verified or taken back', () => {
    expect(nextOf('verifying').toSorted()).toEqual(['compensating', 'succeeded']);
    expect(requestStates.filter((state) => mayBecome(state, 'succeeded'))).toEqual([
      'verifying',
      'succeeded',
    ]);
    expect(nextOf('compensating').toSorted()).toEqual([
      'cancelled',
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
