import {
  type AuditEntry,
  type AuditHead,
  type AuditVerification,
  auditEntrySchema,
  type HashOf,
  recordHashOf,
} from './audit.ts';
import { AuditChainCheck } from './audit-chain.ts';

/** A request as the ledger has it: its record, and the decisions on it. */
export interface AuditedRequest {
  readonly record: { readonly id: string; readonly revision: number };
  readonly decisions: readonly object[];
}

export interface AuditEvidence {
  /** The whole trail, oldest first, as it is stored: nothing about it is taken for granted. */
  readonly entries: AsyncIterable<unknown>;
  readonly hashOf: HashOf;
  /** Heads that were noted earlier: the trail must lead through each of them. */
  readonly noted: readonly AuditHead[];
  /** Read after the trail had its entry `asOf`, and before `entries`; the ledger may be written all the while. */
  readonly requests?: { readonly asOf: number; readonly each: AsyncIterable<AuditedRequest> };
}

/** Problems that are told. */
const mostProblems = 20;

/**
 * Proves that the audit trail is as it was written (`AuditChainCheck`). Given the requests, each record must
 * be what the trail says that it is: its revision tells how many entries there are of it, and the last of
 * these has its hash; and its decisions must be those that the trail tells. Reads everything once, and keeps
 * a few hashes a request.
 */
export async function verifyAudit(evidence: AuditEvidence): Promise<AuditVerification> {
  const { entries, hashOf, noted, requests } = evidence;
  const chain = new AuditChainCheck({ hashOf, expectedHead: noted });
  const check = requests && new RequestsCheck(hashOf);
  const unreadable: string[] = [];
  try {
    if (requests) for await (const request of requests.each) check?.expect(request);
    for await (const raw of entries) {
      const parsed = auditEntrySchema.safeParse(raw);
      if (parsed.success) {
        chain.add(parsed.data);
        check?.follow(parsed.data, parsed.data.sequence <= (requests?.asOf ?? 0));
      } else {
        const { head } = chain.verdict();
        unreadable.push(`What follows entry ${head.sequence} is no entry of an audit trail.`);
      }
    }
    check?.end();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    unreadable.push(`The ledger cannot be read to its end: ${reason}`);
  }
  const verdict = chain.verdict();
  const problems = [...unreadable, ...verdict.problems, ...(check?.problems ?? [])];
  return {
    ...verdict,
    intact: problems.length === 0,
    problems: problems.slice(0, mostProblems),
  };
}

interface Expected {
  readonly revision: number;
  readonly recordHash: string;
  /** Hashes of decisions that no entry has told yet. */
  readonly decisions: Set<string>;
  /** Entries so far, and up to what the records must show. */
  entries: number;
  shown: number;
}

/** Compares the requests with what the trail says of them. */
class RequestsCheck {
  readonly #expected = new Map<string, Expected>();
  readonly #missing = new Set<string>();
  readonly #hashOf: HashOf;
  readonly problems: string[] = [];

  constructor(hashOf: HashOf) {
    this.#hashOf = hashOf;
  }

  expect({ record, decisions }: AuditedRequest): void {
    this.#expected.set(record.id, {
      revision: record.revision,
      recordHash: recordHashOf(record, this.#hashOf),
      decisions: new Set(decisions.map((decision) => this.#hashOf(decision))),
      entries: 0,
      shown: 0,
    });
  }

  /** `isShown`: the entry was there before the requests were read. */
  follow({ requestId, sequence, recordHash, facts }: AuditEntry, isShown: boolean): void {
    const expected = this.#expected.get(requestId);
    if (!expected) {
      if (isShown) this.#missing.add(requestId);
      return;
    }
    expected.entries++;
    if (isShown) expected.shown++;
    if (expected.entries === expected.revision && recordHash !== expected.recordHash) {
      this.problems.push(
        `The record of ${requestId} is not the one that entry ${sequence} was written for.`,
      );
    }
    const decision = facts['decisionHash'];
    if (decision !== undefined && !expected.decisions.delete(decision) && isShown) {
      this.problems.push(
        `The decision on ${requestId} that entry ${sequence} tells is gone or was changed.`,
      );
    }
  }

  end(): void {
    for (const id of this.#missing) {
      this.problems.push(`The trail tells of ${id}, but the ledger has no such request any more.`);
    }
    for (const [id, { revision, entries, shown, decisions }] of this.#expected) {
      if (entries < revision) {
        this.problems.push(
          `The record of ${id} has revision ${revision}, but the trail tells only ${entries} changes of it.`,
        );
      } else if (shown > revision) {
        this.problems.push(
          `The record of ${id} was set back to revision ${revision}; the trail tells ${shown} changes of it.`,
        );
      }
      if (decisions.size > 0) {
        this.problems.push(`${id} has a decision that the trail does not tell.`);
      }
    }
  }
}
