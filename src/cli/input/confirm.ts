import { createInterface } from 'node:readline/promises';
import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Session } from '../session.ts';

/** Asks for a yes on the terminal; anything else ends the command without having done anything. */
export async function confirm(session: Session, question: string): Promise<void> {
  const { stdin, stderr } = session.world;
  const readline = createInterface({ input: stdin, output: stderr as NodeJS.WriteStream });
  // Without a question that is answered, Ctrl-C and Ctrl-D end it.
  const gaveUp = new Promise<undefined>((resolve) =>
    readline.on('close', () => resolve(undefined)),
  );
  try {
    const answer = await Promise.race([readline.question(`${question} [y/N] `), gaveUp]);
    if (answer === undefined) stderr.write('\n');
    else if (/^y(es)?$/i.test(answer.trim())) return;
  } finally {
    readline.close();
  }
  throw new CliError(exitCodes.interrupted, 'Nothing was done.', {});
}
