import type { Command } from 'commander';
import { addWatchOptions, type WatchOptions } from '../watch/watch-options.ts';
import { type DecideOptions, planToDecideOn } from './decide.ts';
import type { OpenSession } from './open-session.ts';
import { showDecided } from './show-outcome.ts';

interface RejectOptions extends DecideOptions, WatchOptions {
  readonly reason: string;
}

export function addRejectCommand(program: Command, open: OpenSession): void {
  const command = program
    .command('reject')
    .argument('<id>', 'request')
    .description('Rejects a request that waits for an approval.')
    .summary('reject a request')
    .requiredOption('-r, --reason <text>', 'why; the requester reads it')
    .option('--plan-hash <hash>', 'reject this plan only (64 hex digits)');
  addWatchOptions(command).action(async (id: string, options: RejectOptions, self: Command) => {
    const session = open(self);
    const { planHash } = planToDecideOn(await session.api.getRequest(id), options.planHash);
    const { reason } = options;
    const decided = await session.api.decide(id, { decision: 'reject', planHash, reason });
    await showDecided(session, decided, `Your rejection of ${id} is recorded.`, options, [
      'rejected',
    ]);
  });
}
