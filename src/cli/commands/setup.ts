import { type Command, InvalidArgumentError, Option } from 'commander';
import type { SetupCommandOptions } from '../setup/run-setup-command.ts';
import type { OpenSession } from './open-session.ts';

export function addSetupCommand(program: Command, open: OpenSession): void {
  program
    .command('setup')
    .summary('set up both tenants for a landscape')
    .description(
      'Creates what a landscape needs in Azure, or adopts what is there: application, network manager, pools, connections, roles. Speaks for you in each tenant; safe to run again. docs/setup.md tells the steps.',
    )
    .option(
      '-l, --landscape <file>',
      'the landscape (VNETV_LANDSCAPE_FILE; default: landscape.json)',
    )
    .addOption(
      new Option('--pool <alias=prefixes>', 'prefixes of a pool to create; may be given again')
        .argParser(collectPrefixes)
        .default({}, 'pools exist'),
    )
    .option('--tenant <alias...>', 'only these managed tenants')
    .addOption(
      new Option('--roles <kind>', 'least-privilege custom roles, or those that Azure has')
        .choices(['custom', 'built-in'])
        .default('custom'),
    )
    .option('--location <region>', 'of what is created besides pools; default: that of a pool')
    .option('--application-name <name>', 'of an application to create', 'vnet-vending')
    .option('--managed-identity <object-id>', 'let the applications trust this managed identity')
    .option(
      '--sign-in-application <name>',
      'also make the registration that people sign in to; or the client id of one',
    )
    .option('--redirect-uri <url>', 'where they come back to from the sign-in')
    .option('--accounts <file>', 'service principals that speak for you, one for each tenant')
    .option('--cloud <name>', 'public, usgovernment or china (VNETV_CLOUD; default: public)')
    .option('--dry-run', 'show what would change; nothing is')
    .option('--undo', 'take back what setup made, and nothing else')
    .option(
      '--delete-resource-group',
      'with --undo: also its resource group, when nothing is in it',
    )
    .option('-y, --yes', 'do not ask')
    .action(async (options: SetupCommandOptions, self: Command) => {
      const session = open(self);
      // Every other command would pay for it at its start.
      const { runSetupCommand } = await import('../setup/run-setup-command.ts');
      await runSetupCommand(session, options);
    });
}

type Prefixes = Readonly<Record<string, readonly string[]>>;

/** `corp-centralus=10.0.0.0/16`, or several prefixes with commas. */
function collectPrefixes(text: string, previous: Prefixes = {}): Prefixes {
  const at = text.indexOf('=');
  const prefixes = text
    .slice(at + 1)
    .split(',')
    .map((prefix) => prefix.trim());
  if (at < 1 || prefixes.some((prefix) => !/^[\da-f.:]+\/\d+$/i.test(prefix))) {
    throw new InvalidArgumentError(
      'A pool is ALIAS=PREFIX, such as corp-centralus=10.0.0.0/16; several prefixes with commas.',
    );
  }
  return { ...previous, [text.slice(0, at)]: prefixes };
}
