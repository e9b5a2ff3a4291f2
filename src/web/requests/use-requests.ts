import type { RequestPage, RequestSummary } from '../../model/api/request-views.ts';
import { getJson } from '../api/client.ts';
import { calmPoll } from '../hooks/poll-plan.ts';
import { type Resource, useResource } from '../hooks/use-resource.ts';
import { listPath, type RequestFilter } from './list-path.ts';

/** What fits a filter may lie thinly: so many pages of the API are read for one page of a list. */
const mostPages = 10;

/** A page of requests, read again now and then. */
export function useRequests(filter: RequestFilter): Resource<RequestPage> {
  const path = listPath(filter);
  const wanted = filter.pageSize ?? 25;
  return useResource(path, (signal) => readRequests(path, wanted, signal), { poll: calmPoll });
}

/** Follows the links of the API, whose pages may hold little or nothing, until there is something to show. */
async function readRequests(
  path: string,
  wanted: number,
  signal: AbortSignal,
): Promise<RequestPage> {
  const requests: RequestSummary[] = [];
  let next: string | undefined = path;
  for (let page = 0; page < mostPages && next !== undefined && requests.length < wanted; page++) {
    const read: RequestPage = await getJson<RequestPage>(next, signal);
    requests.push(...read.requests);
    next = read.next;
  }
  return { requests, ...(next === undefined ? {} : { next }) };
}
