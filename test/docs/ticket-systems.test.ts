import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventExamples } from '../../scripts/event-examples.ts';
import { webhookSignature } from '../../src/activities/callbacks/webhook-signature.ts';
import type { EventEnvelope } from '../../src/model/event-envelope.ts';
import { loadPublishedSchemas } from '../support/published-schemas.ts';
import { rejectReasons } from '../support/stored-messages.ts';
import type { TestPlatform } from '../support/test-platform.ts';
import { type Delivery, sampleSecrets, WebhookReceiver } from '../support/webhook-receiver.ts';
import { blocksOf, textOf, textsOf } from './blocks.ts';
import { JiraSite } from './jira-site.ts';
import { Program } from './program.ts';
import { ServiceNowInstance } from './servicenow-instance.ts';
import { runJourney, startWithCallbackOf } from './ticket-journey.ts';

const pages = ['docs/servicenow.md', 'docs/jira.md'] as const;
const check = loadPublishedSchemas();
const anyHash = 'a'.repeat(64);

describe.each(pages)('%s', (page) => {
  it('holds messages that fit the published schema', () => {
    const messages = textsOf(page, 'message');
    expect(messages.length).toBeGreaterThan(4);
    for (const message of messages) {
      const body = JSON.parse(message.replace('{planHash}', anyHash));
      expect(check('urn:vnetvending:message:v1', body), message).toEqual([]);
    }
  });

  it('leaves no JSON untold of', () => {
    const known = ['message', 'event', 'landscape', 'broker-properties'];
    for (const { language, tag, text } of blocksOf(page)) {
      if (language === 'json') expect(known, text).toContain(tag);
    }
  });
});

/** An event of a type, signed as a callback of it is. */
function signed(type: string): Delivery {
  const body = JSON.stringify(eventExamples.get(type));
  const id = `msg_${type.replaceAll('.', '_')}`;
  const timestamp = Math.floor(Date.now() / 1000);
  const key = Buffer.from(sampleSecrets[0].slice('whsec_'.length), 'base64');
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': webhookSignature({ id, timestamp, body }, [key]),
  };
  return { method: 'POST', path: '/', headers, body };
}

/** What comes back is what the page says that comes back. */
function expectEventsOf(page: string, events: readonly EventEnvelope[]): void {
  const told = textsOf(page, 'event').map((text): EventEnvelope => JSON.parse(text));
  expect(told.length).toBeGreaterThan(2);
  for (const { type, subject, data } of told) {
    const event = events.find((one) => one.type === type && one.subject === subject);
    expect(event, `${type} of ${subject}`).toMatchObject({ data });
  }
}

const approvalOf = (id: string, events: readonly EventEnvelope[]) =>
  events.find(({ subject, type }) => subject === id && type.includes('approval.requested'))?.data;

