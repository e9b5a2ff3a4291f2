import type { Decision, RequestRecord } from '../../ledger/ledger.ts';
import { approvalProgress } from '../../model/approval-progress.ts';
import { hasApproved, judgeDecision } from '../../model/decisions.ts';
import { type Decider, isSamePerson } from '../../model/people.ts';
import type { ApiApp } from '../app.ts';
import { extentOf } from './access.ts';
import { type Caller, isRequester } from './principal.ts';

/** A request, with the decisions on it where they were needed. */
export interface SeenRequest {
  readonly record: RequestRecord;
  readonly decisions: readonly Decision[];
}

/** The caller as somebody who decides. */
export const deciderOf = ({ name, objectId, tenantId, groups, roles }: Caller): Decider => ({
  name,
  objectId,
  tenantId,
  groups,
  roles,
});

type Kind = 'approve' | 'reject' | 'break-glass' | 'cancel';

/** Whether a decision of the caller would count now. */
export function couldDecide(
  { landscape }: Pick<ApiApp, 'landscape'>,
  caller: Caller,
  { record, decisions }: SeenRequest,
  decision: Kind,
): boolean {
  const planHash = record.plan?.planHash;
  const judged = judgeDecision(
    record,
    {
      decision,
      by: deciderOf(caller),
      reason: 'would be given',
      ...(planHash === undefined ? {} : { planHash }),
    },
    decisions,
    landscape,
  );
  return judged.ok && judged.value.effect === 'apply';
}

/**
 * Whether the request waits for the caller: its approval is open, and they may decide on it and have not. What
 * nobody can approve waits for somebody to reject it.
 */
export function isAwaiting(
  app: Pick<ApiApp, 'landscape'>,
  caller: Caller,
  seen: SeenRequest,
): boolean {
  const { record, decisions } = seen;
  if (record.state !== 'awaiting-approval' || record.plan === undefined) return false;
  return (
    approvalProgress(record.plan, decisions)?.status === 'open' &&
    couldDecide(app, caller, seen, 'reject') &&
    !hasApproved(caller, record.plan, decisions)
  );
}

/**
 * The request as far as the caller may see it: undefined when not at all. Who made it sees it, whatever
 * their roles.
 */
export async function seenBy(
  app: Pick<ApiApp, 'ledger' | 'landscape'>,
  caller: Caller,
  record: RequestRecord,
): Promise<SeenRequest | undefined> {
  const extent = extentOf('requests.read', caller);
  const isOwn = isRequester(record, caller);
  if (extent === undefined || (extent === 'own' && !isOwn)) return undefined;
  const decisions = await app.ledger.listDecisions(record.id);
  const seen = { record, decisions };
  if (extent === 'all' || isOwn) return seen;
  const hasDecided = decisions.some(({ by }) => isSamePerson(by, caller));
  return hasDecided || couldStillDecide(app, caller, seen) ? seen : undefined;
}

/** An approval that is complete can be rejected still, as long as nothing has begun. */
const couldStillDecide = (
  app: Pick<ApiApp, 'landscape'>,
  caller: Caller,
  seen: SeenRequest,
): boolean =>
  seen.record.state === 'awaiting-approval' &&
  (['approve', 'reject', 'break-glass'] as const).some((decision) =>
    couldDecide(app, caller, seen, decision),
  );
