import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyChange } from '../../src/ledger/apply-change.ts';
import type { RequestChange, RequestRecord } from '../../src/ledger/ledger.ts';
import {
  isEndState,
  isFinalState,
  type RequestState,
  requestStates,
} from '../../src/model/states.ts';
import { sampleRequest } from '../model/samples.ts';

const at = '2026-01-01T00:00:00.000Z';
const later = '2026-01-01T00:01:00.000Z';

const recordIn = (state: RequestState): RequestRecord => ({
  id: 'RITM1',
  request: sampleRequest({ id: 'RITM1' }),
  contentHash: 'hash',
  instanceId: 'instance',
  tenant: 'fabrikam',
  revision: 1,
  state,
  createdAt: at,
  updatedAt: at,
});

/** The drawing of the workflow, as pairs: what may follow what, staying left out. */
const working = ['deploying', 'associating', 'removing'];
const edges = new Set([
  'received>planning',
  ...working.flatMap((state) => [
    `planning>${state}`,
    `awaiting-approval>${state}`,
    `${state}>verifying`,
    `${state}>compensating`,
    `${state}>failed`,
    `${state}>cancelled`,
  ]),
  'planning>awaiting-approval',
  'planning>planned',
  'verifying>succeeded',
  'verifying>removed-release-unverified',
  'verifying>compensating',
  'compensating>compensation-failed',
  'compensation-failed>compensating',
  'planning>rejected',
  'awaiting-approval>rejected',
  'awaiting-approval>expired',
  ...['received', 'planning', 'awaiting-approval', 'verifying', 'compensating'].flatMap((state) => [
    `${state}>failed`,
    `${state}>cancelled`,
  ]),
]);

const change: fc.Arbitrary<RequestChange> = fc.record(
  {
    state: fc.constantFrom(...requestStates),
    leftovers: fc.constantFrom<readonly string[]>(['the VNet'], ['the association']),
    result: fc.constant({ virtualNetworkId: '/v', allocations: [] }),
    pendingEvent: fc.constantFrom('allocation.failed', 'removal.succeeded'),
  },
  { requiredKeys: ['state'] },
);

describe('a change of a record', () => {
  test('random walks: what the workflow forbids is refused, what it allows is made, a final state stays', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
        let record = recordIn('received');
        for (const next of changes) {
          const isAllowed =
            record.state === next.state || edges.has(`${record.state}>${next.state}`);
          if (!isAllowed) {
            expect(() => applyChange(record, next, later)).toThrow(/cannot become/);
            continue;
          }
          const changed = applyChange(record, next, later);
          if (isFinalState(record.state)) {
            expect(changed).toBe(record);
          }
          expect(changed.state).toBe(next.state);
          expect(changed).toMatchObject({ id: 'RITM1', contentHash: 'hash', createdAt: at });
          record = changed;
        }
      }),
      { numRuns: 3_000 },
    );
  });

  test('a change makes a new revision; what would change the time alone is no change', () => {
    const record = recordIn('planning');
    const changed = applyChange(record, { state: 'awaiting-approval' }, later);
    expect(changed).toMatchObject({ revision: 2, updatedAt: later });
    expect(applyChange(changed, { state: 'awaiting-approval' }, 'even later')).toBe(changed);
    const leftovers = ['the VNet'];
    const parked = applyChange(
      recordIn('compensating'),
      { state: 'compensation-failed', leftovers },
      later,
    );
    const again = { state: 'compensation-failed', leftovers: [...leftovers] } as const;
    expect(applyChange(parked, again, 'even later')).toBe(parked);
    expect(applyChange(parked, { ...again, leftovers: [] }, 'even later').revision).toBe(3);
  });

  test('random walks along allowed changes end within 6 steps, if nobody resumes', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100), { minLength: 6, maxLength: 6 }), (choices) => {
        let record = recordIn('received');
        for (const choice of choices) {
          if (isEndState(record.state)) break;
          const next = requestStates.filter((state) => edges.has(`${record.state}>${state}`));
          const state = next[choice % next.length] ?? 'failed';
          record = applyChange(record, { state }, later);
        }
        expect(isEndState(record.state)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each(requestStates)('a request that is %s can come to a final state', (start) => {
    const reached = new Set<RequestState>([start]);
    for (const from of reached) {
      for (const state of requestStates) {
        try {
          reached.add(applyChange(recordIn(from), { state }, later).state);
        } catch {
          // Forbidden.
        }
      }
    }
    expect([...reached].some(isFinalState)).toBe(true);
  });

  test('a record never loses what it has got, but the leftovers at its end', () => {
    const parked = applyChange(
      recordIn('compensating'),
      { state: 'compensation-failed', leftovers: ['the VNet'], pendingEvent: 'removal.failed' },
      later,
    );
    const resumed = applyChange(parked, { state: 'compensating' }, later);
    expect(resumed).toMatchObject({ leftovers: ['the VNet'], pendingEvent: 'removal.failed' });
    const ended = applyChange(resumed, { state: 'failed' }, later);
    expect(ended).not.toHaveProperty('leftovers');
    expect(ended.pendingEvent).toBe('removal.failed');
  });
});
