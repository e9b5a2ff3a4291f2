import type { Command } from 'commander';
import { renderFacts } from '../render/sections.ts';
import { defaultScope } from '../sign-in/entra-sign-in.ts';
import type { OpenSession } from './open-session.ts';

export function addConfigCommand(program: Command, open: OpenSession): void {
  program
    .command('config')
    .summary('show which settings are in force')
    .description('Shows which settings are in force and where they come from. Asks nobody.')
    .action((_options: unknown, self: Command) => {
      const session = open(self);
      const { env } = session.world;
      const { address, signIn } = session;
      const settings = {
        api: address.url.href,
        apiFrom: address.source,
        signIn: signIn.description,
        scope: env['VNETV_SCOPE'] || defaultScope,
        authority: env['AZURE_AUTHORITY_HOST'] || 'https://login.microsoftonline.com',
      };
      session.answer(settings, ({ api, apiFrom, scope, authority }, look) =>
        renderFacts(
          [
            ['API', `${api} (${apiFrom})`],
            ['sign-in', settings.signIn],
            ['scope', scope],
            ['authority', authority],
          ],
          look,
          '',
        ),
      );
    });
}
