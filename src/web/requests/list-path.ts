import type { RequestSummary } from '../../model/api/request-views.ts';

type State = RequestSummary['state'];

export interface RequestFilter {
  readonly states?: readonly State[];
  readonly tenant?: string;
  /** Only those of the caller. */
  readonly isMine?: boolean;
  /** Only those that wait for the caller to decide. */
  readonly isAwaitingMe?: boolean;
  /** Where the page before ended, as the API said. */
  readonly page?: string;
  readonly pageSize?: number;
}

/** The address of a list of requests. */
export function listPath(filter: RequestFilter): string {
  const { states, tenant, isMine, isAwaitingMe, page, pageSize } = filter;
  const query = new URLSearchParams();
  if (states !== undefined && states.length > 0) query.set('state', states.join(','));
  if (tenant !== undefined && tenant !== '') query.set('tenant', tenant);
  if (isMine) query.set('requester', 'me');
  if (isAwaitingMe) query.set('awaiting', 'me');
  if (page !== undefined && page !== '') query.set('continuation', page);
  if (pageSize !== undefined) query.set('pageSize', String(pageSize));
  const text = query.toString();
  return text === '' ? '/api/requests' : `/api/requests?${text}`;
}

/** Where the next page begins, out of the link that the API gave. */
export function pageOfLink(next: string | undefined): string | undefined {
  if (next === undefined) return undefined;
  return new URL(next, location.origin).searchParams.get('continuation') ?? undefined;
}

/** Groups of states that people look for. */
export const stateGroups = {
  open: {
    label: 'Under way',
    states: [
      'received',
      'planning',
      'awaiting-approval',
      'deploying',
      'associating',
      'removing',
      'verifying',
      'compensating',
    ],
  },
  waiting: { label: 'Awaiting approval', states: ['awaiting-approval'] },
  parked: { label: 'Needs an operator', states: ['compensation-failed'] },
  succeeded: { label: 'Succeeded', states: ['succeeded'] },
  failed: {
    label: 'Did not succeed',
    states: ['failed', 'rejected', 'cancelled', 'expired', 'removed-release-unverified'],
  },
  planned: { label: 'Planned only', states: ['planned'] },
} as const satisfies Record<string, { label: string; states: readonly State[] }>;

export type StateGroup = keyof typeof stateGroups;

export const isStateGroup = (text: string): text is StateGroup => Object.hasOwn(stateGroups, text);
