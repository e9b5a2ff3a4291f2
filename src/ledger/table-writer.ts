import { randomUUID } from 'node:crypto';
import {
  type AuditDraft,
  type AuditEntry,
  type AuditHead,
  emptyAudit,
  sealEntry,
} from '../model/audit.ts';
import { contentHash } from './content-hash.ts';
import { Mutex } from './mutex.ts';
import { fromEntity, toEntity } from './table-entities.ts';
import { rowKeys } from './table-keys.ts';
import { type Action, pauseAfter, type TableStore, tableVersion } from './table-store.ts';

/** What is to be written with which entries of the audit trail; or an answer, when there is nothing to write. */
export type Intent<T> =
  | { readonly answer: T }
  | {
      readonly drafts: readonly AuditDraft[];
      /** The answer once it is written, and what else is written with the entries. */
      readonly write: (entries: readonly AuditEntry[]) => {
        readonly answer: T;
        readonly actions: readonly Action[];
      };
    };

interface Head extends AuditHead {
  /** Absent before the first entry. */
  readonly etag?: string | undefined;
}

/** A transaction whose answer was lost: nobody knows whether the table has made it, or makes it yet. */
interface Doubt<T> {
  readonly sequence: number;
  readonly answer: T;
  readonly error: Error;
}

/** How long a write tries again while others are faster, or the table does not answer. */
const patienceMilliseconds = 90_000;

/**
 * Writes everything that the audit trail tells. Each transaction has the entity tag of the trail's head as
 * its condition, so that of two processes that write at once one is refused, reads again and follows the
 * other. Within a process the transactions queue up, because each needs the head that the one before made.
 */
export class TableWriter {
  readonly #store: TableStore;
  readonly #mutex = new Mutex();
  /** As our last transaction left it; another process may have written since, and then the next one is refused. */
  #head: Head | undefined;

  constructor(store: TableStore) {
    this.#store = store;
  }

  /**
   * Carries out an intent. `intend` reads what it needs, and is asked again whenever the transaction was
   * refused; the entities that it has read are conditions of its actions. The first time it reads while
   * others of this process write; if that was in vain, it has the process to itself.
   */
  async write<T>(intend: () => Promise<Intent<T>>): Promise<T> {
    const intent = await intend();
    if (!('write' in intent)) return intent.answer;
    // Each entry carries it, so that a lost answer can be told from a write by somebody else.
    const writeId = randomUUID();
    const first = await this.#mutex.run(() => this.#attempt(intent, writeId));
    if (first.status === 'done') return first.answer;
    const doubt = first.status === 'unknown' ? first : undefined;
    return await this.#mutex.run(() => this.#insist(intend, writeId, doubt));
  }

  async #insist<T>(
    intend: () => Promise<Intent<T>>,
    writeId: string,
    first: Doubt<T> | undefined,
  ): Promise<T> {
    const deadline = Date.now() + patienceMilliseconds;
    let doubt = first;
    for (let attempt = 0; ; attempt++) {
      const startedAt = performance.now();
      const settled = doubt && (await this.#settle(doubt, writeId));
      if (doubt && settled === 'made') return doubt.answer;
      if (settled === 'not made') doubt = undefined;
      const result = await this.#try(intend, writeId, doubt !== undefined);
      if (result.status === 'done') return result.answer;
      if (result.status === 'unknown') doubt = result;
      if (Date.now() > deadline) throw doubt?.error ?? tooBusy();
      await pauseAfter(attempt, performance.now() - startedAt);
    }
  }

  async head(): Promise<AuditHead> {
    const { sequence, hash } = await this.#readHead();
    return { sequence, hash };
  }

  /** While our own write may still come (`isInDoubt`), what is found or refused is not the last word. */
  async #try<T>(intend: () => Promise<Intent<T>>, writeId: string, isInDoubt: boolean) {
    let intent: Intent<T>;
    try {
      [intent, this.#head] = await Promise.all([intend(), this.#readHead()]);
    } catch (error) {
      if (!isInDoubt) throw error;
      return { status: 'conflict' } as const;
    }
    if ('write' in intent) return await this.#attempt(intent, writeId);
    return isInDoubt
      ? ({ status: 'conflict' } as const)
      : ({ status: 'done', answer: intent.answer } as const);
  }

  async #attempt<T>({ drafts, write }: Extract<Intent<T>, { write: unknown }>, writeId: string) {
    const head = this.#head ?? (await this.#readHead());
    this.#head = undefined;
    const entries: AuditEntry[] = [];
    for (const draft of drafts) {
      entries.push(sealEntry(entries.at(-1) ?? head, draft, contentHash));
    }
    const { sequence, hash } = entries.at(-1) ?? head;
    const { answer, actions } = write(entries);
    const next = toEntity(rowKeys.head, { sequence, hash }, { version: tableVersion });
    const result = await this.#store.write([
      head.etag === undefined ? { create: next } : { replace: next, etag: head.etag },
      ...entries.map((entry) => ({
        create: toEntity(rowKeys.audit(entry.sequence), entry, {
          requestId: entry.requestId,
          writeId,
        }),
      })),
      ...actions,
    ]);
    if (result.status === 'written') {
      const [etag] = result.etags;
      if (etag) this.#head = { sequence, hash, etag };
      return { status: 'done', answer } as const;
    }
    return result.status === 'unknown'
      ? ({ ...result, sequence: head.sequence + 1, answer } as const)
      : result;
  }

  /** A transaction in doubt can be made only where it was to be made: right behind the head that it knew. */
  async #settle<T>(
    { sequence }: Doubt<T>,
    writeId: string,
  ): Promise<'made' | 'not made' | 'in doubt'> {
    const entry = await this.#store.get(rowKeys.audit(sequence));
    if (!entry) return 'in doubt';
    return entry['writeId'] === writeId ? 'made' : 'not made';
  }

  async #readHead(): Promise<Head> {
    const entity = await this.#store.get(rowKeys.head);
    return entity === undefined
      ? emptyAudit
      : { ...fromEntity<AuditHead>(entity), etag: entity.etag };
  }
}

const tooBusy = () =>
  new Error(
    `The ledger could not be written for ${patienceMilliseconds / 1000} seconds, because others wrote all the while. Try again later.`,
  );
