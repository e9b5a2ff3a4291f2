import { eventTypes, type HistoryEvent } from '../../../src/local/host/durable/history.ts';
import type { Execution } from './durable-engine.ts';
import type { Oracle } from './oracle.ts';
import { type Orchestration, runTurn } from './orchestrator-turn.ts';
import { blockOf, meets, type Pool } from './pool-space.ts';
import type { RequestQueue } from './request-queue.ts';
import { endStates, secretMarks } from './vocabulary.ts';

export interface Remains {
  readonly executions: readonly Execution[];
  readonly queue: RequestQueue;
  readonly orchestrations: Readonly<Record<string, Orchestration>>;
}

/** What can be said only when all is over: rules 1, 4 and 6 to 9. */
export async function checkClose(oracle: Oracle, remains: Remains): Promise<void> {
  await checkRequests(oracle, remains.queue);
  checkWorld(oracle);
  await checkSecrets(oracle, remains.executions);
  for (const execution of remains.executions) {
    await checkReplay(oracle, execution, remains.orchestrations);
  }
  checkBadMessages(oracle, remains.queue);
}

const endEvents: Readonly<Record<string, RegExp>> = {
  succeeded: /\.succeeded\.v1$/,
  planned: /request\.validated\.v1$/,
  failed: /\.(failed|compensated)\.v1$/,
  rejected: /\.failed\.v1$/,
  cancelled: /\.(failed|compensated)\.v1$/,
  expired: /\.failed\.v1$/,
  'removed-release-unverified': /removal\.release-unverified\.v1$/,
  'compensation-failed': /\.compensation-failed\.v1$/,
};

/** Rule 8: what was sent was accepted, has ended, and its end was told. Rule 9: or sits where it can be seen. */
async function checkRequests(oracle: Oracle, queue: RequestQueue): Promise<void> {
  const { ledger, requests } = oracle.witnessed;
  for (const id of requests.keys()) {
    const record = await ledger.getRequest(id);
    if (!record) {
      const isDead = queue.deadLetters.some(({ messageId }) =>
        messageId.startsWith(`message-${id}-`),
      );
      if (!isDead) oracle.report(9, `${id} was sent and is neither accepted nor dead-lettered`);
      continue;
    }
    checkContents(oracle, queue, id, record.request.reason);
    if (!endStates.has(record.state)) {
      oracle.report(8, `${id} is still ${record.state}`);
      continue;
    }
    const pattern = endEvents[record.state] as RegExp;
    const told = oracle.events.filter((event) => event.subject === id && pattern.test(event.type));
    if (told.length === 0) oracle.report(8, `no event told that ${id} is ${record.state}`);
  }
}

/** Rule 9: of two requests with one id, the one that contradicts is refused, and only that one. */
function checkContents(oracle: Oracle, queue: RequestQueue, id: string, accepted: string): void {
  for (const [index, sent] of (oracle.witnessed.requests.get(id) ?? []).entries()) {
    const messageId = `message-${id}-${index}`;
    const copies = queue.rejected.filter((copy) => copy.originalMessageId === messageId);
    const isDead = queue.deadLetters.some((dead) => dead.messageId === messageId);
    const contradicts = sent['reason'] !== accepted;
    if (contradicts && copies.length === 0 && !isDead) {
      oracle.report(9, `${messageId} contradicts what was accepted, and was not refused`);
    }
    if (!contradicts && copies.length > 0) {
      oracle.report(9, `${messageId} was refused (${copies[0]?.code}), although it was accepted`);
    }
  }
}

/** Rules 1 and 4: what nobody recorded as there must not have come later; pools give nothing twice. */
function checkWorld(oracle: Oracle): void {
  const { world } = oracle.witnessed;
  const succeeded = new Set(
    oracle.ends.filter(({ state }) => state === 'succeeded').map(({ requestId }) => requestId),
  );
  const parked = new Set(
    oracle.ends
      .filter(({ state }) => state === 'compensation-failed')
      .map(({ requestId }) => requestId),
  );
  for (const network of world.created) {
    const maker = network.madeBy === 'others' ? '' : network.madeBy.request;
    if (!world.exists(network) || succeeded.has(maker) || parked.has(maker)) continue;
    if (oracle.wasInterfered(network.id, 0)) continue;
    oracle.report(4, `the VNet ${network.guid} of ${maker} is there, and nobody says so`);
  }
  for (const pool of world.pools) checkOverlaps(oracle, pool);
}

