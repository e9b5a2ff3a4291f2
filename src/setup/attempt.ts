import { randomUUID } from 'node:crypto';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { SetupError } from './setup-error.ts';

/**
 * A POST of Graph makes something anew each time. So that one whose answer was lost is found again, and nothing
 * that others have put there in the meantime, it carries a random id that is written down before.
 */
export interface Attempt {
  /** Undefined: none is under way. */
  read(): Promise<{ readonly id: string; readonly ageSeconds: number } | undefined>;
  /** The one under way, or a new one. @throws SetupError when the landscape could not be written afterwards */
  begin(): Promise<string>;
  end(): Promise<void>;
}

const idPattern = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** Kept beside the landscape, in `FILE.NAME`, until it is over. */
export function attemptBeside(landscapeFile: string, name: string): Attempt {
  const file = `${landscapeFile}.${name}`;
  const read = async () => {
    try {
      const [id, { mtimeMs }] = [(await readFile(file, 'utf8')).trim(), await stat(file)];
      const ageSeconds = Math.max(0, (Date.now() - mtimeMs) / 1000);
      return idPattern.test(id) ? { id, ageSeconds } : undefined;
    } catch {
      return undefined;
    }
  };
  return {
    read,
    async begin() {
      const underWay = await read();
      const id = underWay?.id ?? randomUUID();
      try {
        // What is made has to be written into the landscape: found out before, not afterwards.
        await writeFile(`${landscapeFile}.tmp`, '');
        await rm(`${landscapeFile}.tmp`);
        await writeFile(file, `${id}\n`, { mode: 0o600 });
      } catch (error) {
        throw new SetupError('InputMissing', 'The landscape cannot be written.', {
          why: (error as Error).message,
          remedy: `Make '${landscapeFile}' and its folder writable: the client id goes there.`,
        });
      }
      return id;
    },
    end: () => rm(file, { force: true }),
  };
}
