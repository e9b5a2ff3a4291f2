import type { ErrorView } from '../../model/api/request-views.ts';
import { renderError, withMark } from './error-lines.ts';
import type { Look, Paint } from './look.ts';
import { renderTable } from './table.ts';

export interface Finding {
  readonly check: string;
  readonly status: 'passed' | 'failed' | 'unknown' | 'overridden';
  readonly subject: string;
  readonly error?: ErrorView | undefined;
}

/** Checks as a table; below it every one that is not met, with its remedy. */
export function renderFindings(findings: readonly Finding[], look: Look): string[] {
  const rows = findings.map(({ check, status, subject }) => {
    const [mark, paint] = markOf(status, look);
    return [{ text: `${mark} ${check}`, paint }, { text: status, paint }, { text: subject }];
  });
  const table = renderTable(
    [{ title: '  check' }, { title: 'status' }, { title: 'of', shrinkTo: 16 }],
    rows,
    look,
  );
  return [...table, ...renderUnmet(findings, look)];
}

/** The findings that need attention, one below the other. */
export function renderUnmet(findings: readonly Finding[], look: Look, indent = ''): string[] {
  return findings.flatMap(({ check, status, subject, error }) => {
    if (status === 'passed') return [];
    const [mark, paint] = markOf(status, look);
    const { message = `${check} of ${subject}`, cause, remedy, code } = error ?? {};
    const explained = { message, why: cause, remedy, code };
    return ['', ...renderError(explained, withMark(look, mark, paint), indent)];
  });
}

/** `9 passed, 1 failed`. */
export function countFindings(findings: readonly Finding[]): string {
  const statuses = ['passed', 'failed', 'overridden', 'unknown'] as const;
  return statuses
    .map((status) => [findings.filter((one) => one.status === status).length, status] as const)
    .filter(([count]) => count > 0)
    .map(([count, status]) => `${count} ${status}`)
    .join(', ');
}

/** The glyph and the colour of a status. */
export function markOf(
  status: Finding['status'],
  look: Look,
): readonly [mark: string, paint: Paint] {
  const { green, red, yellow } = look.colours;
  switch (status) {
    case 'passed':
      return [look.glyphs.done, green];
    case 'failed':
      return [look.glyphs.failed, red];
    case 'unknown':
      return [look.glyphs.unknown, yellow];
    case 'overridden':
      return [look.glyphs.warning, yellow];
  }
}
