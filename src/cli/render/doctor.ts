import type { TenantCheck } from '../../model/api/tenant-views.ts';
import { countFindings, renderFindings } from './findings.ts';
import type { Look } from './look.ts';
import { hang } from './text.ts';

/** The prerequisites of a tenant, and whether requests can succeed there. */
export function renderDoctor({ alias, ready, findings }: TenantCheck, look: Look): string[] {
  const { green, red } = look.colours;
  const verdict = ready
    ? hang(`${look.glyphs.done} `, `${alias} is ready: ${countFindings(findings)}.`, look.width)
    : hang(
        `${look.glyphs.failed} `,
        `${alias} is not ready: ${countFindings(findings)}.`,
        look.width,
      );
  return [...renderFindings(findings, look), '', ...verdict.map(ready ? green : red)];
}
