import type { Command } from 'commander';
import { addWatchOptions, type WatchOptions } from '../watch/watch-options.ts';
import type { OpenSession } from './open-session.ts';
import { showDecided } from './show-outcome.ts';

interface ResumeOptions extends WatchOptions {
  readonly reason: string;
}

export function addResumeCommand(program: Command, open: OpenSession): void {
  const command = program
    .command('resume')
    .argument('<id>', 'request')
    .summary('let a failed compensation go on, as operator')
    .description(
      'Lets a request go on that could not take back what it had done (compensation-failed), after its cause is gone. For operators.',
    )
    .requiredOption('-r, --reason <text>', 'what was done about the cause');
  addWatchOptions(command).action(async (id: string, options: ResumeOptions, self: Command) => {
    const session = open(self);
    const decided = await session.api.resume(id, options.reason);
    // What was resumed is taken back: it ends as it would have without the failure.
    await showDecided(session, decided, `${id} is resumed.`, options, ['failed', 'cancelled']);
  });
}
