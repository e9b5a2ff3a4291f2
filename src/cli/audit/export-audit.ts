import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { usageError } from '../cli-error.ts';
import type { Session } from '../session.ts';

/** Writes the trail as it comes; a file is there when it is complete, or not at all. */
export async function runAuditExport(
  session: Session,
  format: 'jsonl' | 'csv',
  file: string | undefined,
): Promise<void> {
  const parts = session.api.exportAudit(format);
  if (file === undefined) {
    for await (const part of parts) session.world.stdout.write(part);
    return;
  }
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    await pipeline(parts, createWriteStream(temporary, { mode: 0o600 }));
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (syscall === undefined) throw error;
    throw usageError(
      `The file '${file}' cannot be written: ${code}.`,
      'Name a file in a folder that exists and that you may write to.',
    );
  }
  session.note(`The audit trail is in ${file}.`);
}
