import { DatabaseSync } from 'node:sqlite';
import type { AmqpAnnotatedMessage } from '@azure/core-amqp';
import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { messagesOf } from '../model/message-generator.ts';
import { type BadMessage, badMessages, badMessagesByHand } from '../support/bad-messages.ts';
import { type BadMessageContext, envelope } from '../support/bad-requests.ts';
import { createExistingNetwork } from '../support/existing-network.ts';
import {
  approver,
  associateRequest,
  decision,
  enters,
  operator,
  putOfVirtualNetwork,
  removeRequest,
  requester,
  smallRequest,
} from '../support/requests.ts';
import {
  expectCopy,
  rejectReasons,
  sendInBatches,
  sequenceNumberOf,
  takeStored,
  world,
} from '../support/stored-messages.ts';
import { TestPlatform } from '../support/test-platform.ts';

let test: TestPlatform;

beforeAll(async () => {
  test = await TestPlatform.start();
  await createExistingNetwork(test, existing, '10.2.0.0/24');
  for (const request of accepted()) {
    await test.send(request);
    expect((await test.runToEnd(request.id)).state).toBe('planned');
  }
  await test.send(waiting());
  await enters(test, 'GOOD-2', 'awaiting-approval');
  await test.send(overriding());
  await enters(test, 'GOOD-OVERRIDE', 'awaiting-approval');
  await park();
  await test.settle();
});
afterAll(async () => {
  await test?.close();
});
beforeEach(async () => {
  await test.events();
  await test.rejected();
  await test.control.clearRequests();
});

/** A VNet that nobody requested. */
const existing = 'vnet-by-hand';

const valid = (id: string) => smallRequest(test, id);
const accepted = () => [
  { ...valid('GOOD-1'), dryRun: true },
  associateRequest(test, 'GOOD-ASSOCIATE', existing, { dryRun: true }),
  removeRequest(test, 'GOOD-REMOVE', existing, 'disassociate', { dryRun: true }),
];
/** Above what policy approves by itself. */
const waiting = () => ({
  ...valid('GOOD-2'),
  requester,
  allocations: [{ pool: 'corp-centralus', prefixLength: 20 }],
});
/** Only an operator may approve the removal of what no request created. */
const overriding = () =>
  removeRequest(test, 'GOOD-OVERRIDE', existing, 'delete', { override: true });

const resumption = (id: string) => ({
  id,
  operation: 'resume',
  request: 'GOOD-PARKED',
  by: operator,
  reason: 'the role is back',
});

/** A request whose compensation failed, and failed again when it was resumed. */
async function park(): Promise<void> {
  await test.control.addFault({
    match: { ...putOfVirtualNetwork, times: 1 },
    effect: { failOperation: { code: 'AllocationFailed', message: 'No capacity.' } },
  });
  await test.control.addFault({
    match: { method: 'DELETE', path: '/virtualNetworks/' },
    effect: { status: 403, code: 'AuthorizationFailed' },
  });
  await test.send(valid('GOOD-PARKED'));
  await enters(test, 'GOOD-PARKED', 'compensation-failed');
  await test.send(resumption('CHG-TAKEN'));
  await test.runUntil('GOOD-PARKED to be parked again', async () => {
    const decisions = await test.ledger.listDecisions('GOOD-PARKED');
    const record = await test.ledger.getRequest('GOOD-PARKED');
    return decisions.length === 1 && record?.state === 'compensation-failed';
  });
  await test.control.clearFaults();
}

/** What bad messages are made of. */
const context = (): BadMessageContext => ({
  valid: [
    valid('NEVER-1'),
    associateRequest(test, 'NEVER-2', existing),
    removeRequest(test, 'NEVER-3', existing, 'delete', { detachPeerings: true }),
    removeRequest(test, 'NEVER-4', existing, 'disassociate'),
    decision('GOOD-2', 'approve'),
    resumption('NEVER-5'),
  ],
  accepted: accepted(),
  waiting: { id: 'GOOD-2', requester },
  overriding: 'GOOD-OVERRIDE',
  approver,
  parked: { id: 'GOOD-PARKED', resumption: resumption('CHG-TAKEN') },
  operator,
});

