import { type Command, CommanderError } from 'commander';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { createProgram } from './program.ts';
import { reportError } from './report-error.ts';
import { type GlobalOptions, Session } from './session.ts';
import type { World } from './world.ts';

/** Runs one command line; answers its exit code. */
export async function runCli(argv: readonly string[], world: World): Promise<ExitCode> {
  let session: Session | undefined;
  const open = (command: Command, more: GlobalOptions = {}): Session => {
    session = new Session(world, { ...command.optsWithGlobals(), ...more });
    return session;
  };
  const program = createProgram(world, open);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return session?.exitCode ?? exitCodes.ok;
  } catch (error) {
    // The parser has told already what is wrong, or has printed the help that was asked for.
    if (error instanceof CommanderError)
      return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    return reportError(error, world, session?.options ?? program.opts());
  }
}
