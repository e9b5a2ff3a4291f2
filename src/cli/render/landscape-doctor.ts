import type { TenantCheck } from '../../model/api/tenant-views.ts';
import { countFindings, type Finding, markOf, renderUnmet } from './findings.ts';
import type { Look } from './look.ts';
import { type Cell, renderTable } from './table.ts';
import { hang } from './text.ts';

/** What `vnetv doctor` found in the whole landscape. */
export interface LandscapeCheck {
  /** No tenant failed. */
  readonly ready: boolean;
  readonly tenants: readonly TenantCheck[];
}

/** The checks of a tenant in the order in which they build on each other, and their columns. */
const columns: readonly (readonly [check: string, title: string])[] = [
  ['management-token', 'mgmt token'],
  ['pool-permission', 'pools'],
  ['managed-token', 'token'],
  ['connection', 'connection'],
  ['resource-group', 'groups'],
  ['virtual-network-permission', 'VNets'],
];

/** Tenants × prerequisites; below them each one that is not met, once, with its remedy. */
export function renderLandscapeDoctor({ tenants, ready }: LandscapeCheck, look: Look): string[] {
  const { green, red, bold } = look.colours;
  const shown = columnsOf(tenants);
  const table = renderTable(
    [{ title: '  tenant' }, ...shown.map(([, title]) => ({ title }))],
    tenants.map((tenant) => [
      {
        text: `${tenant.ready ? look.glyphs.done : look.glyphs.failed} ${tenant.alias}`,
        paint: tenant.ready ? green : red,
      },
      ...shown.map(([check]) => cellOf(tenant.findings, check, look)),
    ]),
    look,
  );
  const unmet = groupUnmet(tenants).flatMap(({ aliases, finding }, index, groups) => {
    const isNewHeading = `${groups[index - 1]?.aliases}` !== `${aliases}`;
    const heading = isNewHeading ? ['', ...hang('', aliases.join(', '), look.width).map(bold)] : [];
    return [...heading, ...renderUnmet([finding], look).slice(isNewHeading ? 1 : 0)];
  });
  const count = tenants.filter((tenant) => tenant.ready).length;
  const verdict = hang(
    `${ready ? look.glyphs.done : look.glyphs.failed} `,
    `${count} of ${tenants.length} ${tenants.length === 1 ? 'tenant' : 'tenants'} ${count === 1 ? 'is' : 'are'} ready: ${countFindings(tenants.flatMap(({ findings }) => findings))}.`,
    look.width,
  );
  return [...table, ...unmet, '', ...verdict.map(ready ? green : red)];
}

/** The known columns that somebody has a finding for, and any check that this command does not know yet. */
function columnsOf(tenants: readonly TenantCheck[]): typeof columns {
  const found = new Set(tenants.flatMap(({ findings }) => findings.map(({ check }) => check)));
  const known = columns.filter(([check]) => found.delete(check));
  return [...known, ...[...found].map((check) => [check, check] as const)];
}

/** The worst of a check: `✓`, `✗ 2 of 3`; empty where the tenant has no such check. */
function cellOf(findings: readonly Finding[], check: string, look: Look): Cell {
  const those = findings.filter((finding) => finding.check === check);
  for (const status of ['failed', 'unknown', 'passed'] as const) {
    const count = those.filter((finding) => finding.status === status).length;
    if (count === 0) continue;
    const [mark, paint] = markOf(status, look);
    const isPart = status !== 'passed' && those.length > 1;
    return { text: isPart ? `${mark} ${count} of ${those.length}` : mark, paint };
  }
  return { text: '' };
}

/** What is wrong with the management tenant is wrong for each managed tenant: it is told once. */
function groupUnmet(tenants: readonly TenantCheck[]) {
  const groups = new Map<string, { readonly aliases: string[]; readonly finding: Finding }>();
  for (const { alias, findings } of tenants) {
    for (const finding of findings) {
      if (finding.status === 'passed') continue;
      const { check, subject, status, error } = finding;
      const key = JSON.stringify([check, subject, status, error?.message]);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { aliases: [alias], finding });
      else group.aliases.push(alias);
    }
  }
  return [...groups.values()];
}
