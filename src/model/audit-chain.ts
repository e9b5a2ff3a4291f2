import type { AuditEntry, AuditVerification } from './audit.ts';

/** `previousHash` of the first entry. */
const genesis = '0'.repeat(64);

/** Problems that are told; a trail that somebody wrote anew has one for every entry. */
const mostProblems = 20;

interface Head {
  readonly sequence: number;
  readonly hash: string;
}

export interface AuditChainOptions {
  /** SHA-256 (hex) of a value in canonical JSON; handed in, because the model computes no hashes. */
  readonly hashOf: (value: unknown) => string;
  /** A head that was noted before, or several: what led to it must still be there, and be the same. */
  readonly expectedHead?: Head | readonly Head[];
}

/**
 * Follows the audit trail from its first entry and says what does not fit. It keeps nothing but the
 * last entry, so a trail may be as long as it likes. Whoever does not trust the server follows the trail alone:
 * this file loads nothing.
 */
export class AuditChainCheck {
  readonly #hashOf: AuditChainOptions['hashOf'];
  readonly #expected: readonly Head[];
  readonly #problems: string[] = [];
  #head: Head = { sequence: 0, hash: genesis };
  #entries = 0;

  constructor({ hashOf, expectedHead = [] }: AuditChainOptions) {
    this.#hashOf = hashOf;
    this.#expected = [expectedHead].flat();
  }

  /** The next entry, in the order of the trail. */
  add(entry: AuditEntry): void {
    this.#entries++;
    const { sequence, previousHash, hash, ...rest } = entry;
    const name = `Entry ${sequence}`;
    if (sequence !== this.#head.sequence + 1) {
      this.#tell(
        `${name} follows entry ${this.#head.sequence}: entries were taken out, repeated or put in another order.`,
      );
    } else if (previousHash !== this.#head.hash) {
      this.#tell(
        `${name} does not continue entry ${this.#head.sequence}: one of the two is not the original.`,
      );
    }
    if (hash !== this.#hashOf({ ...rest, sequence, previousHash })) {
      this.#tell(
        `${name} (${entry.requestId}, ${entry.kind}) was changed: its hash is another one.`,
      );
    }
    // Of its own: one change is told once, not again for all that follows.
    this.#head = { sequence, hash };
    this.#compareWithExpected();
  }

  /** The verdict, once all entries were added. */
  verdict(): AuditVerification {
    const problems = [...this.#problems];
    const expected = Math.max(0, ...this.#expected.map(({ sequence }) => sequence));
    if (this.#head.sequence < expected && problems.length < mostProblems) {
      problems.push(
        `The trail ends with entry ${this.#head.sequence}, but had ${expected} when its head was noted: its end was cut off.`,
      );
    }
    return { intact: problems.length === 0, entries: this.#entries, head: this.#head, problems };
  }

  #compareWithExpected(): void {
    const { sequence, hash } = this.#head;
    const isOther = this.#expected.some(
      (expected) => expected.sequence === sequence && expected.hash !== hash,
    );
    if (!isOther) return;
    this.#tell(
      `Entry ${sequence} has another hash than the head that was noted: the trail up to it was written anew.`,
    );
  }

  #tell(problem: string): void {
    if (this.#problems.length < mostProblems) this.#problems.push(problem);
  }
}
