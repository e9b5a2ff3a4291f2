import type { PlanView, RiskFlag } from '../../model/api/request-views.ts';
import { countOf } from './counts.ts';
import { countFindings, renderUnmet } from './findings.ts';
import type { Look } from './look.ts';
import { type Fact, renderFacts, renderItem } from './sections.ts';

/** What the workflow is going to do, by what rule, and what speaks against it. */
export function renderPlan(plan: PlanView, riskFlags: readonly RiskFlag[], look: Look): string[] {
  const { policy, stages, findings, planHash } = plan;
  const { yellow } = look.colours;
  const facts: Fact[] = [
    ...changeFacts(plan),
    ['policy', `${policy.effect} by '${policy.rule}': ${policy.reason}`],
    ...stages.map((stage, index): Fact => [index === 0 ? 'approval' : '', describeStage(stage)]),
    ['checks', countFindings(findings)],
    ['plan hash', planHash],
  ];
  return [
    ...renderFacts(facts, look),
    ...riskFlags.flatMap(({ text }) => renderItem(look.glyphs.warning, text, look, yellow)),
    ...renderUnmet(findings, look, '  '),
  ];
}

function changeFacts({ change }: PlanView): Fact[] {
  const { operation, target, allocations } = change;
  const gives = operation === 'remove' ? 'gives back' : 'takes';
  return [
    ['does', doing(change)],
    ['where', whereOf(target)],
    ...allocations.map(({ poolAlias, family, numberOfIpAddresses, prefixes = [] }): Fact => {
      const what = `${countOf(numberOfIpAddresses)} ${family} addresses`;
      const which = prefixes.length > 0 ? ` (${prefixes.join(', ')})` : '';
      return [gives, `${what} of ${poolAlias}${which}`];
    }),
    ...subnetsOf(change).map((text): Fact => ['subnet', text]),
    ['tags', tagsOf(change)],
    ['detaches', listOf(change['detachedPeerings'])],
    ['overrides', listOf(change['overrides'])],
  ];
}

type Change = PlanView['change'];

function doing(change: Change): string {
  const name = textOf(change.target['virtualNetwork']) || change.target.virtualNetworkId;
  switch (change.operation) {
    case 'allocate':
      return `create the VNet ${name}`;
    case 'associate':
      return `associate the VNet ${name}`;
    case 'remove':
      return change['mode'] === 'disassociate'
        ? `disassociate the VNet ${name}, and keep it`
        : `delete the VNet ${name}`;
  }
}

function whereOf(target: Change['target']): string {
  const tenant = textOf(target['tenantAlias']);
  const group = textOf(target['resourceGroup']);
  const location = textOf(target['location']);
  const subscription = textOf(target['subscriptionId']);
  if (!tenant || !group) return target.virtualNetworkId;
  return `${tenant}, ${group}${location ? `, ${location}` : ''} (subscription ${subscription})`;
}

/** The API shows the members of a change as they are; which there are depends on the operation. */
function subnetsOf(change: Change): string[] {
  const subnets = Array.isArray(change['subnets']) ? (change['subnets'] as unknown[]) : [];
  return subnets.map((subnet) => {
    const { name, allocations = [] } = subnet as {
      name?: unknown;
      allocations?: { numberOfIpAddresses?: unknown }[];
    };
    const sizes = allocations.map(({ numberOfIpAddresses }) =>
      countOf(String(numberOfIpAddresses)),
    );
    return `${textOf(name)}: ${sizes.join(' + ')} addresses`;
  });
}

function tagsOf(change: Change): string {
  const tags = change['tags'];
  if (typeof tags !== 'object' || tags === null) return '';
  return Object.entries(tags)
    .map(([name, value]) => `${name}=${textOf(value)}`)
    .join(', ');
}

function describeStage(stage: PlanView['stages'][number]): string {
  const { name, approvers, minApprovals, timeLimitHours } = stage;
  const who = approvers.length === 0 ? 'anybody who may approve' : approvers.join(', ');
  const count = minApprovals === 1 ? '1 approval' : `${minApprovals} approvals`;
  return `${name}: ${count} by ${who}, within ${timeLimitHours} h`;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const listOf = (value: unknown): string =>
  Array.isArray(value) ? value.map(textOf).join(', ') : '';
