import type { Command } from 'commander';
import { addWatchOptions, type WatchOptions } from '../watch/watch-options.ts';
import type { OpenSession } from './open-session.ts';
import { showDecided } from './show-outcome.ts';

interface CancelOptions extends WatchOptions {
  readonly reason: string;
}

export function addCancelCommand(program: Command, open: OpenSession): void {
  const command = program
    .command('cancel')
    .argument('<id>', 'request')
    .summary('stop a request, and take back what it has done')
    .description('Stops a request that has not ended. What it has done is taken back.')
    .requiredOption('-r, --reason <text>', 'why');
  addWatchOptions(command).action(async (id: string, options: CancelOptions, self: Command) => {
    const session = open(self);
    const decided = await session.api.cancel(id, options.reason);
    await showDecided(session, decided, `${id} is to be cancelled.`, options, ['cancelled']);
  });
}
