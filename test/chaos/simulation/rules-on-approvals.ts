import type { Decision } from '../../../src/ledger/ledger.ts';
import { groups, type Person, superusers } from './landscape.ts';
import type { Oracle } from './oracle.ts';
import type { MadeRequest } from './request-maker.ts';

interface Stage {
  readonly name: string;
  readonly by: keyof typeof groups;
  readonly count: number;
  readonly alsoBy?: keyof typeof groups;
}

type Json = Readonly<Record<string, unknown>>;

/** What the simulated landscape asks for, read by hand. */
function stagesFor({ operation, ...request }: MadeRequest, overrides: boolean): readonly Stage[] {
  const allocations = (request['allocations'] ?? []) as readonly Json[];
  const isWide = operation === 'allocate' && allocations.some(({ pool }) => pool === 'wide');
  if (isWide) {
    return [
      { name: 'network', by: 'network', count: 2, alsoBy: 'operators' },
      { name: 'operation', by: 'operators', count: 1 },
    ];
  }
  const first: Stage = { name: 'first', by: 'network', count: 1, alsoBy: 'operators' };
  // What northwind removes needs no approval but that of an operator.
  const isTheirs = operation === 'remove' && request.target['tenant'] === 'northwind';
  const last: Stage = { name: 'operators', by: 'operators', count: 1 };
  return [...(isTheirs ? [] : [first]), ...(overrides ? [last] : [])];
}

const isIn = (people: readonly Person[] | undefined, by: Decision['by']): boolean =>
  (people ?? []).some(
    ({ objectId, tenantId }) => objectId === by.objectId && tenantId === by.tenantId,
  );

/** Rule 2: for each stage enough different people of its groups, or a superuser; all on this plan. */
export function whatApprovalLacks(
  request: MadeRequest,
  overrides: boolean,
  own: readonly Decision[],
): string | undefined {
  if (own.some(({ decision, by }) => decision === 'break-glass' && isIn(superusers, by))) {
    return undefined;
  }
  const counted = new Set<string>();
  for (const stage of stagesFor(request, overrides)) {
    const people = new Set<string>();
    let isEscalated = false;
    for (const { decision, by, stage: name } of own) {
      if (name !== stage.name) continue;
      if (decision === 'escalate') isEscalated = true;
      const may =
        isIn(groups[stage.by], by) ||
        (isEscalated && stage.alsoBy !== undefined && isIn(groups[stage.alsoBy], by));
      const who = `${by.objectId} ${by.tenantId}`;
      if (decision === 'approve' && may && !counted.has(who)) people.add(who);
    }
    if (people.size < stage.count) {
      return `the stage ${stage.name} has ${people.size} of ${stage.count} approvals`;
    }
    for (const who of people) counted.add(who);
  }
  return undefined;
}

/** Rule 2: of an approval and the time limit one wins. Rule 3: only superusers override, only the policy expires. */
export function checkApprovalDecision(
  oracle: Oracle,
  { id, requestId, decision, by, channel, planHash, reason }: Decision,
  all: readonly Decision[],
  plan: { readonly request: MadeRequest; readonly overrides: boolean } | undefined,
): void {
  const own = all.filter((one) => one.planHash === planHash && one.id !== id);
  const isThere = (kind: Decision['decision']) => own.some((one) => one.decision === kind);
  const fault = (rule: number, text: string) =>
    oracle.report(rule, `${decision} of ${requestId} by ${by.name}: ${text}`);
  switch (decision) {
    case 'approve':
    case 'break-glass':
      if (isThere('expire')) fault(2, 'the approval had expired');
      if (decision === 'approve') return;
      if (!isIn(superusers, by)) fault(3, 'only a superuser may override');
      if (!reason) fault(3, 'there is no reason');
      return;
    case 'expire':
    case 'escalate':
      if (channel !== 'policy' || by.objectId !== undefined) fault(3, 'it is for the policy alone');
      if (isThere('break-glass')) fault(2, 'a superuser had approved');
      if (plan && whatApprovalLacks(plan.request, plan.overrides, own) === undefined) {
        fault(2, 'all stages were approved');
      }
      return;
    default:
  }
}
