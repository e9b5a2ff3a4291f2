import { Argument, type Command } from 'commander';
import { readLine } from '../completion/read-line.ts';
import { completionScripts, type Shell, shells } from '../completion/scripts.ts';
import { completionsFrom } from '../completion/sources.ts';
import { suggest } from '../completion/suggest.ts';
import type { OpenSession } from './open-session.ts';

export function addCompletionCommands(program: Command, open: OpenSession): void {
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'your shell').choices(shells))
    .summary('print the completion script of a shell')
    .description(
      'Prints a script that teaches a shell to complete commands, options, ids, pools and tenants. docs/cli.md says where to put it.',
    )
    .action((shell: Shell, _options: unknown, self: Command) => {
      open(self).print([completionScripts[shell]]);
    });
  // What the scripts call. The words are those of the command line up to the cursor, the last one
  // maybe empty.
  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .action(async (words: readonly string[], _options: unknown, self: Command) => {
      const line = readLine(program, words);
      const options = { api: line.values.get('--api'), as: line.values.get('--as') };
      const session = open(
        self,
        Object.fromEntries(Object.entries(options).filter(([, value]) => value)),
      );
      session.print(await suggest(line, completionsFrom(session)));
    });
}
