import type { Quota } from './landscape-policy.ts';
import type { PlannedChange } from './plan.ts';
import type { QuotaLimit, QuotaMeasure, QuotaUsage } from './quotas.ts';
import type { VendingRequest } from './requests.ts';

type Requester = Pick<VendingRequest['requester'], 'objectId' | 'tenantId'>;

/** Whom all requests count for together that do not say by ids who asks. */
const unidentified = 'requester:unidentified';

const tenantKey = (alias: string): string => `tenant:${alias}`;
const requesterKey = ({ objectId, tenantId }: Requester): string =>
  objectId === undefined || tenantId === undefined
    ? unidentified
    : `requester:${tenantId.toLowerCase()}/${objectId.toLowerCase()}`;
const requesterInTenantKey = (requester: Requester, alias: string): string =>
  `${requesterKey(requester)}@${alias}`;

/** What a change takes of the quotas; undefined for one that gives back. */
export function quotaDemandOf(change: PlannedChange, requester: Requester): QuotaUsage | undefined {
  if (change.operation === 'remove') return undefined;
  const { requestId, target, allocations, operation } = change;
  const count = (family: 'IPv4' | 'IPv6'): string =>
    String(
      allocations
        .filter((allocation) => allocation.family === family)
        .reduce((sum, { numberOfIpAddresses }) => sum + BigInt(numberOfIpAddresses), 0n),
    );
  return {
    virtualNetworkId: target.virtualNetworkId,
    requestId,
    keys: [
      tenantKey(target.tenantAlias),
      requesterKey(requester),
      requesterInTenantKey(requester, target.tenantAlias),
    ],
    amounts: { virtualNetworks: '1', IPv4: count('IPv4'), IPv6: count('IPv6') },
    // A VNet that is to be created is a new one, whatever was counted under its name.
    adds: operation === 'associate',
  };
}

/** The limits of the landscape's quotas that stand against what is asked for. */
export function quotaLimitsFor(
  { amounts }: QuotaUsage,
  change: PlannedChange,
  requester: Requester,
  quotas: readonly Quota[],
): readonly QuotaLimit[] {
  const { tenantAlias } = change.target;
  return quotas
    .filter(({ tenants }) => tenants === undefined || tenants.includes(tenantAlias))
    .flatMap(({ name, per, tenants, maxVirtualNetworks, maxIpAddresses }) => {
      const key =
        per === 'tenant'
          ? tenantKey(tenantAlias)
          : tenants === undefined
            ? requesterKey(requester)
            : requesterInTenantKey(requester, tenantAlias);
      const limits: readonly [QuotaMeasure, string | undefined][] = [
        ['virtualNetworks', maxVirtualNetworks === undefined ? undefined : `${maxVirtualNetworks}`],
        ['IPv4', maxIpAddresses?.IPv4],
        ['IPv6', maxIpAddresses?.IPv6],
      ];
      return limits.flatMap(([measure, limit]) =>
        limit === undefined || amounts[measure] === '0' ? [] : [{ name, key, measure, limit }],
      );
    });
}
