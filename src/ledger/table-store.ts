import { setTimeout as sleep } from 'node:timers/promises';
import {
  odata,
  type RestError,
  TableClient,
  type TableServiceClientOptions,
  type TransactionAction,
} from '@azure/data-tables';
import type { TokenCredential } from '@azure/identity';
import { type NewEntity, partitionKey, type StoredEntity } from './table-entities.ts';
import { type KeyRange, rowKeys } from './table-keys.ts';

/** Stands in the head of the audit trail, which the first write makes. */
export const tableVersion = '1';

/** Where the table is, and how to get in. */
export type TableConnection =
  | { readonly endpoint: string; readonly credential: TokenCredential }
  | { readonly connectionString: string };

/**
 * How a write ended. `conflict`: somebody else was faster, and nothing was written. `unknown`: nobody can
 * tell, because the answer was lost; it may even be carried out later.
 */
export type WriteResult =
  | {
      readonly status: 'written' /** By position of the action. */;
      readonly etags: readonly string[];
    }
  | { readonly status: 'conflict' }
  | { readonly status: 'unknown'; readonly error: Error };

/** What a transaction does; at most 100 of them, each with another entity. */
export type Action =
  | { readonly create: NewEntity }
  | { readonly replace: NewEntity; readonly etag: string }
  | { readonly put: NewEntity }
  | { readonly remove: string };

/** How often a change is tried again. */
const mostAttempts = 100;

/** Longer than Table Storage works on a request. */
const requestTimeoutMilliseconds = 40_000;

/** A table with one partition: what of Table Storage the ledger needs. */
export class TableStore {
  readonly #name: string;
  readonly #reading: TableClient;
  /** Does not try again: what a lost answer means is ours to find out. */
  readonly #writing: TableClient;
  #made: Promise<void> | undefined;

  constructor(connection: TableConnection, name: string) {
    this.#name = name;
    this.#reading = openClient(connection, name, {});
    this.#writing = openClient(connection, name, { retryOptions: { maxRetries: 0 } });
  }

  async get(rowKey: string): Promise<StoredEntity | undefined> {
    return await this.#use(() => again(() => this.#find(rowKey)));
  }

  /** In the order of row keys, page by page as they are asked for. */
  async *list(
    { from, before }: KeyRange,
    { filters = [], pageSize = 1_000 }: { filters?: readonly string[]; pageSize?: number } = {},
  ): AsyncGenerator<StoredEntity> {
    const range = odata`PartitionKey eq ${partitionKey} and RowKey ge ${from} and RowKey lt ${before}`;
    const filter = [range, ...filters].join(' and ');
    let continuationToken: string | undefined;
    do {
      // An iterator of the client is over after an error, and would end the list as if there was no more.
      const pages = this.#reading.listEntities({ queryOptions: { filter } });
      const settings = {
        maxPageSize: pageSize,
        ...(continuationToken === undefined ? {} : { continuationToken }),
      };
      const { value: page } = await this.#use(() => again(() => pages.byPage(settings).next()));
      yield* (page ?? []) as StoredEntity[];
      continuationToken = page?.continuationToken;
    } while (continuationToken !== undefined);
  }

