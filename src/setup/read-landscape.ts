import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { type Landscape, landscapeSchema } from '../model/landscape.ts';
import { SetupError } from './setup-error.ts';

const wrong = (message: string, why: string, remedy: string): SetupError =>
  new SetupError('InputMissing', message, { why, remedy });

/** @throws SetupError that says what is wrong with the file */
export async function readLandscape(file: string): Promise<Landscape> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw wrong(
      `The landscape '${file}' cannot be read.`,
      (error as Error).message,
      'Name a JSON file with --landscape; docs/setup.md has one to begin with.',
    );
  }
  // What the local platform holds beyond a landscape is no business of Azure's.
  const { emulatedAzure: _, ...rest } = (json ?? {}) as Record<string, unknown>;
  const parsed = landscapeSchema.safeParse(rest);
  if (parsed.success) return parsed.data;
  throw wrong(
    `The landscape '${file}' is wrong.`,
    z.prettifyError(parsed.error).replaceAll('\n', ' '),
    'Correct the file; docs/setup.md has one to begin with.',
  );
}

/** Puts the client id of the application in place of the one that is there; all else stays as written. */
export async function writeClientId(file: string, before: string, clientId: string): Promise<void> {
  if (before === clientId) return;
  const text = await readFile(file, 'utf8');
  const changed = text.replace(
    new RegExp(`("clientId"\\s*:\\s*")${before}(")`, 'i'),
    `$1${clientId}$2`,
  );
  if (changed === text) {
    throw wrong(
      `The client id ${clientId} was not written into the landscape.`,
      `'${file}' does not name ${before} (any more).`,
      `Write ${clientId} there as application.clientId.`,
    );
  }
  try {
    await writeFile(`${file}.tmp`, changed);
    await rename(`${file}.tmp`, file);
  } catch (error) {
    throw wrong(
      `The client id ${clientId} was not written into the landscape.`,
      (error as Error).message,
      `Write ${clientId} into '${file}' as application.clientId, or make it writable and go on.`,
    );
  }
}
