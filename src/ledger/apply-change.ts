import { canonicalJson } from '../model/canonical-json.ts';
import { isFinalState, mayBecome } from '../model/states.ts';
import type { RequestChange, RequestRecord } from './ledger.ts';

/**
 * What a record becomes by a change; every store applies this one rule. Throws on a transition that
 * `mayBecome` forbids: it is a defect of the workflow. A final state is final: a repetition of it
 * changes nothing. A repetition that would change the time alone is none either: then the answer is the
 * record itself, with the revision that it has. Leftovers belong to a request that is parked or being taken back; they go when
 * nothing is left.
 */
export function applyChange(
  record: RequestRecord,
  change: RequestChange,
  at: string,
): RequestRecord {
  const { state, plan, error, result, leftovers, pendingEvent } = change;
  if (!mayBecome(record.state, state)) {
    throw new Error(
      `The request ${record.id} is ${record.state} and cannot become ${state}. ` +
        'A step ran that does not fit the state; look at the timeline of the request.',
    );
  }
  if (isFinalState(record.state)) {
    return record;
  }
  const { leftovers: earlier, ...kept } = record;
  const left = leftovers ?? (isFinalState(state) ? undefined : earlier);
  const changed: RequestRecord = {
    ...kept,
    state,
    ...(plan === undefined ? {} : { plan }),
    ...(error === undefined ? {} : { error }),
    ...(result === undefined ? {} : { result }),
    ...(left === undefined ? {} : { leftovers: left }),
    ...(pendingEvent === undefined ? {} : { pendingEvent }),
  };
  return canonicalJson(changed) === canonicalJson(record)
    ? record
    : { ...changed, updatedAt: at, revision: record.revision + 1 };
}

/**
 * Throws when the state that a decision leads to is there already: another decision was faster, and what
 * was judged before is to be judged again.
 */
export function requireNewState({ id, state }: RequestRecord, change: RequestChange): void {
  if (state === change.state) {
    throw new Error(`The request ${id} is ${state} already; another decision was faster.`);
  }
}
