import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { AuditEntry, AuditVerification } from '../../model/audit.ts';
import { AuditChainCheck } from '../../model/audit-chain.ts';
import { canonicalJson } from '../../model/canonical-json.ts';
import { CliError, usageError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import { renderAuditVerdict } from '../render/audit-verdict.ts';
import type { Session } from '../session.ts';

export interface AuditHead {
  readonly sequence: number;
  readonly hash: string;
}

export interface VerifyAuditOptions {
  readonly expectHead?: readonly AuditHead[];
  readonly file?: string;
}

/**
 * Follows the chain here: a server that has something to hide would say that all is well. What the
 * server finds itself comes on top, for it sees what the entries are about, too.
 */
export async function verifyAudit(session: Session, options: VerifyAuditOptions): Promise<void> {
  const { expectHead = [], file } = options;
  const check = new AuditChainCheck({ hashOf, expectedHead: expectHead });
  const entries = file === undefined ? session.api.listAudit() : readExport(file);
  for await (const entry of entries) check.add(entry);
  const own = check.verdict();
  const verdict = file === undefined ? withServer(own, await session.api.verifyAudit()) : own;
  session.answer(verdict, renderAuditVerdict);
  if (!verdict.intact) session.exitCode = exitCodes.failedChecks;
}

const hashOf = (value: unknown): string =>
  createHash('sha256').update(canonicalJson(value)).digest('hex');

/** Both must find nothing, and speak of the same trail; it may have grown between the two. */
function withServer(own: AuditVerification, server: AuditVerification): AuditVerification {
  const problems = [
    ...own.problems,
    ...server.problems
      .filter((problem) => !own.problems.includes(problem))
      .map((problem) => `The server finds: ${problem}`),
  ];
  if (server.head.sequence < own.head.sequence) {
    problems.push(
      `The server says that the trail ends with entry ${server.head.sequence}, but gave entry ${own.head.sequence}.`,
    );
  } else if (server.head.sequence === own.head.sequence && server.head.hash !== own.head.hash) {
    problems.push('The server says that the last entry has another hash than the one it gave.');
  }
  if (!server.intact && problems.length === 0)
    problems.push('The server says that it is not intact.');
  return { ...own, intact: problems.length === 0, problems };
}

async function* readExport(file: string): AsyncGenerator<AuditEntry> {
  const lines = createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity });
  let number = 0;
  try {
    for await (const line of lines) {
      number++;
      if (line.trim() !== '') yield asEntry(line, number, file);
    }
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw usageError(
      `The file '${file}' cannot be read: ${(error as NodeJS.ErrnoException).code}.`,
      'Name a file that "vnetv audit export" has written.',
    );
  }
}

function asEntry(line: string, number: number, file: string): AuditEntry {
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    entry = undefined;
  }
  const { sequence, hash } = (entry ?? {}) as Partial<AuditEntry>;
  if (typeof sequence === 'number' && typeof hash === 'string') return entry as AuditEntry;
  throw new CliError(
    exitCodes.failedChecks,
    `Line ${number} of '${file}' is no entry of the trail.`,
    {
      cause: 'The export was changed or cut off, or it is none.',
      remedy: 'Export it again (jsonl, not csv).',
    },
  );
}
