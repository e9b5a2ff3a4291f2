import type { DurableClient } from 'durable-functions';
import { contentHash } from '../../ledger/content-hash.ts';
import type { Decision, RequestRecord } from '../../ledger/ledger.ts';
import { judgeDecision } from '../../model/decisions.ts';
import { vendingError } from '../../model/errors.ts';
import { type Decider, isSamePerson } from '../../model/people.ts';
import type { DecideMessage } from '../../model/requests.ts';
import type { App } from '../app.ts';
import { wakeWorkflow } from '../workflow/wake-workflow.ts';
import { contradiction, type DecisionOutcome, whyStale } from './decision-outcome.ts';

/** A decision of a person, whichever way it came. */
export interface SentDecision {
  /** Of the decision; made of its content unless given, so that the same decision has the same one. */
  readonly id?: string | undefined;
  /** The request that it is about. */
  readonly request: string;
  readonly decision: DecideMessage['decision'];
  readonly by: Decider;
  readonly reason?: string | undefined;
  readonly planHash?: string | undefined;
  readonly channel: 'queue' | 'api';
  /** The revision that the decider has seen; on another one nothing is recorded. */
  readonly ifRevision?: number | undefined;
}

/**
 * The one door for decisions. The ledger first, the wake-up second: a lost event delays a decision, it
 * never loses one.
 */
export async function acceptDecision(
  app: App,
  sent: SentDecision,
  client: DurableClient,
): Promise<DecisionOutcome> {
  const record = await app.ledger.getRequest(sent.request);
  if (!record) {
    const error = vendingError('UnknownRequest', `There is no request '${sent.request}'.`);
    return { status: 'refused', requestId: sent.request, error };
  }
  const id = sent.id ?? idOf(sent);
  const decisions = await app.ledger.listDecisions(record.id);
  const known = decisions.find((decision) => decision.id === id);
  if (known) {
    if (!isRepetition(known, sent)) return contradiction(record, known);
    const outdated = whyOutdated(record, known, sent);
    if (outdated) return { status: 'refused', requestId: record.id, error: outdated };
    // A repetition does what a crash after the recording may have left undone.
    await complete(app, record, known, client);
    return { status: 'repeated', record, decision: known };
  }
  const stale = whyStale(record, sent);
  if (stale) return { status: 'refused', requestId: record.id, error: stale };
  const judged = judgeDecision(record, sent, decisions, app.landscape);
  if (!judged.ok) return { status: 'refused', requestId: record.id, error: judged.error };
  if (judged.value.effect === 'ignore') {
    const error = vendingError('AlreadyDecided', judged.value.reason);
    return { status: 'unchanged', record, error };
  }
  const { planHash = sent.planHash, stage } = judged.value;
  const at = app.now().toISOString();
  const decision = decisionOf(record, sent, { id, at, planHash, stage });
  const { revision } = record;
  const recorded = await app.ledger.recordDecision(decision, { ifRevision: revision });
  // Somebody was faster: another delivery, another decider, the time limit. What it means now is to be seen.
  if (recorded !== 'recorded') return await acceptDecision(app, sent, client);
  await complete(app, record, decision, client);
  const after = (await app.ledger.getRequest(record.id)) ?? record;
  return { status: 'accepted', record: after, decision };
}

/** Who decides is told by ids: a name may change between two deliveries. */
const idOf = ({ request, decision, by, reason, planHash }: SentDecision): string => {
  const { objectId, tenantId } = by;
  const content = { request, decision, by: { objectId, tenantId }, reason, planHash };
  return `decision-${contentHash(content).slice(0, 32)}`;
};

/** What is kept of who decided: neither groups nor roles. */
const personOf = ({ name, email, objectId, tenantId }: Decider): Decision['by'] => ({
  name,
  ...(email === undefined ? {} : { email }),
  objectId,
  tenantId,
});

interface Judged {
  readonly id: string;
  readonly at: string;
  readonly planHash: string | undefined;
  readonly stage: string | undefined;
}

const decisionOf = (
  record: RequestRecord,
  { decision, by, reason, channel }: SentDecision,
  { id, at, planHash, stage }: Judged,
): Decision => ({
  id,
  requestId: record.id,
  decision,
  by: personOf(by),
  channel,
  ...(stage === undefined ? {} : { stage }),
  ...(reason === undefined ? {} : { reason }),
  ...(planHash === undefined ? {} : { planHash }),
  at,
});

/** A decision that names no plan was bound to the plan of its time. */
const isRepetition = (known: Decision, sent: SentDecision): boolean =>
  known.decision === sent.decision &&
  known.reason === sent.reason &&
  isSamePerson(known.by, sent.by) &&
  (sent.planHash === undefined || sent.planHash === known.planHash);

/**
 * Words alone do not tell whether somebody approves once more, now another plan or a stage that has replaced the
 * one before, or whether the earlier approval is delivered again. Nothing is approved on a guess.
 */
function whyOutdated({ id, plan, state }: RequestRecord, known: Decision, sent: SentDecision) {
  if (known.decision !== 'approve' || state !== 'awaiting-approval') return undefined;
  if (sent.id !== undefined || plan === undefined) return undefined;
  if (known.planHash !== plan.planHash) {
    if (sent.planHash !== undefined) return undefined;
    return vendingError(
      'PlanChanged',
      `The approval says the same as one of ${known.at}, but the plan of the request ${id} is another one since.`,
      { remedy: 'Approve the plan that the request has now by its planHash.' },
    );
  }
  if (plan.stages.some(({ name }) => name === known.stage)) return undefined;
  return vendingError(
    'PlanChanged',
    `The approval says the same as one of ${known.at}, but other stages ask for the approval of the request ${id} since.`,
    {
      cause: 'The policy asks for other approvals than before.',
      remedy: 'Approve again under an id of its own (through the API: another Idempotency-Key).',
    },
  );
}

/** Tells the decision in the timeline, and to the workflow. */
async function complete(
  app: App,
  record: RequestRecord,
  decision: Decision,
  client: DurableClient,
): Promise<void> {
  const { by, reason, at } = decision;
  await app.ledger.appendTimeline(record.id, {
    key: `decision:${decision.id}`,
    at,
    step: 'decide',
    status: 'information',
    message: `${by.name}: ${decision.decision}${reason ? ` (${reason})` : ''}`,
  });
  await wakeWorkflow(client, record);
}
