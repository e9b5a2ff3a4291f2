import { type VendingError, vendingError } from '../../model/errors.ts';
import type { Finding, PlannedChange } from '../../model/plan.ts';
import { quotaDemandOf, quotaLimitsFor } from '../../model/quota-demand.ts';
import type { QuotaStanding } from '../../model/quotas.ts';
import type { VendingRequest } from '../../model/requests.ts';
import type { Dependencies } from '../dependencies.ts';

/** Step 1: how the quotas stand to a change. What they hold in the end, is decided when they are reserved. */
export async function checkQuotas(
  { ledger, landscape }: Pick<Dependencies, 'ledger' | 'landscape'>,
  change: PlannedChange,
  { requester }: Pick<VendingRequest, 'requester'>,
): Promise<readonly Finding[]> {
  const usage = quotaDemandOf(change, requester);
  if (!usage) return [];
  const limits = quotaLimitsFor(usage, change, requester, landscape.policy.quotas);
  if (limits.length === 0) return [];
  return (await ledger.previewQuota(usage, limits)).map(findingOf);
}

function findingOf(standing: QuotaStanding): Finding {
  const { limit, used, wanted, isExceeded } = standing;
  const facts = { measure: limit.measure, limit: limit.limit, used, askedFor: wanted };
  const finding = {
    check: 'quota',
    subject: `quota ${limit.name} (${words[limit.measure]})`,
    facts,
  };
  return isExceeded
    ? { ...finding, check: 'quota', status: 'failed', error: quotaExceeded(standing) }
    : { ...finding, check: 'quota', status: 'passed' };
}

const words = {
  virtualNetworks: 'VNets',
  IPv4: 'IPv4 addresses',
  IPv6: 'IPv6 addresses',
} as const;

export const quotaExceeded = ({ limit, used, wanted }: QuotaStanding): VendingError =>
  vendingError(
    'QuotaExceeded',
    `The quota '${limit.name}' allows ${limit.limit} ${words[limit.measure]}; ${used} are used, ${wanted} are asked for.`,
    { details: { quota: limit.name, key: limit.key, limit: limit.limit, used, askedFor: wanted } },
  );