  /** All of the actions, or none. */
  async write(actions: readonly Action[]): Promise<WriteResult> {
    return await this.#use(async () => {
      try {
        const answer = await this.#writing.submitTransaction(actions.map(toTransactionAction));
        return {
          status: 'written',
          etags: answer.subResponses.map(({ etag }) => etag ?? ''),
        };
      } catch (error) {
        const status = statusOf(error);
        if (status === 412 || status === 409) return { status: 'conflict' };
        if (status === 404 && !isWithoutTable(error)) return { status: 'conflict' };
        const isRefused = status !== undefined && status < 500 && status !== 408 && status !== 429;
        if (isRefused) throw error;
        return { status: 'unknown', error: this.#explained(error) };
      }
    });
  }

  /**
   * A change outside the audit trail. `intend` reads, and answers what is to be written (nothing, when it
   * finds it done); it is asked again when others were faster or the answer was lost.
   */
  async change(intend: () => Promise<readonly Action[]>): Promise<void> {
    let lost: Error | undefined;
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      const actions = await intend();
      if (actions.length === 0) return;
      const result = await this.write(actions);
      if (result.status === 'written') return;
      lost = result.status === 'unknown' ? result.error : undefined;
      await pauseAfter(attempt);
    }
    throw lost ?? new Error('Others change the same all the while. Try again later.');
  }

  /** Makes the table when there is none, and tells errors in words. */
  async #use<T>(work: () => Promise<T>): Promise<T> {
    try {
      this.#made ??= this.#make();
      await this.#made;
      return await work();
    } catch (error) {
      // The next one tries to make it again.
      this.#made = undefined;
      throw this.#explained(error);
    }
  }

  async #make(): Promise<void> {
    await this.#reading.createTable();
    const head = await this.#find(rowKeys.head);
    const version = head?.['version'] ?? tableVersion;
    if (version !== tableVersion) {
      throw new Error(
        `The table '${this.#name}' has the version ${String(version)}, but this version of the product knows ${tableVersion}. ` +
          'Start the version that wrote it, or use another table.',
      );
    }
  }

  async #find(rowKey: string): Promise<StoredEntity | undefined> {
    try {
      return (await this.#reading.getEntity(partitionKey, rowKey)) as unknown as StoredEntity;
    } catch (error) {
      if (statusOf(error) === 404 && !isWithoutTable(error)) return undefined;
      throw error;
    }
  }

  /** The error of the client has the whole request in it, which is not for durable history. */
  #explained(error: unknown): Error {
    if (!isRestError(error)) return error instanceof Error ? error : new Error(String(error));
    const [what = ''] = error.message.split('\n');
    const code = [error.statusCode, error.code].filter(Boolean).join(' ');
    return new Error(
      `The table '${this.#name}' of the ledger did not answer as it should (${code}): ${what} ` +
        "Look whether the storage account is reachable, and whether the app has the role 'Storage Table Data Contributor' there.",
    );
  }
}

function openClient(
  connection: TableConnection,
  name: string,
  retry: Pick<TableServiceClientOptions, 'retryOptions'>,
): TableClient {
  const options: TableServiceClientOptions & { allowInsecureConnection?: boolean } = {
    ...retry,
    additionalPolicies: [
      {
        position: 'perCall',
        policy: {
          name: 'ledgerTimeout',
          sendRequest: (request, next) => {
            request.timeout = requestTimeoutMilliseconds;
            return next(request);
          },
        },
      },
    ],
  };
  if ('endpoint' in connection) {
    return new TableClient(connection.endpoint, name, connection.credential, options);
  }
  // Azurite speaks plain http. A key travels as a signature, never itself.
  const { connectionString } = connection;
  return TableClient.fromConnectionString(connectionString, name, {
    ...options,
    allowInsecureConnection: true,
  });
}

function toTransactionAction(action: Action): TransactionAction {
  if ('create' in action) return ['create', action.create];
  if ('put' in action) return ['upsert', action.put, 'Replace'];
  if ('remove' in action) return ['delete', { partitionKey, rowKey: action.remove }];
  return ['update', action.replace, 'Replace', { etag: action.etag }];
}

/** A connection that the service has closed is noticed only when it is used; the client gives up on that. */
async function again<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (isRestError(error) && error.code === 'EPIPE') return await read();
    throw error;
  }
}

const isRestError = (error: unknown): error is RestError =>
  error instanceof Error && error.name === 'RestError';

const statusOf = (error: unknown): number | undefined =>
  isRestError(error) ? error.statusCode : undefined;

/** Somebody has deleted the table. */
const isWithoutTable = (error: unknown): boolean =>
  isRestError(error) && /TableNotFound/.test(`${error.code} ${error.message}`);

/**
 * Longer and longer, and never the same for two that met. Measured by how long the attempt took, because
 * that is how long the others take, too.
 */
export const pauseAfter = (attempt: number, tookMilliseconds = 5): Promise<void> =>
  sleep(Math.random() * Math.min(1_000, tookMilliseconds * 2 ** Math.min(attempt, 8)));
