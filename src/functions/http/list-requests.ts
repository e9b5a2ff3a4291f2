import type { RequestQuery, RequestRecord } from '../../ledger/ledger.ts';
import type { ApiApp } from '../app.ts';
import { extentOf } from './access.ts';
import type { Caller } from './principal.ts';
import { isAwaiting, type SeenRequest, seenBy } from './visibility.ts';

/** So many requests are looked through for one page; then the page is what was found. */
const mostLooked = 400;
/** In so many reads of the ledger: a page of one may have to look past many to find it. */
const mostReads = 10;
const atOnce = 20;

export interface RequestFilter extends RequestQuery {
  /** Only those that wait for the caller. */
  readonly awaitingCaller: boolean;
}

/**
 * A page of the requests that the caller may see. The ledger filters by what it knows; whom an approval
 * waits for is judged request by request. A page may then have fewer requests than asked for, and another
 * one behind it.
 */
export async function listSeen(
  app: Pick<ApiApp, 'ledger' | 'landscape'>,
  caller: Caller,
  filter: RequestFilter,
): Promise<{ readonly requests: readonly SeenRequest[]; readonly continuation?: string }> {
  const { awaitingCaller, pageSize, ...query } = filter;
  const narrowed = narrow(query, caller);
  if (narrowed === undefined) return { requests: [] };
  const requests: SeenRequest[] = [];
  let continuation = filter.continuation;
  let looked = 0;
  for (let reads = 0; reads < mostReads && looked < mostLooked; reads++) {
    if (requests.length >= pageSize) break;
    // Never more than fit, so that the continuation of the ledger is that of this page.
    const page = await app.ledger.listRequests({
      ...narrowed,
      pageSize: pageSize - requests.length,
      ...(continuation === undefined ? {} : { continuation }),
    });
    const seen = await inChunks(page.requests, (record) => seenBy(app, caller, record));
    requests.push(
      ...seen
        .filter((one) => one !== undefined)
        .filter((one) => !awaitingCaller || isAwaiting(app, caller, one)),
    );
    looked += page.requests.length;
    continuation = page.continuation;
    if (continuation === undefined) return { requests };
  }
  return { requests, ...(continuation === undefined ? {} : { continuation }) };
}

/** Callers who see their own requests alone ask the ledger for nothing else; undefined: nothing fits. */
function narrow(
  query: Omit<RequestQuery, 'pageSize'>,
  caller: Caller,
): Omit<RequestQuery, 'pageSize'> | undefined {
  if (extentOf('requests.read', caller) !== 'own') return query;
  const { objectId, tenantId } = caller;
  const { requester = caller } = query;
  return requester.objectId === objectId && requester.tenantId === tenantId
    ? { ...query, requester: { objectId, tenantId } }
    : undefined;
}

async function inChunks<T>(
  records: readonly RequestRecord[],
  look: (record: RequestRecord) => Promise<T>,
): Promise<readonly T[]> {
  const found: T[] = [];
  for (let index = 0; index < records.length; index += atOnce) {
    found.push(...(await Promise.all(records.slice(index, index + atOnce).map(look))));
  }
  return found;
}
