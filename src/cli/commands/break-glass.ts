import type { Command } from 'commander';
import { addWatchOptions, type WatchOptions } from '../watch/watch-options.ts';
import { confirmPlan, type DecideOptions, planToDecideOn } from './decide.ts';
import type { OpenSession } from './open-session.ts';
import { showDecided } from './show-outcome.ts';

interface BreakGlassOptions extends DecideOptions, WatchOptions {
  readonly reason: string;
}

export function addBreakGlassCommand(program: Command, open: OpenSession): void {
  const command = program
    .command('break-glass')
    .argument('<id>', 'request')
    .summary('approve all stages at once, as superuser')
    .description(
      'Approves all stages of a request at once, in an emergency. For superusers; the audit trail keeps it as a decision of its own kind.',
    )
    .requiredOption('-r, --reason <text>', 'what the emergency is')
    .option('--plan-hash <hash>', 'approve this plan only (64 hex digits)')
    .option('-y, --yes', 'do not ask');
  addWatchOptions(command).action(async (id: string, options: BreakGlassOptions, self: Command) => {
    const session = open(self);
    const request = await session.api.getRequest(id);
    const { planHash } = planToDecideOn(request, options.planHash);
    await confirmPlan(session, request, options, `Approve all stages of ${id} at once?`);
    const { reason } = options;
    const decided = await session.api.decide(id, { decision: 'break-glass', planHash, reason });
    await showDecided(session, decided, `Your override of ${id} is recorded.`, options);
  });
}
