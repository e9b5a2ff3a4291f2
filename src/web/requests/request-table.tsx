import type { RequestSummary } from '../../model/api/request-views.ts';
import { Icon } from '../components/icon.tsx';
import { RelativeTime } from '../components/relative-time.tsx';
import { StateBadge } from '../components/state-badge.tsx';
import { type Column, Table } from '../components/table.tsx';
import { operationWords, requestHref } from './request-words.ts';

/** Link to a request, and what it is about. */
export const requestColumn: Column<RequestSummary> = {
  key: 'request',
  title: 'Request',
  heading: true,
  cell: (request) => (
    <>
      <a href={requestHref(request.id)}>
        <bdi>{request.id}</bdi>
      </a>
      <div class="what">
        <Icon name={operationWords(request).icon} />
        <span class="visually-hidden">{operationWords(request).label}: </span>
        <bdi>{request.asksFor}</bdi>
      </div>
    </>
  ),
};

export const targetColumn: Column<RequestSummary> = {
  key: 'target',
  title: 'VNet',
  cell: ({ target, prefixes, tenant }) => (
    <>
      <bdi>{target.virtualNetwork}</bdi>
      {prefixes.length > 0 && <span class="mono prefix-list"> {prefixes.join(', ')}</span>}
      <div class="muted small">
        <bdi>{tenant}</bdi> · <bdi>{target.resourceGroup}</bdi>
      </div>
    </>
  ),
};

export const requesterColumn: Column<RequestSummary> = {
  key: 'requester',
  title: 'Requester',
  cell: ({ requester }) => <bdi>{requester.name}</bdi>,
};

export const stateColumn: Column<RequestSummary> = {
  key: 'state',
  title: 'State',
  cell: ({ state, dryRun }) => (
    <>
      <StateBadge state={state} />
      {dryRun && <div class="muted small">dry run</div>}
    </>
  ),
};

export const ageColumn: Column<RequestSummary> = {
  key: 'age',
  title: 'Asked',
  cell: ({ createdAt }) => (
    <span class="nowrap">
      <RelativeTime at={createdAt} />
    </span>
  ),
};

/** Requests, newest first. */
export function RequestTable({
  caption,
  requests,
  columns,
}: {
  caption: string;
  requests: readonly RequestSummary[];
  columns: readonly Column<RequestSummary>[];
}) {
  return (
    <div class="table-frame">
      <Table caption={caption} columns={columns} rows={requests} keyOf={({ id }) => id} />
    </div>
  );
}
