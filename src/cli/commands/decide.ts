import type { RequestDetail } from '../../model/api/request-views.ts';
import { CliError, usageError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import { confirm } from '../input/confirm.ts';
import { renderPlan } from '../render/plan-lines.ts';
import { printable } from '../render/printable.ts';
import { renderHeading, renderRequestFacts } from '../render/request-facts.ts';
import { renderSection } from '../render/sections.ts';
import type { Session } from '../session.ts';

export interface DecideOptions {
  readonly planHash?: string;
  readonly yes?: boolean;
}

/**
 * The plan of a request that is to be decided on; a hash that the decider brings must be that of
 * this plan.
 */
export function planToDecideOn(request: RequestDetail, planHash: string | undefined) {
  const { id, state, plan, next } = request;
  if (plan === undefined) {
    throw new CliError(exitCodes.conflict, `${id} is ${state} and has no plan to decide on.`, {
      cause: next,
      remedy: `Look at it: vnetv show ${id}`,
    });
  }
  if (planHash !== undefined && planHash.toLowerCase() !== plan.planHash) {
    throw new CliError(exitCodes.conflict, `The plan of ${id} is another one than ${planHash}.`, {
      cause: `Its plan hash is ${plan.planHash}.`,
      remedy: `Look at the plan (vnetv show ${id}), then decide on that one.`,
    });
  }
  return plan;
}

/**
 * Shows on a terminal what is about to be approved, and asks. Without a terminal somebody must have
 * said already that they know: by --yes, or by the hash of the plan.
 */
export async function confirmPlan(
  session: Session,
  request: RequestDetail,
  options: DecideOptions,
  question: string,
): Promise<void> {
  if (options.yes) return;
  if (!session.isInteractive) {
    if (options.planHash !== undefined) return;
    throw usageError(
      'There is no terminal to show the plan on and to ask.',
      'Give --plan-hash HASH of the plan that you have looked at, or --yes.',
    );
  }
  const look = session.errorLook;
  const shown = printable(request);
  const lines = [
    ...renderHeading(shown, look),
    ...renderRequestFacts(shown, look, session.world.now()),
    ...(shown.plan
      ? renderSection('Plan', renderPlan(shown.plan, shown.riskFlags, look), look)
      : []),
  ];
  for (const line of [...lines, '']) session.world.stderr.write(`${line}\n`);
  await confirm(session, question);
}
