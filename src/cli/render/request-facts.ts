import type { RequestSummary } from '../../model/api/request-views.ts';
import type { Look } from './look.ts';
import { renderFacts } from './sections.ts';
import { paintState } from './states.ts';
import { textWidth, truncate, wrap } from './text.ts';
import { momentOf, spanOf } from './times.ts';

/** `NET-7  awaiting-approval  allocate vnet-payments`, or as much of it as fits. */
export function renderHeading(request: RequestSummary, look: Look): string[] {
  const { id, state, dryRun, target } = request;
  const { bold, dim } = look.colours;
  const shown = dryRun ? `${state} (dry run)` : state;
  const paint = paintState(state, look);
  if (textWidth(`${id}  ${shown}`) > look.width) {
    return [...wrap(id, look.width).map(bold), ...wrap(shown, look.width).map(paint)];
  }
  const room = look.width - textWidth(`${id}  ${shown}  `);
  const what = `${verbOf(request)} ${target.virtualNetwork}`;
  const fits = room >= 12 ? `  ${dim(truncate(what, room, look.glyphs.ellipsis))}` : '';
  return [`${bold(id)}  ${paint(shown)}${fits}`];
}

/** What is asked for, by whom, and why. */
export function renderRequestFacts(request: RequestSummary, look: Look, now: Date): string[] {
  const { target, ticket, createdAt, updatedAt, requester } = request;
  const place = [target.resourceGroup, target.location].filter(Boolean).join(', ');
  return renderFacts(
    [
      ['asks for', request.asksFor],
      ['where', `${request.tenant}, ${place}`],
      ['requester', requester.name],
      ['reason', request.reason],
      ['ticket', ticket && [ticket.system, ticket.id, ticket.url].filter(Boolean).join(' ')],
      [prefixesLabelOf(request), request.prefixes.join(', '), look.colours.green],
      ['created', momentText(createdAt, now)],
      ['changed', updatedAt === createdAt ? undefined : momentText(updatedAt, now)],
    ],
    look,
  );
}

export function verbOf({ operation, mode }: Pick<RequestSummary, 'operation' | 'mode'>): string {
  if (operation !== 'remove') return operation;
  return mode === 'disassociate' ? 'disassociate' : 'delete';
}

/** What the prefixes of a request mean: a removal has given them back. */
export const prefixesLabelOf = ({ operation }: Pick<RequestSummary, 'operation'>): string =>
  operation === 'remove' ? 'gave back' : 'prefixes';

function momentText(at: string, now: Date): string {
  const moment = new Date(at);
  return `${momentOf(moment)} (${spanOf(now.getTime() - moment.getTime())} ago)`;
}

/** `awaiting-approval, allocate vnet-payments`: enough to tell a request from the others. */
export const renderRequestTitle = (request: RequestSummary): string =>
  `${request.state}, ${verbOf(request)} ${request.target.virtualNetwork}`;
