import type { RiskFlag } from './api/request-views.ts';
import type { Landscape } from './landscape.ts';
import type { Finding, Plan, PlannedChange } from './plan.ts';
import { prefixLengthFor } from './prefixes.ts';
import type { VendingRequest } from './requests.ts';

/** From this share on a pool, or a quota, is nearly used up. */
const nearlyPercent = 90n;

/** What an approver should look at twice. */
export function riskFlagsOf(
  { request, plan }: { request: Pick<VendingRequest, 'requester'>; plan?: Plan | undefined },
  { policy }: Pick<Landscape, 'policy'>,
): readonly RiskFlag[] {
  const { objectId, tenantId } = request.requester;
  const flags: RiskFlag[] = [];
  if (objectId === undefined || tenantId === undefined) {
    flags.push({
      flag: 'requester-unidentified',
      text: 'The request does not say by object id and tenant id who asks, so nobody can approve it.',
    });
  }
  if (plan === undefined) return flags;
  if (plan.version > 1) {
    flags.push({
      flag: 'plan-changed',
      text: `The plan changed while it waited; this is version ${plan.version}. What was approved before counts no more.`,
    });
  }
  return [
    ...flags,
    ...flagsOfRemoval(plan.change),
    ...flagsOfSize(plan.change, policy.largeFromPrefixLength),
    ...plan.findings.flatMap(flagsOfFinding),
  ];
}

function flagsOfRemoval(change: PlannedChange): readonly RiskFlag[] {
  if (change.operation !== 'remove' || change.resourceGuid === undefined) return [];
  const { mode, target, overrides, detachedPeerings } = change;
  const flags: RiskFlag[] = [];
  if (mode === 'delete') {
    flags.push({
      flag: 'deletes',
      text: `Deletes the VNet ${target.virtualNetwork}; that cannot be undone.`,
    });
  }
  if (overrides.length > 0) {
    flags.push({ flag: 'overrides-obstacles', text: `Sets aside: ${overrides.join(', ')}.` });
  }
  if (detachedPeerings.length > 0) {
    flags.push({
      flag: 'detaches-peerings',
      text: `Takes off the peerings ${detachedPeerings.join(', ')}.`,
    });
  }
  return flags;
}

function flagsOfSize(
  change: PlannedChange,
  largeFrom: Landscape['policy']['largeFromPrefixLength'],
): readonly RiskFlag[] {
  if (change.operation === 'remove') return [];
  return change.allocations
    .map((allocation) => ({
      ...allocation,
      length: prefixLengthFor(allocation.family, BigInt(allocation.numberOfIpAddresses)),
    }))
    .filter(({ family, length }) => length <= largeFrom[family])
    .map(({ poolAlias, length }) => ({
      flag: 'large-allocation',
      text: `Takes a /${length} of the pool ${poolAlias}.`,
    }));
}

function flagsOfFinding({ check, status, subject, error, facts }: Finding): readonly RiskFlag[] {
  if (status === 'unknown') {
    const why = error === undefined ? '' : `: ${error.message}`;
    return [{ flag: 'unverified-prerequisite', text: `Not verified: ${subject}${why}` }];
  }
  if (status !== 'passed' || facts === undefined) return [];
  const count = (name: string) => BigInt(facts[name] ?? '0');
  const asked = count('askedFor');
  if (check === 'pool-capacity') {
    const total = count('totalIpAddresses');
    const used = total - count('availableIpAddresses') + asked;
    return isNearlyUsed(used, total)
      ? [
          {
            flag: 'pool-nearly-full',
            text: `The ${subject} is ${percent(used, total)}% full then.`,
          },
        ]
      : [];
  }
  if (check === 'quota') {
    const used = count('used') + asked;
    return isNearlyUsed(used, count('limit'))
      ? [
          {
            flag: 'quota-nearly-used',
            text: `The ${subject} is used to ${used} of ${facts['limit']} then.`,
          },
        ]
      : [];
  }
  return [];
}

const isNearlyUsed = (used: bigint, of: bigint): boolean =>
  of > 0n && used * 100n >= of * nearlyPercent;

const percent = (used: bigint, of: bigint): bigint => (used * 100n) / of;
