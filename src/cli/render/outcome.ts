import type { RequestDetail } from '../../model/api/request-views.ts';
import type { Look } from './look.ts';
import { renderActions, renderEnd } from './request-detail.ts';
import { prefixesLabelOf, verbOf } from './request-facts.ts';
import { renderFacts } from './sections.ts';
import { paintState } from './states.ts';
import { hang } from './text.ts';

/** How a request has ended, or where it stands: what matters, without its story. */
export function renderOutcome(request: RequestDetail, look: Look): string[] {
  const { id, state, target, prefixes, result, next } = request;
  const mark = markOf(request, look);
  const head = `${id} ${state}: ${verbOf(request)} ${target.virtualNetwork}`;
  return [
    ...hang(`${mark} `, head, look.width).map(paintState(state, look)),
    ...renderFacts(
      [
        [prefixesLabelOf(request), prefixes.join(', ')],
        ['VNet', result?.virtualNetworkId],
        ['next', next],
      ],
      look,
    ),
    ...renderEnd(request, look),
    ...renderActions(request, look),
  ];
}

function markOf({ state }: RequestDetail, { glyphs }: Look): string {
  switch (state) {
    case 'succeeded':
    case 'planned':
      return glyphs.done;
    case 'failed':
    case 'rejected':
    case 'expired':
    case 'compensation-failed':
    case 'removed-release-unverified':
      return glyphs.failed;
    case 'awaiting-approval':
      return glyphs.waiting;
    case 'cancelled':
      return glyphs.information;
    default:
      return glyphs.running;
  }
}