describe('a ServiceNow instance that is set up as its page says', () => {
  const page = 'docs/servicenow.md';
  const script = textOf(page, 'scripted-rest-api');
  const instance = new ServiceNowInstance();
  let receiver: WebhookReceiver;
  let test: TestPlatform;
  let events: readonly EventEnvelope[];

  beforeAll(async () => {
    instance.properties['x_contoso_vnet.webhook_secret'] = sampleSecrets[0];
    for (const number of [1, 2, 3, 4]) instance.addItem(`RITM001000${number}`);
    receiver = await WebhookReceiver.start((_number, delivery) =>
      instance.receive(script, delivery),
    );
    test = await startWithCallbackOf(page, receiver.url);
    events = await runJourney(test, page, async (message) => {
      const { body = '', broker_properties: properties = '{}' } = instance.runStep(
        textOf(page, 'outbound'),
        { message },
      );
      // What the REST API of Service Bus makes of it.
      const { MessageId: messageId, CorrelationId: correlationId } = JSON.parse(properties);
      const sender = test.serviceBus.createSender('vnet-requests');
      await sender.sendMessages({ body: Buffer.from(body), messageId, correlationId });
      await sender.close();
    });
  }, 60_000);
  afterAll(async () => {
    await test?.close();
    await receiver?.close();
  });

  const item = (number: string) =>
    instance.tables['sc_req_item']?.find((one) => one['number'] === number) as {
      readonly state: number;
      readonly notes: readonly string[];
    };

  it('gives its message the id that the page shows', () => {
    const message = JSON.parse(textsOf(page, 'message')[0] ?? '');
    const { broker_properties: made } = instance.runStep(textOf(page, 'outbound'), { message });
    const hash = createHash('sha256').update(JSON.stringify(message)).digest('hex').slice(0, 16);
    expect(JSON.parse(made ?? '')).toEqual({
      MessageId: `RITM0010001:allocate:${hash}`,
      CorrelationId: 'RITM0010001',
    });
    expect(JSON.parse(textOf(page, 'broker-properties'))).toEqual(JSON.parse(made ?? ''));
  });

  it('sees requests, decisions and a removal come to the ends that the page shows', async () => {
    expectEventsOf(page, events);
    expect(await rejectReasons(test)).toEqual([]);
    expect(test.platform.broker.counts('vnet-callbacks-failed').active).toBe(0);
  });

  it('ends with items that tell what happened', () => {
    expect(item('RITM0010001')).toMatchObject({ state: 3 });
    expect(item('RITM0010001').notes).toEqual(
      expect.arrayContaining([
        'Accepted.',
        expect.stringContaining('Waits for an approval'),
        'Approved by Ben Approver.',
        expect.stringMatching(/^Done: 10\.0\.0\.0\/20 for .*vnet-shop$/),
      ]),
    );
    expect(item('RITM0010002').state).toBe(4);
    expect(item('RITM0010002').notes.at(-1)).toContain('use the shared network');
    expect(item('RITM0010003').state).toBe(4);
    expect(item('RITM0010004').state).toBe(3);
    expect(item('RITM0010004').notes.at(-1)).toMatch(/^Gone: .*vnet-shop$/);
  });

  it('starts an approval that is bound to the plan', () => {
    const first = instance.queuedEvents.find(
      ([, , planHash]) => planHash === approvalOf('RITM0010001', events)?.['planHash'],
    );
    expect(first?.[0]).toBe('x_contoso_vnet.approval');
  });

  it('refuses what is not signed, what is old, and what is another body; takes a repetition for one', () => {
    const [delivery] = receiver.deliveries;
    if (!delivery) throw new Error('Nothing was delivered.');
    const with_ = (headers: object, body = delivery.body) =>
      instance.receive(script, { ...delivery, headers: { ...delivery.headers, ...headers }, body });
    const before = JSON.stringify(instance.tables);

    expect(with_({}).status).toBe(204);
    expect(with_({ 'webhook-signature': undefined }).status).toBe(401);
    expect(with_({ 'webhook-signature': 'v1,AAAA' }).status).toBe(401);
    expect(with_({ 'webhook-timestamp': '1700000000' }).status).toBe(401);
    expect(with_({ 'webhook-id': 'msg_other' }).status).toBe(401);
    expect(with_({}, delivery.body.replace('RITM0010001', 'RITM0010002')).status).toBe(401);
    expect(JSON.stringify(instance.tables)).toBe(before);
  });

  it('wants no event of a ticket that it does not have', () => {
    const [delivery] = receiver.deliveries;
    const [gone] = instance.tables['sc_req_item']?.splice(0, 1) ?? [];
    if (!delivery || !gone) throw new Error('There is nothing to take away.');
    expect(instance.receive(script, delivery).status).toBe(410);
    instance.tables['sc_req_item']?.unshift(gone);
  });

  it.each([...eventExamples.keys()])('takes an event of the type %s', (type) => {
    const fresh = new ServiceNowInstance();
    fresh.properties['x_contoso_vnet.webhook_secret'] = sampleSecrets[0];
    const ritm = fresh.addItem(eventExamples.get(type)?.subject ?? '');
    expect(fresh.receive(script, signed(type)).status).toBe(204);
    expect(JSON.stringify(ritm)).not.toMatch(/undefined|null|NaN|\[object/);
    const isSilent = /\.(validated|denied|expired|started|verifying)$/.test(type);
    expect(ritm['notes']).toHaveLength(isSilent ? 0 : 1);
  });

  it('runs scripts that its engine understands in every release: no newer words than those of ES5', () => {
    for (const text of [script, textOf(page, 'outbound')]) {
      expect(text.replaceAll(/\/\/.*|'[^'\n]*'/g, '')).not.toMatch(
        /=>|\b(let|const|class)\b|`|\.\.\./,
      );
    }
  });
});

describe('a Jira site with the relay of its page', () => {
  const page = 'docs/jira.md';
  let site: JiraSite;
  let relay: Program;
  let test: TestPlatform;
  let events: readonly EventEnvelope[];

  beforeAll(async () => {
    site = await JiraSite.start();
    site.failures = 1;
    relay = new Program(textOf(page, 'relay'), {
      JIRA: site.url,
      JIRA_USER: 'bot@contoso.example',
      JIRA_TOKEN: 'token',
      WEBHOOK_SECRET: sampleSecrets[0],
      PORT: '0',
    });
    const [, port] = await relay.says(/listening on (\d+)/);
    test = await startWithCallbackOf(page, `http://127.0.0.1:${port}/`);
    events = await runJourney(test, page, (message) => test.send(message));
    await test.runUntil('the last word', () => site.status['NET-43'] === 'Done');
  }, 60_000);
  afterAll(async () => {
    await test?.close();
    relay?.stop();
    await site?.close();
  });

  const commentsOn = (key: string) =>
    site.comments.filter((comment) => comment.key === key).map(({ text }) => text);

  it('sees requests, decisions and a removal come to the ends that the page shows', async () => {
    expectEventsOf(page, events);
    expect(await rejectReasons(test)).toEqual([]);
  });

  it('ends with issues that tell what happened, although Jira failed once', async () => {
    expect(site.failures).toBe(0);
    expect(site.status).toEqual({
      'NET-42': 'Done',
      'NET-43': 'Done',
      'NET-44': 'Declined',
      'NET-45': 'Declined',
    });
    expect(commentsOn('NET-42').at(-1)).toMatch(/^Done: 10\.0\.0\.0\/20 \(.*vnet-jira\)$/);
    expect(commentsOn('NET-44').at(-1)).toContain('use the shared network');
    expect(site.callers).toEqual(
      new Set([`Basic ${Buffer.from('bot@contoso.example:token').toString('base64')}`]),
    );
  });

  it('says nothing twice, and nothing that is not signed', async () => {
    const comments = [...site.comments];
    const [, port] = await relay.says(/listening on (\d+)/);
    const answer = await fetch(`http://127.0.0.1:${port}/`, {
      method: 'POST',
      headers: { 'webhook-id': 'msg_1', 'webhook-timestamp': String(Date.now() / 1000) },
      body: JSON.stringify({ type: 'com.vnetvending.allocation.failed.v1', subject: 'NET-42' }),
    });
    expect(answer.status).toBe(401);
    expect(site.comments).toEqual(comments);
    expect(new Set(comments.map((one) => JSON.stringify(one))).size).toBe(comments.length);
  });

  it.each([...eventExamples.keys()])('takes an event of the type %s', async (type) => {
    const [, port] = await relay.says(/listening on (\d+)/);
    const { headers, body } = signed(type);
    const answer = await fetch(`http://127.0.0.1:${port}/`, {
      method: 'POST',
      headers: headers as Record<string, string>,
      body,
    });
    expect(answer.status).toBe(204);
    expect(JSON.stringify(site.comments)).not.toMatch(/undefined|null|NaN|\[object/);
  });
});
