import type { Ledger } from '../../ledger/ledger.ts';
import { Recent } from './recent.ts';
import { type RequestTrace, readTrace } from './request-trace.ts';
import type { ScopeFacts } from './scope.ts';

/** Requests whose facts an instance of the app keeps in mind. */
const mostKept = 500;

export interface KnownRequest {
  readonly facts: ScopeFacts;
  readonly trace: RequestTrace;
}

/** What logs and traces say of a request beside its id. Read once a request: it never changes. */
export class RequestFacts {
  readonly #ledger: Pick<Ledger, 'getRequest' | 'getStepState'>;
  readonly #kept = new Recent<KnownRequest>(mostKept);

  constructor(ledger: Pick<Ledger, 'getRequest' | 'getStepState'>) {
    this.#ledger = ledger;
  }

  /** The id alone where the ledger cannot be asked: nothing may fail because it cannot be told. */
  async of(requestId: string): Promise<KnownRequest> {
    const known = this.#kept.get(requestId);
    if (known) return known;
    const record = await this.#ledger.getRequest(requestId).catch(() => undefined);
    const trace = await readTrace(this.#ledger, requestId);
    const { traceId } = trace.request;
    if (!record) return { trace, facts: { requestId, traceId } };
    const { request, tenant } = record;
    const found = { trace, facts: { requestId, operation: request.operation, tenant, traceId } };
    this.#kept.set(requestId, found);
    return found;
  }
}
