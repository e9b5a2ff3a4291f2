import { type Command, InvalidArgumentError, Option } from 'commander';
import { runAuditExport } from '../audit/export-audit.ts';
import { type AuditHead, verifyAudit } from '../audit/verify-audit.ts';
import type { OpenSession } from './open-session.ts';

interface ExportOptions {
  readonly format: 'jsonl' | 'csv';
  readonly output?: string;
}

interface VerifyOptions {
  readonly expectHead?: readonly AuditHead[];
  readonly file?: string;
}

export function addAuditCommand(program: Command, open: OpenSession): void {
  const audit = program
    .command('audit')
    .summary('export or verify the audit trail')
    .description('Exports the audit trail, or proves that nobody has touched it.');
  audit
    .command('export')
    .summary('write the audit trail to a file')
    .description('Writes the whole audit trail, oldest entry first.')
    .addOption(
      new Option('--format <format>', 'one JSON object a line, or a table')
        .choices(['jsonl', 'csv'])
        .default('jsonl'),
    )
    .option('-o, --output <file>', 'default: the standard output')
    .action(async (options: ExportOptions, self: Command) => {
      await runAuditExport(open(self), options.format, options.output);
    });
  audit
    .command('verify')
    .summary('prove that nobody has touched the audit trail')
    .description(
      'Downloads the audit trail, follows its chain of hashes itself, and compares with what the server finds.',
    )
    .addOption(
      new Option(
        '--expect-head <sequence:hash>',
        'a head noted before: finds what was cut off or written anew; may be given again',
      ).argParser(collectHead),
    )
    .option('--file <file>', 'verify an export (jsonl) instead, without asking the API')
    .action(async (options: VerifyOptions, self: Command) => {
      await verifyAudit(open(self), options);
    });
}

function collectHead(text: string, previous: readonly AuditHead[] = []): readonly AuditHead[] {
  const [, sequence, hash] = /^(\d{1,15}):([0-9a-fA-F]{64})$/.exec(text.trim()) ?? [];
  if (sequence === undefined || hash === undefined) {
    throw new InvalidArgumentError('A head is SEQUENCE:HASH, as "vnetv audit verify" tells it.');
  }
  return [...previous, { sequence: Number(sequence), hash: hash.toLowerCase() }];
}