/** Sends bad messages: nothing starts or changes, each is kept whole with its reason, and each is told. */
async function expectRejectedWhole(
  sent: readonly BadMessage[],
): Promise<readonly ServiceBusReceivedMessage[]> {
  const before = await world(test);
  await test.control.clearRequests();
  await sendInBatches(
    test,
    sent.map(({ message }) => message),
  );
  await test.settle();

  expect(test.platform.broker.counts('vnet-requests')).toEqual({
    active: 0,
    deferred: 0,
    scheduled: 0,
    deadLetter: 0,
  });
  const copies = await takeStored(test, 'vnet-requests-rejected');
  copies.sort((one, other) => sequenceNumberOf(one) - sequenceNumberOf(other));
  const published = await test.events();
  const events = new Map(published.map((event) => [event.id, event]));
  const first = sequenceNumberOf(copies[0] as ServiceBusReceivedMessage);
  for (const [serial, bad] of sent.entries()) {
    const copy = copies[serial];
    const where = `message ${serial} (${bad.expected}): ${bad.message.body.subarray(0, 600)}`;
    if (!copy || sequenceNumberOf(copy) !== first + serial) throw new Error(`Not kept: ${where}`);
    expectCopy(copy, bad, where);
    expect(events.get(`${copy.messageId}:request.rejected`), where).toMatchObject({
      type: 'com.vnetvending.request.rejected.v1',
      data: {
        originalMessageId: copy.applicationProperties?.['originalMessageId'],
        error: { code: bad.expected },
      },
    });
  }
  expect(copies).toHaveLength(sent.length);
  expect(published).toHaveLength(sent.length);
  expect(await test.control.requests()).toEqual([]);
  expect(await world(test)).toEqual(before);
  return copies;
}

/** The operation that a body names, as far as it is one. */
function operationIn(body: Buffer): string {
  try {
    const value = JSON.parse(body.toString());
    return String((value.data ?? value).operation);
  } catch {
    return 'none';
  }
}

describe('1,000 generated bad messages, sent in batches', () => {
  const count = 1_000;
  const seed = 20_261_122;

  it('start nothing, and each is in the rejected queue whole, with its reason and its event', async () => {
    await expectRejectedWhole(badMessages(context(), count, seed));
  });

  it('are wrong in every way that is possible for each operation', () => {
    const made = new Set(
      badMessages(context(), count, seed).map(
        ({ expected, message }) => `${operationIn(message.body)} ${expected}`,
      ),
    );
    const all = ['SchemaInvalid', 'UnsupportedVersion'];
    const possible = {
      allocate: [...all, 'Contradiction'],
      associate: [...all, 'Contradiction'],
      remove: [...all, 'Contradiction'],
      decide: [...all, 'Contradiction', 'UnknownRequest', 'Unauthorized', 'PlanChanged'],
      resume: [...all, 'Contradiction', 'UnknownRequest', 'Unauthorized', 'DecisionNotPossible'],
    };
    expect([...made]).toEqual(
      expect.arrayContaining(
        Object.entries(possible).flatMap(([operation, codes]) =>
          codes.map((code) => `${operation} ${code}`),
        ),
      ),
    );
  });
});

describe('bad messages written by hand', () => {
  it('are refused with words that name the fault', async () => {
    const sent = badMessagesByHand(context());
    const copies = await expectRejectedWhole(sent);

    for (const [serial, { what, told }] of sent.entries()) {
      expect(copies[serial]?.applicationProperties?.['rejectDescription'], what).toContain(told);
    }
  });
});

describe('good messages of every operation', () => {
  it('are all accepted: generated requests, each spelled in a way of its own', async () => {
    const requests = (['allocate', 'associate', 'remove'] as const).flatMap((operation) =>
      fc.sample(messagesOf(operation), { numRuns: 8, seed: 20_261_124 }).map(({ body }, serial) => {
        const request = { ...body, id: `TAKEN-${operation}-${serial}` };
        return { id: request.id, body: serial % 2 === 0 ? request : envelope(request) };
      }),
    );
    await sendInBatches(test, requests);
    for (const { id } of requests) {
      // No tenant of the landscape, so that nothing is asked of Azure.
      expect((await test.runToEnd(id)).error?.code, id).toBe('UnknownTenant');
    }
    expect(await rejectReasons(test)).toEqual([]);
  });

  it('resume a request that only bad messages were sent about', async () => {
    expect((await test.ledger.getRequest('GOOD-PARKED'))?.state).toBe('compensation-failed');
    await test.send(envelope(resumption('CHG-GOOD')));
    await enters(test, 'GOOD-PARKED', 'failed');
    expect(await rejectReasons(test)).toEqual([]);
  });
});

