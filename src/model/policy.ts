import { type ApprovalStage, resolveStages } from './approval-stages.ts';
import type { Landscape } from './landscape.ts';
import type { PolicyRule } from './landscape-policy.ts';
import { groupsOf } from './people.ts';
import type { PlannedAllocation, PlannedChange, PolicyVerdict } from './plan.ts';
import { prefixLengthFor } from './prefixes.ts';
import type { VendingRequest } from './requests.ts';

/** What the policy judges a change by. */
export interface PolicyCase {
  readonly operation: PlannedChange['operation'];
  readonly tenantAlias: string;
  /** Canonical; empty where nobody can tell it. */
  readonly location: string;
  readonly requester: Pick<VendingRequest['requester'], 'objectId' | 'tenantId' | 'memberOf'>;
  readonly allocations: readonly PlannedAllocation[];
  /** Those of the VNet; a VNet that is taken away needs none. */
  readonly tags: Readonly<Record<string, string>>;
}

/** What the policy says, and the stages of the approval if it asks for one. */
export interface PolicyAnswer {
  readonly verdict: PolicyVerdict;
  readonly stages: readonly ApprovalStage[];
}

/**
 * What the policy of the landscape says of a change: missing tags deny, then the first rule that
 * matches decides, and where none does a person must.
 */
export function evaluatePolicy(
  subject: PolicyCase,
  landscape: Pick<Landscape, 'policy' | 'operators'>,
): PolicyAnswer {
  const { policy } = landscape;
  const missing =
    subject.operation === 'remove' ? [] : missingTags(subject.tags, policy.requiredTags);
  if (missing.length > 0) {
    const verdict: PolicyVerdict = {
      effect: 'deny',
      rule: 'required-tags',
      reason: `The VNet lacks ${missing.length === 1 ? 'the tag' : 'the tags'} ${missing.join(', ')}, which every VNet with prefixes of a pool must carry.`,
    };
    return { verdict, stages: [] };
  }
  const { requester } = subject;
  const groups = [...groupsOf(requester, landscape), ...(requester.memberOf ?? [])];
  const rule = policy.rules.find((candidate) => matches(candidate, subject, groups));
  if (rule === undefined) {
    const verdict: PolicyVerdict = {
      effect: 'require-approval',
      rule: 'default',
      reason: 'No rule of the policy covers the request, so a person decides.',
    };
    return { verdict, stages: resolveStages(undefined, policy) };
  }
  const { effect, name, reason, stages } = rule;
  return {
    verdict: { effect, rule: name, reason },
    stages: effect === 'require-approval' ? resolveStages(stages, policy) : [],
  };
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
function matches(rule: PolicyRule, subject: PolicyCase, groups: readonly string[]): boolean {
  const { operation, allocations, tenantAlias, location } = subject;
  if (!operationsOf(rule).includes(operation)) return false;
  if (rule.tenants !== undefined && !rule.tenants.includes(tenantAlias)) return false;
  if (rule.regions !== undefined && !rule.regions.includes(location)) return false;
  if (rule.requesters !== undefined && !rule.requesters.some((name) => groups.includes(name))) {
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
