import type { Ledger } from '../../ledger/ledger.ts';
import { Recent } from './recent.ts';
import type { ScopeFacts } from './scope.ts';

/** Requests whose facts an instance of the app keeps in mind. */
const mostKept = 500;

/** What the log says of a request beside its id. Read once a request: it never changes. */
export class RequestFacts {
  readonly #ledger: Pick<Ledger, 'getRequest'>;
  readonly #kept = new Recent<ScopeFacts>(mostKept);

  constructor(ledger: Pick<Ledger, 'getRequest'>) {
    this.#ledger = ledger;
  }

  /** The id alone where the ledger cannot be asked: nothing may fail because it cannot be told. */
  async of(requestId: string): Promise<ScopeFacts> {
    const known = this.#kept.get(requestId);
    if (known) return known;
    const record = await this.#ledger.getRequest(requestId).catch(() => undefined);
    if (!record) return { requestId };
    const facts = { requestId, operation: record.request.operation, tenant: record.tenant };
    this.#kept.set(requestId, facts);
    return facts;
  }
}