function checkOverlaps(oracle: Oracle, { alias, holds }: Pool): void {
  const blocks = holds.flatMap((hold) => hold.prefixes.map((prefix) => ({ prefix, hold })));
  for (const [index, one] of blocks.entries()) {
    const other = blocks
      .slice(index + 1)
      .find(
        ({ prefix }) =>
          prefix.includes(':') === one.prefix.includes(':') &&
          meets(blockOf(prefix), blockOf(one.prefix)),
      );
    if (other) oracle.report(1, `${alias} gave ${one.prefix} and ${other.prefix} to two VNets`);
  }
}

/** Rule 6: nothing confidential where people or programs look. */
async function checkSecrets(oracle: Oracle, executions: readonly Execution[]): Promise<void> {
  const { ledger, requests } = oracle.witnessed;
  const search = (where: string, what: unknown) => {
    const text = JSON.stringify(what) ?? '';
    for (const mark of secretMarks) {
      if (text.includes(mark)) oracle.report(6, `'${mark}' is in ${where}`);
    }
  };
  for (const { instanceId, history } of executions) search(`the history of ${instanceId}`, history);
  search('an event', oracle.events);
  search('a log', oracle.logs);
  for (const id of requests.keys()) {
    search(`the record of ${id}`, await ledger.getRequest(id));
    if (!(await ledger.getRequest(id))) continue;
    search(`the timeline of ${id}`, await ledger.listTimeline(id));
    search(`the decisions on ${id}`, await ledger.listDecisions(id));
  }
}

/** Rule 7: the whole history, run once more, gives what it holds, and ends as it ended. */
async function checkReplay(
  oracle: Oracle,
  { instanceId, name, history }: Execution,
  orchestrations: Remains['orchestrations'],
): Promise<void> {
  const orchestration = orchestrations[name];
  if (!orchestration || history.length === 0) return;
  const isEnd = ({ EventType }: HistoryEvent) =>
    EventType === eventTypes.executionCompleted || EventType === eventTypes.continueAsNew;
  const played = history
    .filter((event) => !isEnd(event))
    .map((event) => ({ ...event, IsPlayed: true }));
  const { scheduled, nonDeterminism, outcome } = await runTurn(name, orchestration, played);
  const fault = (text: string) => oracle.report(7, `the history of ${instanceId}: ${text}`);
  if (nonDeterminism) return fault(nonDeterminism);
  if (scheduled.length > 0)
    return fault(`now schedules ${scheduled.map((one) => one.name ?? one.kind)}`);
  const end = history.find(isEnd);
  const then = !end
    ? 'running'
    : end.EventType === eventTypes.continueAsNew
      ? end.Input
      : end.Result;
  const now =
    outcome.kind === 'running'
      ? 'running'
      : outcome.kind === 'continuedAsNew'
        ? outcome.input
        : outcome.kind === 'completed'
          ? outcome.output
          : JSON.stringify(outcome.message);
  if (then !== now) fault(`it ended with ${then}, now with ${now}`);
}

/** Rule 9: moved whole, told, and done with. */
function checkBadMessages(oracle: Oracle, queue: RequestQueue): void {
  for (const { messageId, body, isBad } of oracle.sent) {
    if (queue.holds(messageId)) oracle.report(9, `${messageId} is still in the queue`);
    if (!isBad) continue;
    if (queue.deadLetters.some((dead) => dead.messageId === messageId)) {
      oracle.report(9, `${messageId} is in the dead-letter queue`);
      continue;
    }
    const copies = queue.rejected.filter((copy) => copy.originalMessageId === messageId);
    if (!copies.some((copy) => Buffer.compare(copy.body, body) === 0)) {
      oracle.report(9, `${messageId} is not in the rejected queue as it was sent`);
    }
    const told = oracle.events.some(
      ({ type, data }) =>
        type === 'com.vnetvending.request.rejected.v1' &&
        'originalMessageId' in data &&
        data.originalMessageId === messageId,
    );
    if (!told) oracle.report(9, `no event told that ${messageId} was refused`);
  }
}
