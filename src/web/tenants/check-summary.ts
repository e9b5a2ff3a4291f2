import type { TenantCheck } from '../../model/api/tenant-views.ts';

type Finding = TenantCheck['findings'][number];

/** Findings of one status: those of each check together, as they came. */
export const findingsOf = (
  { findings }: TenantCheck,
  status: Finding['status'],
): ReadonlyMap<string, readonly Finding[]> =>
  Map.groupBy(
    findings.filter((finding) => finding.status === status),
    ({ check }) => check,
  );

/** The outcome in a sentence. */
export function checkWords({ findings }: TenantCheck): string {
  const count = (status: Finding['status']): number =>
    findings.filter((finding) => finding.status === status).length;
  const [failed, unknown, passed] = [count('failed'), count('unknown'), count('passed')];
  const parts = [
    failed === 0 ? '' : `${failed} not met`,
    unknown === 0 ? '' : `${unknown} cannot be seen`,
    passed === 0 ? '' : `${passed} met`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'Nothing was checked' : parts.join(', ');
}
