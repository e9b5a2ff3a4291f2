import type { DurableClient } from 'durable-functions';
import { publishOutcome } from '../../activities/records/publish-outcome.ts';
import { contentHash } from '../../ledger/content-hash.ts';
import type { Decision, RequestRecord } from '../../ledger/ledger.ts';
import { countResumptions, judgeResumption } from '../../model/decisions.ts';
import { vendingError } from '../../model/errors.ts';
import { type Decider, isSamePerson } from '../../model/people.ts';
import { isEndState } from '../../model/states.ts';
import type { App } from '../app.ts';
import { ensureRunning } from '../workflow/start-workflow.ts';
import { contradiction, type DecisionOutcome, whyStale } from './decision-outcome.ts';

/** A resumption by an operator, whichever way it came. */
export interface SentResumption {
  /** Of the resumption; made of its content, and of how many there were before, unless given. */
  readonly id?: string | undefined;
  readonly request: string;
  readonly by: Decider;
  /** What was done about the cause. */
  readonly reason: string;
  readonly channel: 'queue' | 'api';
  /** The revision that the operator has seen; on another one nothing is recorded. */
  readonly ifRevision?: number | undefined;
}

/**
 * Lets a parked compensation go on. Who resumed it, and that the request is being taken back again, is
 * one write: a message that is delivered twice resumes once.
 */
export async function acceptResumption(
  app: App,
  sent: SentResumption,
  client: DurableClient,
): Promise<DecisionOutcome> {
  const { ledger, landscape } = app;
  const record = await ledger.getRequest(sent.request);
  if (!record) {
    const error = vendingError('UnknownRequest', `There is no request '${sent.request}'.`);
    return { status: 'refused', requestId: sent.request, error };
  }
  const decisions = await ledger.listDecisions(record.id);
  const id = sent.id ?? idOf(sent, countResumptions(decisions));
  const known = decisions.find((decision) => decision.id === id);
  if (known) {
    if (!isRepetition(known, sent)) return contradiction(record, known);
    // A repetition does what a crash after the recording may have left undone.
    return { status: 'repeated', record: await complete(app, known, client), decision: known };
  }
  const stale = whyStale(record, sent);
  if (stale) return { status: 'refused', requestId: record.id, error: stale };
  const judged = judgeResumption(record, sent.by, landscape);
  if (!judged.ok) return { status: 'refused', requestId: record.id, error: judged.error };
  // That it was parked is told first: the same end may come once more, as another event.
  await publishOutcome({ requestId: record.id, step: 'resume', attempt: 1 }, app);
  const decision = decisionOf(sent, id, app.now().toISOString());
  const recorded = await ledger.recordDecision(decision, {
    change: { state: 'compensating' },
    ifRevision: record.revision,
  });
  // Another delivery, or another operator, was faster; what it means now is to be seen.
  if (recorded !== 'recorded') return await acceptResumption(app, sent, client);
  return { status: 'accepted', record: await complete(app, decision, client), decision };
}

const idOf = ({ request, by, reason }: SentResumption, before: number): string => {
  const content = { request, by: [by.tenantId, by.objectId], reason, before };
  return `resumption-${contentHash(content).slice(0, 32)}`;
};

function decisionOf(sent: SentResumption, id: string, at: string): Decision {
  const { request, by, reason, channel } = sent;
  const { name, email, objectId, tenantId } = by;
  return {
    id,
    requestId: request,
    decision: 'resume',
    by: { name, ...(email === undefined ? {} : { email }), objectId, tenantId },
    channel,
    reason,
    at,
  };
}

/** The same resumption may come once more by another way, and from somebody who is called otherwise by now. */
const isRepetition = (known: Decision, sent: SentResumption): boolean =>
  known.decision === 'resume' && known.reason === sent.reason && isSamePerson(known.by, sent.by);

/** Tells the resumption in the timeline, and starts the workflow; answers the record as it is then. */
async function complete(
  app: App,
  { id, requestId, by, reason, at }: Decision,
  client: DurableClient,
): Promise<RequestRecord> {
  await app.ledger.appendTimeline(requestId, {
    key: `decision:${id}`,
    at,
    step: 'resume',
    status: 'information',
    message: `${by.name} resumed the compensation: ${reason}`,
  });
  const resumed = await app.ledger.getRequest(requestId);
  if (!resumed) throw new Error(`The ledger has lost the request '${requestId}'.`);
  if (!isEndState(resumed.state)) await ensureRunning(app, resumed, client);
  return resumed;
}
