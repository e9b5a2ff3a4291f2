import { vendingError } from '../../model/errors.ts';
import { failure, type Outcome, success } from '../../model/outcome.ts';
import { revisionsOf } from './entity-tags.ts';
import { findRequest } from './find-request.ts';
import { idOfKey, readIdempotencyKey } from './idempotency.ts';
import type { Call } from './route.ts';

/** What a decision is about, as the caller has seen it. */
export interface DecisionTarget {
  readonly request: string;
  /** Of the decision, made of the Idempotency-Key; absent without one. */
  readonly id: string | undefined;
  /** The revision that the caller has seen; absent when any will do. */
  readonly ifRevision: number | undefined;
}

/** Reads path and headers of a decision; one on a request that the caller may not see is refused here. */
export async function readTarget(
  { app, caller, params, headers }: Call<unknown, unknown>,
  kind: 'decision' | 'resumption',
): Promise<Outcome<DecisionTarget>> {
  const key = readIdempotencyKey(headers.get('idempotency-key'));
  if (!key.ok) return key;
  const revisions = revisionsOf(headers.get('if-match'));
  if (!revisions.ok) return revisions;
  const seen = await findRequest(app, caller, params['id']);
  if (!seen.ok) return seen;
  const { id, revision } = seen.value.record;
  const decisionId =
    key.value === undefined ? undefined : idOfKey(kind, caller, `${id} ${key.value}`);
  const isRepeated = seen.value.decisions.some((decision) => decision.id === decisionId);
  const named = revisions.value;
  // A repetition was decided on the revision of its time.
  if (named !== undefined && !isRepeated && !named.includes(revision)) {
    return failure(
      vendingError('RevisionConflict', `The request ${id} is at revision ${revision} now.`),
    );
  }
  const ifRevision = named === undefined || isRepeated ? undefined : revision;
  return success({ request: id, id: decisionId, ifRevision });
}
