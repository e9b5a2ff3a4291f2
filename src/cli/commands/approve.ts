import type { Command } from 'commander';
import { addWatchOptions, type WatchOptions } from '../watch/watch-options.ts';
import { confirmPlan, type DecideOptions, planToDecideOn } from './decide.ts';
import type { OpenSession } from './open-session.ts';
import { showDecided } from './show-outcome.ts';

interface ApproveOptions extends DecideOptions, WatchOptions {
  readonly reason?: string;
}

export function addApproveCommand(program: Command, open: OpenSession): void {
  const command = program
    .command('approve')
    .argument('<id>', 'request')
    .summary('approve the plan of a request')
    .description(
      'Shows the plan and, after a yes, approves exactly that plan: if it changes meanwhile, the approval does not count.',
    )
    .option('--plan-hash <hash>', 'approve this plan only (64 hex digits)')
    .option('-r, --reason <text>', 'for the auditor')
    .option('-y, --yes', 'do not ask');
  addWatchOptions(command).action(async (id: string, options: ApproveOptions, self: Command) => {
    const session = open(self);
    const request = await session.api.getRequest(id);
    const { planHash } = planToDecideOn(request, options.planHash);
    await confirmPlan(session, request, options, `Approve this plan of ${id}?`);
    const reason = options.reason === undefined ? {} : { reason: options.reason };
    const decided = await session.api.decide(id, { decision: 'approve', planHash, ...reason });
    await showDecided(session, decided, `Your approval of ${id} is recorded.`, options);
  });
}
