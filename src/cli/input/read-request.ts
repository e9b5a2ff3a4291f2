import { readFile } from 'node:fs/promises';
import { usageError } from '../cli-error.ts';
import type { World } from '../world.ts';

/** Far more than a request may have; keeps a wrong file from being read whole. */
const mostBytes = 1024 * 1024;

/** A request as JSON, from a file or, for `-`, from the standard input. */
export async function readRequest(file: string, world: World): Promise<Record<string, unknown>> {
  const text = file === '-' ? await readAll(world) : await readFileText(file);
  const name = file === '-' ? 'The standard input' : `The file '${file}'`;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw usageError(
      `${name} is no JSON: ${(error as Error).message}`,
      'Give a request as a JSON object; docs/messages.md has examples.',
    );
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw usageError(
      `${name} holds no JSON object.`,
      'Give one request as a JSON object; docs/messages.md has examples.',
    );
  }
  return json as Record<string, unknown>;
}

async function readFileText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw usageError(
      `The file '${file}' cannot be read: ${(error as NodeJS.ErrnoException).code}.`,
      'Name a file that exists, or - for the standard input.',
    );
  }
}

async function readAll({ stdin }: World): Promise<string> {
  if (stdin.isTTY) {
    throw usageError('There is nothing on the standard input.', 'Pipe a request into vnetv.');
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stdin) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.length;
    if (bytes > mostBytes) throw usageError('What comes in is far too large for a request.');
    chunks.push(buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}