describe('a decision under an id that was taken before', () => {
  const decide = (decision: string) => ({
    id: 'CHG-1',
    operation: 'decide',
    request: 'GOOD-2',
    decision,
    by: approver,
    reason: 'agreed in the change board',
  });

  it('is refused as a contradiction when it says something else, and the first one stands', async () => {
    await test.send(decide('approve'), 'CHG-1-first');
    await test.send(decide('reject'), 'CHG-1-other');
    await test.send(decide('approve'), 'CHG-1-again');
    const record = await test.runToEnd('GOOD-2');
    await test.send(decide('cancel'), 'CHG-1-late');
    await test.settle();

    expect(record.state).toBe('succeeded');
    expect(await test.ledger.listDecisions('GOOD-2')).toHaveLength(1);
    const copies = await takeStored(test, 'vnet-requests-rejected');
    const reasons = copies.map(({ applicationProperties: properties }) => [
      properties?.['originalMessageId'],
      properties?.['rejectReason'],
    ]);
    expect(new Map(reasons as [string, string][])).toEqual(
      new Map([
        ['CHG-1-other', 'Contradiction'],
        ['CHG-1-late', 'Contradiction'],
      ]),
    );
  });
});

describe('a body that is an AMQP text value', () => {
  const textValue = (text: string): AmqpAnnotatedMessage => ({ body: text, bodyType: 'value' });

  it('is read as that text, and moved as that text when it is bad', async () => {
    const good = JSON.stringify({ ...valid('GOOD-3'), dryRun: true });
    await sendInBatches(test, [textValue(good), textValue('not JSON')]);

    expect((await test.runToEnd('GOOD-3')).state).toBe('planned');
    await test.settle();
    const copies = await takeStored(test, 'vnet-requests-rejected');
    expect(copies.map(({ body }) => String(body))).toEqual(['not JSON']);
  });
});

describe('a message whose handling fails unexpectedly', () => {
  const deliveries = 10;

  async function expectDeadLettered(): Promise<ServiceBusReceivedMessage> {
    await test.settle();
    expect(test.platform.broker.counts('vnet-requests').active).toBe(0);
    expect(await rejectReasons(test)).toEqual([]);
    const [dead, ...others] = await takeStored(test, 'vnet-requests', {
      subQueueType: 'deadLetter',
    });
    expect(others).toEqual([]);
    expect(dead?.deadLetterReason).toBe('MaxDeliveryCountExceeded');
    expect(dead?.deliveryCount).toBe(deliveries);
    return dead as ServiceBusReceivedMessage;
  }

  /** Refuses every new request, as a full disk would; the rest of the ledger works. */
  function withBrokenLedger(sql: string): void {
    const database = new DatabaseSync(test.platform.ledgerFile);
    database.exec(sql);
    database.close();
  }

  it('is redelivered and ends whole in the dead-letter queue while the ledger cannot be written, and succeeds when it is sent again', async () => {
    const before = await world(test);
    withBrokenLedger(
      `CREATE TRIGGER unavailable BEFORE INSERT ON requests BEGIN SELECT RAISE(ABORT, 'disk full'); END`,
    );
    const request = { ...valid('GOOD-4'), dryRun: true };
    await test.control.clearRequests();
    await test.send(request, 'GOOD-4-1');
    const dead = await expectDeadLettered();
    withBrokenLedger('DROP TRIGGER unavailable');

    expect(String(dead.body)).toBe(JSON.stringify(request));
    expect(dead.messageId).toBe('GOOD-4-1');
    expect(await test.control.requests()).toEqual([]);
    expect(await world(test)).toEqual(before);

    await test.send(JSON.parse(String(dead.body)), 'GOOD-4-2');
    expect((await test.runToEnd('GOOD-4')).state).toBe('planned');
  });

  it('ends whole in the dead-letter queue when its rejected copy would exceed the size limit of Service Bus', async () => {
    const before = await world(test);
    const body = Buffer.alloc(256 * 1024 - 200, 'x');
    await sendInBatches(test, [{ body, messageId: 'HUGE-1' }]);
    const dead = await expectDeadLettered();

    expect(Buffer.compare(dead.body, body)).toBe(0);
    expect(await world(test)).toEqual(before);
  });

  it('ends whole in the dead-letter queue when its body is neither bytes nor text', async () => {
    const before = await world(test);
    const body = { id: 'MAP-1', operation: 'allocate' };
    await sendInBatches(test, [{ body, bodyType: 'value' } satisfies AmqpAnnotatedMessage]);
    const dead = await expectDeadLettered();

    expect(dead.body).toEqual(body);
    expect(await world(test)).toEqual(before);
  });
});
