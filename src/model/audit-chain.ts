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
  /** A head that was noted before: what led to it must still be there, and be the same. */
  readonly expectedHead?: Head;
}

/**
 * Follows the audit trail from its first entry and says what does not fit. It keeps nothing but the
 * last entry, so a trail may be as long as it likes. Whoever does not trust the server follows the trail alone:
 * this file loads nothing.
 */
export class AuditChainCheck {
  readonly #options: AuditChainOptions;
  readonly #problems: string[] = [];
  #head: Head = { sequence: 0, hash: genesis };
  #entries = 0;

  constructor(options: AuditChainOptions) {
    this.#options = options;
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
    if (hash !== this.#options.hashOf({ ...rest, sequence, previousHash })) {
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
    const expected = this.#options.expectedHead;
    if (expected && this.#head.sequence < expected.sequence && problems.length < mostProblems) {
      problems.push(
        `The trail ends with entry ${this.#head.sequence}, but had ${expected.sequence} when its head was noted: its end was cut off.`,
      );
    }
    return { intact: problems.length === 0, entries: this.#entries, head: this.#head, problems };
  }

  #compareWithExpected(): void {
    const expected = this.#options.expectedHead;
    if (expected?.sequence !== this.#head.sequence || expected.hash === this.#head.hash) return;
    this.#tell(
      `Entry ${expected.sequence} has another hash than the head that was noted: the trail up to it was written anew.`,
    );
  }

  #tell(problem: string): void {
    if (this.#problems.length < mostProblems) this.#problems.push(problem);
  }
}
