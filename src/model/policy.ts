import type { Landscape, PolicyRule } from './landscape.ts';
import type { PlannedAllocation, PlannedChange, PolicyVerdict } from './plan.ts';
import { prefixLengthFor } from './prefixes.ts';

/** What the policy judges a change by. */
export interface PolicyCase {
  readonly operation: PlannedChange['operation'];
  readonly tenantAlias: string;
  readonly allocations: readonly PlannedAllocation[];
  /** Those of the VNet; a VNet that is taken away needs none. */
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * What the policy of the landscape says of a change: missing tags deny, then the first rule that
 * matches decides, and where none does a person must.
 */
export function evaluatePolicy(
  subject: PolicyCase,
  landscape: Pick<Landscape, 'policy'>,
): PolicyVerdict {
  const missing =
    subject.operation === 'remove' ? [] : missingTags(subject.tags, landscape.policy.requiredTags);
  if (missing.length > 0) {
    return {
      effect: 'deny',
      rule: 'required-tags',
      reason: `The VNet lacks ${missing.length === 1 ? 'the tag' : 'the tags'} ${missing.join(', ')}, which every VNet with prefixes of a pool must carry.`,
    };
  }
  const rule = landscape.policy.rules.find((candidate) => matches(candidate, subject));
  return rule === undefined
    ? {
        effect: 'require-approval',
        rule: 'default',
        reason: 'No rule of the policy covers the request, so a person decides.',
      }
    : { effect: rule.effect, rule: rule.name, reason: rule.reason };
}

/** Names of tags have no case in Azure. A blank value is no value. */
function missingTags(
  tags: Readonly<Record<string, string>>,
  required: readonly string[],
): readonly string[] {
  const given = new Set(
    Object.entries(tags)
      .filter(([, value]) => value.trim() !== '')
      .map(([name]) => name.toLowerCase()),
  );
  return required.filter((name) => !given.has(name.toLowerCase()));
}

/**
 * To approve by itself a rule must cover every pool of the request; to hold or deny, one is enough:
 * a second allocation must not carry the first past a rule about its pool. A limit of size is met only
 * when every allocation that the rule is about meets it: adding a small one makes no request small.
 * A rule that names no pools holds or denies a removal that has no allocation to give back, too.
 */
function matches(rule: PolicyRule, { operation, allocations, tenantAlias }: PolicyCase): boolean {
  if (!operationsOf(rule).includes(operation)) return false;
  if (rule.tenants !== undefined && !rule.tenants.includes(tenantAlias)) {
    return false;
  }
  const concerned = allocations.filter(
    ({ poolAlias }) => rule.pools === undefined || rule.pools.includes(poolAlias),
  );
  const isAbout =
    rule.effect === 'auto-approve'
      ? concerned.length === allocations.length
      : rule.pools === undefined || concerned.length > 0;
  return isAbout && concerned.every((allocation) => isSmallEnough(rule, allocation));
}

/** Rules that were written for allocations must not wave removals through. */
const operationsOf = ({ operations, effect }: PolicyRule): readonly PolicyCase['operation'][] =>
  operations ?? (effect === 'auto-approve' ? ['allocate'] : ['allocate', 'associate', 'remove']);

function isSmallEnough(
  { minPrefixLength }: PolicyRule,
  { family, numberOfIpAddresses }: PlannedAllocation,
): boolean {
  if (minPrefixLength === undefined) {
    return true;
  }
  const shortest = minPrefixLength[family];
  return shortest !== undefined && prefixLengthFor(family, BigInt(numberOfIpAddresses)) >= shortest;
}
