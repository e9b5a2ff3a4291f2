import type { Command } from 'commander';
import { renderRequestDetail } from '../render/request-detail.ts';
import { addWatchOptions, type WatchOptions } from '../watch/watch-options.ts';
import type { OpenSession } from './open-session.ts';
import { watchOutcome } from './show-outcome.ts';

export function addShowCommand(program: Command, open: OpenSession): void {
  const command = program
    .command('show')
    .argument('<id>', 'request')
    .summary('show a request')
    .description(
      'Shows a request: what it asks for, plan, timeline, decisions, and what comes next.',
    );
  addWatchOptions(command).action(async (id: string, options: WatchOptions, self: Command) => {
    const session = open(self);
    if (options.watch) return await watchOutcome(session, id, options);
    const now = session.world.now();
    session.answer(await session.api.getRequest(id), (request, look) =>
      renderRequestDetail(request, look, now),
    );
  });
}
