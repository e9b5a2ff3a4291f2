import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { LandscapeFile } from '../../src/local/landscape/landscape-file.ts';
import { readLandscapeFile } from '../../src/local/landscape/landscape-file.ts';
import { landscapeSchema } from '../../src/model/landscape.ts';
import { findConfidential } from '../replay/confidential.ts';
import { decision, enters, largeRequest, smallRequest } from '../support/requests.ts';
import { TestPlatform, type TestPlatformOptions } from '../support/test-platform.ts';
import { isSigned, sampleSecrets, WebhookReceiver } from '../support/webhook-receiver.ts';

const settings = {
  HOOK_SECRET: sampleSecrets.join(' '),
};

function landscapeWith(callbacks: readonly object[]): LandscapeFile {
  const { landscape, emulatedAzure } = readLandscapeFile();
  return { emulatedAzure, landscape: landscapeSchema.parse({ ...landscape, callbacks }) };
}

const callbackTo = ({ url }: WebhookReceiver, change: object = {}) => ({
  name: 'tickets',
  url,
  secretSetting: 'HOOK_SECRET',
  timeoutSeconds: 0.5,
  ...change,
});

const startPlatform = (callbacks: readonly object[], options: TestPlatformOptions = {}) =>
  TestPlatform.start({ landscapeFile: landscapeWith(callbacks), settings, ...options });

/** An event on the topic that no workflow has published. */
const strayEvent = (id: string) => ({
  specversion: '1.0',
  id,
  source: '/vnet-vending',
  type: 'com.vnetvending.request.submitted.v1',
  subject: id,
  time: '2026-11-22T00:00:00.000Z',
  datacontenttype: 'application/json',
  data: { requestId: id, target: { tenant: 'fabrikam' } },
});

async function publish(test: TestPlatform, id: string, message: object = {}): Promise<void> {
  const sender = test.serviceBus.createSender('vnet-events');
  await sender.sendMessages({ body: strayEvent(id), messageId: id, ...message });
  await sender.close();
}

const failedIn = (test: TestPlatform): Promise<readonly ServiceBusReceivedMessage[]> =>
  test.take('vnet-callbacks-failed');

const webhookIds = ({ deliveries }: WebhookReceiver) =>
  deliveries.map(({ headers }) => headers['webhook-id']);

