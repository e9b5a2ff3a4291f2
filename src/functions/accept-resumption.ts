import type { DurableClient } from 'durable-functions';
import { publishOutcome } from '../activities/records/publish-outcome.ts';
import { contentHash } from '../ledger/content-hash.ts';
import type { Decision } from '../ledger/ledger.ts';
import { judgeResumption } from '../model/decisions.ts';
import { vendingError } from '../model/errors.ts';
import type { ResumeMessage } from '../model/requests.ts';
import { isEndState } from '../model/states.ts';
import type { App } from './app.ts';
import type { Refusal } from './reject-message.ts';
import { ensureRunning } from './start-workflow.ts';

/**
 * Lets a parked compensation go on. Who resumed it, and that the request is being taken back again, is
 * one write: a message that is delivered twice resumes once.
 */
export async function acceptResumption(
  app: App,
  message: ResumeMessage,
  client: DurableClient,
): Promise<Refusal | undefined> {
  const { ledger, landscape } = app;
  const record = await ledger.getRequest(message.request);
  if (!record) {
    const error = vendingError('UnknownRequest', `There is no request '${message.request}'.`);
    return { error, requestId: message.request };
  }
  const known = (await ledger.listDecisions(record.id)).find(({ id }) => id === message.id);
  if (known && !isRepetition(known, message)) {
    const error = vendingError(
      'Contradiction',
      `A decision '${message.id}' on the request '${record.id}' with other content was taken at ${known.at}.`,
    );
    return { error, requestId: record.id };
  }
  const at = known?.at ?? app.now().toISOString();
  if (!known) {
    const judged = judgeResumption(record, message.by, landscape.operators);
    if (!judged.ok) return { error: judged.error, requestId: record.id };
    // That it was parked is told first: the same end may come once more, as another event.
    await publishOutcome({ requestId: record.id, step: 'resume', attempt: 1 }, app);
    const recorded = await ledger.recordDecision(decisionOf(message, at), {
      change: { state: 'compensating' },
    });
    // Another delivery was faster; whether it said the same is to be seen.
    if (recorded === 'repeated') return await acceptResumption(app, message, client);
  }
  // A repetition does what a crash after the recording may have left undone.
  await ledger.appendTimeline(record.id, {
    key: `decision:${message.id}`,
    at,
    step: 'resume',
    status: 'information',
    message: `${message.by.name} resumed the compensation: ${message.reason}`,
  });
  const resumed = await ledger.getRequest(record.id);
  if (resumed && !isEndState(resumed.state)) await ensureRunning(app, resumed, client);
  return undefined;
}

const decisionOf = ({ id, request, by, reason }: ResumeMessage, at: string): Decision => ({
  id,
  requestId: request,
  decision: 'resume',
  by,
  channel: 'queue',
  reason,
  at,
});

const isRepetition = (known: Decision, message: ResumeMessage): boolean =>
  contentHash(decisionOf(message, known.at)) === contentHash(known);
