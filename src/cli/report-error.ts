import { CliError } from './cli-error.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { renderError, withMark } from './render/error-lines.ts';
import { lookOf } from './render/look.ts';
import { printableJson } from './render/printable.ts';
import type { World } from './world.ts';

/** Tells an error on the error output, as problem details where JSON is wanted; answers the exit code. */
export function reportError(
  error: unknown,
  world: World,
  options: { readonly json?: boolean; readonly color?: boolean },
): ExitCode {
  const told = error instanceof CliError ? error : unexpected(error, world);
  if (options.json) {
    world.stderr.write(`${printableJson(problemOf(told))}\n`);
    return told.exitCode;
  }
  const { env, platform, stderr } = world;
  const ownLook = lookOf({ output: stderr, env, platform, colour: options.color });
  const { glyphs, colours } = ownLook;
  // Who stopped it need not be told in red.
  const isStopped = told.exitCode === exitCodes.interrupted;
  const look = isStopped ? withMark(ownLook, glyphs.information, colours.yellow) : ownLook;
  const { message, why, remedy, code } = told;
  const lines = renderError({ message, why, remedy, code, pointers: told.problem?.pointers }, look);
  for (const line of lines) stderr.write(`${line}\n`);
  return told.exitCode;
}

/** What the API said, or the same members for what it did not say. */
function problemOf(error: CliError): object {
  if (error.problem) return error.problem;
  const { message, why, remedy, exitCode } = error;
  const name = Object.entries(exitCodes).find(([, code]) => code === exitCode)?.[0] ?? 'unexpected';
  return {
    title: name,
    detail: message,
    code: error.code ?? `Cli${name.charAt(0).toUpperCase()}${name.slice(1)}`,
    ...(why === undefined ? {} : { cause: why }),
    ...(remedy === undefined ? {} : { remedy }),
  };
}

function unexpected(error: unknown, world: World): CliError {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  if (world.env['VNETV_DEBUG']) world.stderr.write(`${stack}\n`);
  return new CliError(exitCodes.unexpected, `vnetv failed: ${message}`, {
    remedy: 'Run it again with VNETV_DEBUG=1 and report what it says.',
  });
}
