import type { Command } from 'commander';
import { renderFacts } from '../render/sections.ts';
import type { OpenSession } from './open-session.ts';

export function addWhoamiCommand(program: Command, open: OpenSession): void {
  program
    .command('whoami')
    .summary('show who you are to the API')
    .description('Shows who you are to the API, and what you may do.')
    .action(async (_options: unknown, self: Command) => {
      const session = open(self);
      session.answer(await session.api.me(), ({ name, objectId, tenantId, roles }, look) => [
        look.colours.bold(name),
        ...renderFacts(
          [
            ['object id', objectId],
            ['tenant id', tenantId],
            ['roles', roles.join(', ') || 'none: you may do nothing'],
            ['signed in as', session.signIn.description],
            ['API', session.address.url.href],
          ],
          look,
        ),
      ]);
    });
}
