import type { AuditVerification } from '../../model/audit.ts';
import type { Look } from './look.ts';
import { renderFacts, renderItem } from './sections.ts';
import { hang } from './text.ts';

/** What a check of the audit trail has found. */
export function renderAuditVerdict(verdict: AuditVerification, look: Look): string[] {
  const { green, red, dim } = look.colours;
  const { intact, entries, head, problems } = verdict;
  const told = intact
    ? hang(`${look.glyphs.done} `, `The audit trail is intact: ${entries} entries.`, look.width)
    : hang(
        `${look.glyphs.failed} `,
        `The audit trail is NOT intact (${entries} entries).`,
        look.width,
      );
  return [
    ...told.map(intact ? green : red),
    ...problems.flatMap((problem) => renderItem(look.glyphs.failed, problem, look, red)),
    ...renderFacts([['head', `${head.sequence}:${head.hash}`]], look),
    ...hang(
      '  ',
      'Note the head where nobody can change it: the next check with --expect-head finds what was cut off or written anew.',
      look.width,
    ).map(dim),
  ];
}
