import type { Decision, RequestRecord } from '../../ledger/ledger.ts';
import { type VendingError, vendingError } from '../../model/errors.ts';

/** What came of a decision, or of a resumption, that somebody sent. */
export type DecisionOutcome =
  /** It is recorded, and the workflow was told. */
  | {
      readonly status: 'accepted';
      readonly record: RequestRecord;
      readonly decision: Decision;
    }
  /** The same one was recorded before. */
  | {
      readonly status: 'repeated';
      readonly record: RequestRecord;
      readonly decision: Decision;
    }
  /** It comes too late, and nothing is recorded: `AlreadyDecided`. A queue has nothing to refuse in it. */
  | {
      readonly status: 'unchanged';
      readonly record: RequestRecord;
      readonly error: VendingError;
    }
  /** `RevisionConflict` where it was bound to a revision that the request has no longer. */
  | { readonly status: 'refused'; readonly requestId: string; readonly error: VendingError };

/** Who decides on what they have seen decides on nothing else. */
export function whyStale(
  { id, revision }: RequestRecord,
  { ifRevision }: { readonly ifRevision?: number | undefined },
): VendingError | undefined {
  return ifRevision === undefined || ifRevision === revision
    ? undefined
    : vendingError(
        'RevisionConflict',
        `The request ${id} is at revision ${revision}, not at ${ifRevision} any more.`,
      );
}

/** The id of another decision was used again. */
export const contradiction = (record: RequestRecord, known: Decision): DecisionOutcome => ({
  status: 'refused',
  requestId: record.id,
  error: vendingError(
    'Contradiction',
    `A decision '${known.id}' on the request '${record.id}' with other content was taken at ${known.at}.`,
  ),
});
