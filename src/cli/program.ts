import { Command } from 'commander';
import { addApproveCommand } from './commands/approve.ts';
import { addAuditCommand } from './commands/audit.ts';
import { addBreakGlassCommand } from './commands/break-glass.ts';
import { addCancelCommand } from './commands/cancel.ts';
import { addCompletionCommands } from './commands/completion.ts';
import { addConfigCommand } from './commands/config.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addListCommand } from './commands/list.ts';
import type { OpenSession } from './commands/open-session.ts';
import { addPoolsCommand } from './commands/pools.ts';
import { addRejectCommand } from './commands/reject.ts';
import { addRemoveCommand } from './commands/remove.ts';
import { addRequestCommand } from './commands/request.ts';
import { addResumeCommand } from './commands/resume.ts';
import { addSetupCommand } from './commands/setup.ts';
import { addShowCommand } from './commands/show.ts';
import { addTenantsCommand } from './commands/tenants.ts';
import { addWhoamiCommand } from './commands/whoami.ts';
import { exitCodeMeanings } from './exit-codes.ts';
import { lookOf } from './render/look.ts';
import { version } from './version.ts';
import type { World } from './world.ts';

/** The commands in groups, in the order of the help. */
const groups: readonly (readonly [
  title: string,
  commands: readonly ((program: Command, open: OpenSession) => void)[],
])[] = [
  [
    'Requests:',
    [addRequestCommand, addShowCommand, addListCommand, addCancelCommand, addRemoveCommand],
  ],
  ['Decisions:', [addApproveCommand, addRejectCommand, addBreakGlassCommand, addResumeCommand]],
  ['Network:', [addPoolsCommand, addTenantsCommand, addDoctorCommand]],
  ['Azure:', [addSetupCommand]],
  ['Audit:', [addAuditCommand]],
  ['vnetv itself:', [addWhoamiCommand, addConfigCommand, addCompletionCommands]],
];

/** All commands; nothing happens before one of them is parsed. */
export function createProgram(world: World, open: OpenSession): Command {
  const program = new Command('vnetv')
    .description(
      'VNets whose prefixes come from a pool of another tenant: ask, approve, watch, remove.',
    )
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .option('--api <url>', 'address of the API (VNETV_API; default: the local platform)')
    .option('--as <person>', 'speak for a person of the local platform (VNETV_AS)')
    .option('--interactive', 'sign in with Entra ID in the browser')
    .option('--device-code', 'sign in with Entra ID by a code on another device')
    .option('--json', 'print the JSON of the API')
    .option('-q, --quiet', 'print the result and errors, nothing beside')
    .option('--no-color', 'print without colours (NO_COLOR)')
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError('(--help says more)')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput(outputOf(world))
    .addHelpText('after', exitCodeHelp);
  for (const [title, commands] of groups) {
    program.commandsGroup(title);
    for (const add of commands) add(program, open);
  }
  program
    .commandsGroup('vnetv itself:')
    .helpCommand('help [command]', 'print the help of a command');
  return program;
}

const exitCodeHelp = `
Exit codes:
${exitCodeMeanings.map(([code, meaning]) => `  ${String(code).padStart(3)}  ${meaning}`).join('\n')}

Documentation: docs/cli.md`;

function outputOf({ stdout, stderr, env, platform }: World) {
  const outLook = lookOf({ output: stdout, env, platform });
  const errorLook = lookOf({ output: stderr, env, platform });
  const widthOf = (width: number) => (Number.isFinite(width) ? width : 100);
  return {
    writeOut: (text: string) => void stdout.write(text),
    writeErr: (text: string) => void stderr.write(text),
    getOutHelpWidth: () => widthOf(outLook.width),
    getErrHelpWidth: () => widthOf(errorLook.width),
    outputError: (text: string, write: (text: string) => void) =>
      write(errorLook.colours.red(text)),
  };
}