describe('a platform with callbacks', () => {
  let test: TestPlatform;
  let tickets: WebhookReceiver;
  let approvals: WebhookReceiver;
  let northwind: WebhookReceiver;
  const folder = mkdtempSync(join(tmpdir(), 'vnet-vending-callbacks-'));

  beforeAll(async () => {
    [tickets, approvals, northwind] = await Promise.all([
      WebhookReceiver.start(),
      WebhookReceiver.start(),
      WebhookReceiver.start(),
    ]);
    test = await startPlatform(
      [
        callbackTo(tickets),
        callbackTo(approvals, { name: 'approvals', events: ['approval'] }),
        callbackTo(northwind, { name: 'northwind', tenants: ['northwind'] }),
      ],
      { dataDirectory: folder },
    );
  });
  afterAll(async () => {
    await test?.close();
    for (const receiver of [tickets, approvals, northwind]) await receiver?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    await test.settle();
    for (const receiver of [tickets, approvals, northwind]) {
      receiver.deliveries.length = 0;
      receiver.script = () => ({ status: 204 });
    }
    await test.events();
  });

  it('tells each of them what it wants to know, once, signed, word for word', async () => {
    await test.send(largeRequest(test, 'CALL-1'));
    await enters(test, 'CALL-1', 'awaiting-approval');
    await test.settle();
    await test.send(decision('CALL-1', 'approve'));
    await test.runToEnd('CALL-1');
    await test.settle();

    const events = await test.events();
    const byId = (list: readonly { readonly id: string }[]) =>
      [...list].sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(byId(tickets.events)).toEqual(byId(events));
    expect(tickets.events.map(({ id }) => id)).toContain('CALL-1:allocation.succeeded');
    expect(new Set(approvals.events.map(({ type }) => type))).toEqual(
      new Set(['requested', 'granted'].map((what) => `com.vnetvending.approval.${what}.v1`)),
    );
    expect(northwind.deliveries).toEqual([]);
    for (const delivery of [...tickets.deliveries, ...approvals.deliveries]) {
      for (const secret of sampleSecrets) expect(await isSigned(delivery, secret)).toBe(true);
    }
    // The same event has the same id, whoever is told.
    expect(webhookIds(tickets)).toEqual(expect.arrayContaining(webhookIds(approvals)));
  });

  it('tries again after errors, throttling and silence, and waits as long as it is asked to', async () => {
    const at: number[] = [];
    tickets.script = (number) => {
      at.push(test.clock.now());
      if (number === 1) return { status: 500, body: 'the database is away' };
      if (number === 2) return { status: 429, headers: { 'retry-after': '300' } };
      return number === 3 ? 'hang' : { status: 200 };
    };
    await publish(test, 'AGAIN-1');
    await test.runUntil('the fourth attempt', () => at.length === 4);
    await test.settle();

    const delays = at.slice(1).map((time, index) => Math.round((time - (at[index] ?? 0)) / 1000));
    expect(delays).toEqual([5, 300, 20]);
    expect(new Set(webhookIds(tickets)).size).toBe(1);
    expect(await failedIn(test)).toEqual([]);
  });

  it('does not follow a receiver to another place', async () => {
    tickets.script = (number) =>
      number === 1 ? { status: 307, headers: { location: northwind.url } } : { status: 204 };
    await publish(test, 'MOVED-1');
    await test.runUntil('the second attempt', () => tickets.deliveries.length === 2);
    expect(northwind.deliveries).toEqual([]);
  });

  it('keeps an event that cannot be delivered within a day, and the request does not notice', async () => {
    tickets.script = () => ({ status: 503, body: 'away until Monday' });
    await test.send(smallRequest(test, 'CALL-2'));
    const { state } = await test.runToEnd('CALL-2');
    expect(state).toBe('succeeded');
    await test.settle();
    const timeline = await test.ledger.listTimeline('CALL-2');
    const published = (await test.events()).filter(({ subject }) => subject === 'CALL-2');
    const began = test.clock.now();
    const stuck = () => test.platform.broker.counts('vnet-callbacks-failed').active;
    await test.runUntil('all of them to be kept', () => stuck() === published.length);

    expect((test.clock.now() - began) / 3_600_000).toBeCloseTo(24, 0);
    const kept = await failedIn(test);
    expect(new Set(kept.map(({ body }) => body.id))).toEqual(
      new Set(published.map(({ id }) => id)),
    );
    const [first] = kept;
    expect(first).toMatchObject({
      body: published.find(({ id }) => id === first?.body.id),
      contentType: 'application/cloudevents+json',
      subject: first?.body.type,
      correlationId: 'CALL-2',
      applicationProperties: {
        callback: 'tickets',
        attempts: expect.any(Number),
        failReason: 'CallbackNotAccepted',
        failDescription: expect.stringContaining('HTTP 503. The receiver says: away until Monday'),
      },
    });
    expect(await test.ledger.listTimeline('CALL-2')).toEqual(timeline);
    expect((await test.ledger.getRequest('CALL-2'))?.state).toBe('succeeded');
  });

  it('delivers a kept event once more when an operator sends it to the topic again', async () => {
    tickets.script = () => ({ status: 410 });
    await publish(test, 'KEPT-1');
    await test.settle();
    const [kept] = await failedIn(test);
    expect(kept?.applicationProperties).toMatchObject({ failReason: 'CallbackWithdrawn' });

    tickets.script = () => ({ status: 204 });
    await publish(test, 'KEPT-1', {
      messageId: 'KEPT-1-again',
      applicationProperties: { callback: 'tickets' },
    });
    await test.settle();

    expect(new Set(webhookIds(tickets)).size).toBe(1);
    expect(tickets.deliveries).toHaveLength(2);
    expect(await failedIn(test)).toEqual([]);

    // And it is kept once more, if it fails once more.
    tickets.script = () => ({ status: 410 });
    const message = { messageId: 'KEPT-1-third', applicationProperties: { callback: 'tickets' } };
    await publish(test, 'KEPT-1', message);
    await test.settle();
    expect(await failedIn(test)).toHaveLength(1);
  });

  it('leaves what is no event to the dead-letter queue of the subscription', async () => {
    await publish(test, 'BAD-1', { body: { hello: 'world' } });
    await test.settle();
    const dead = 'vnet-events/Subscriptions/callbacks/$DeadLetterQueue';
    expect(test.platform.broker.counts(dead).active).toBe(1);
  });

  it('keeps no secret, and no address, in durable history and in the log', async () => {
    const { durable } = test.platform.host;
    const histories = durable
      .listInstances()
      .filter(({ instanceId }) => instanceId.startsWith('callback-'))
      .map(({ instanceId }) => durable.getGenerations(instanceId));
    expect(histories.length).toBeGreaterThan(5);
    const secrets = sampleSecrets.map((secret) => secret.slice('whsec_'.length));
    const known = [...secrets, tickets.url];
    for (const history of histories) {
      expect(findConfidential(JSON.stringify(history), known)).toEqual([]);
    }
    const log = readFileSync(join(folder, 'platform.log'), 'utf8');
    expect(log).toContain('CallbackNotAccepted');
    for (const secret of known) expect(log).not.toContain(secret);
  });
});

