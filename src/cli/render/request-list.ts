import type { RequestSummary } from '../../model/api/request-views.ts';
import type { Look } from './look.ts';
import { verbOf } from './request-facts.ts';
import { paintState } from './states.ts';
import { type Column, renderTable } from './table.ts';
import { spanOf } from './times.ts';

const columns: readonly Column[] = [
  { title: 'id' },
  { title: 'state' },
  { title: 'asks to', drop: 2 },
  { title: 'VNet', shrinkTo: 12 },
  { title: 'tenant', shrinkTo: 8, drop: 1 },
  { title: 'prefixes', shrinkTo: 15, drop: 3 },
  { title: 'requester', shrinkTo: 12, drop: 4 },
  { title: 'age' },
];

/** Requests, one a row; what an approver should look at twice is marked. */
export function renderRequestList(
  requests: readonly RequestSummary[],
  look: Look,
  now: Date,
): string[] {
  const { bold, dim } = look.colours;
  const rows = requests.map((request) => [
    { text: request.id, paint: bold },
    { text: stateOf(request, look), paint: paintState(request.state, look) },
    { text: verbOf(request) },
    { text: request.target.virtualNetwork },
    { text: request.tenant },
    { text: request.prefixes.join(', ') || request.asksFor },
    { text: request.requester.name },
    { text: spanOf(now.getTime() - Date.parse(request.createdAt)), paint: dim },
  ]);
  return renderTable(columns, rows, look);
}

function stateOf({ state, dryRun, riskFlags }: RequestSummary, look: Look): string {
  const isFlagged = state === 'awaiting-approval' && riskFlags.length > 0;
  return [state, dryRun ? '(dry run)' : '', isFlagged ? look.glyphs.warning : '']
    .filter(Boolean)
    .join(' ');
}
