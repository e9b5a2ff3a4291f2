import type { DecisionView, RequestDetail } from '../../model/api/request-views.ts';
import { describeApproval } from './approval-line.ts';
import { renderError } from './error-lines.ts';
import type { Look } from './look.ts';
import { renderPlan } from './plan-lines.ts';
import { renderHeading, renderRequestFacts } from './request-facts.ts';
import { renderItem, renderSection } from './sections.ts';
import { hang } from './text.ts';
import { renderTimeline } from './timeline.ts';
import { momentOf } from './times.ts';

/** Everything about a request. */
export function renderRequestDetail(request: RequestDetail, look: Look, now: Date): string[] {
  const { plan, approval, timeline, decisions } = request;
  return [
    ...renderHeading(request, look),
    ...renderRequestFacts(request, look, now),
    ...(plan ? renderSection('Plan', renderPlan(plan, request.riskFlags, look), look) : []),
    ...(approval
      ? renderSection('Approval', hang('  ', describeApproval(approval), look.width), look)
      : []),
    ...renderSection('Timeline', renderTimeline(timeline, look), look),
    ...renderSection(
      'Decisions',
      decisions.flatMap((one) => renderDecision(one, look)),
      look,
    ),
    ...renderEnd(request, look),
    ...renderSection('Next', hang('  ', request.next, look.width), look),
    ...renderActions(request, look),
  ];
}

/** How it went wrong, and what is left of it. */
export function renderEnd({ error, leftovers = [] }: RequestDetail, look: Look): string[] {
  const lines = error
    ? renderError(
        { message: error.message, why: error.cause, remedy: error.remedy, code: error.code },
        look,
        '  ',
      )
    : [];
  return [
    ...renderSection('Error', lines, look),
    ...renderSection(
      'Left behind',
      leftovers.flatMap((text) => renderItem(look.glyphs.warning, text, look, look.colours.yellow)),
      look,
    ),
  ];
}

function renderDecision(decision: DecisionView, look: Look): string[] {
  const { by, at, stage, channel, reason } = decision;
  const which = stage === undefined ? '' : ` in stage '${stage}'`;
  const why = reason === undefined ? '' : `: ${reason}`;
  const text = `${momentOf(new Date(at))} ${by.name}: ${decision.decision}${which} (${channel})${why}`;
  return renderItem(look.glyphs.information, text, look);
}

/** What whoever looks may do now, as commands to copy. */
export function renderActions({ id, actions }: RequestDetail, look: Look): string[] {
  const commands = actions.map((action) =>
    action === 'approve' ? `vnetv approve ${id}` : `vnetv ${action} ${id} --reason "..."`,
  );
  return renderSection(
    'You can',
    commands.map((command) => `  ${command}`),
    look,
  );
}