describe('a callback is delivered at least once', () => {
  it('and not twice, when every message of the topic comes twice', async () => {
    const receiver = await WebhookReceiver.start();
    const test = await startPlatform([callbackTo(receiver)], {
      testing: { deliverMessagesTwice: true },
    });
    onTestFinished(async () => {
      await test.close();
      await receiver.close();
    });
    await publish(test, 'TWICE-1');
    await test.settle();
    expect(receiver.deliveries).toHaveLength(1);
  });

  it('with the same id, when the attempt is repeated whose answer was lost', async () => {
    const receiver = await WebhookReceiver.start();
    const test = await startPlatform([callbackTo(receiver)], {
      testing: { runActivitiesTwice: true },
    });
    onTestFinished(async () => {
      await test.close();
      await receiver.close();
    });
    await publish(test, 'TWICE-2');
    await test.settle();
    expect(receiver.deliveries).toHaveLength(2);
    expect(new Set(webhookIds(receiver)).size).toBe(1);
  });

  /** Commits of the durable engine from the start of a delivery to its end. */
  it.each([1, 2, 3, 4])(
    'by a platform that dies after commit %i of the delivery',
    async (point) => {
      const folder = mkdtempSync(join(tmpdir(), 'vnet-vending-callback-'));
      const receiver = await WebhookReceiver.start();
      onTestFinished(async () => {
        await receiver.close();
        rmSync(folder, { recursive: true, force: true });
      });
      let commits = 0;
      let armed = false;
      const onCommit = () => {
        if (!armed) return;
        commits += 1;
        if (commits >= point) throw new Error('killed');
      };
      const dying = await startPlatform([callbackTo(receiver)], {
        dataDirectory: folder,
        testing: { onCommit },
      });
      await dying.settle();
      armed = true;
      await publish(dying, 'DIES-1');
      while (commits < point) await sleep(5);
      await dying.platform.host.kill();
      await dying.close();

      const test = await startPlatform([callbackTo(receiver)], {
        dataDirectory: folder,
        clock: dying.clock,
      });
      // A message that was not settled comes back when its lock runs out.
      await test.runUntil('the delivery', () => receiver.deliveries.length > 0);
      await test.settle();
      await test.close();

      expect(receiver.events[0]).toEqual(strayEvent('DIES-1'));
      expect(new Set(webhookIds(receiver)).size).toBe(1);
      expect(receiver.deliveries.length).toBeLessThanOrEqual(2);
    },
  );
});
