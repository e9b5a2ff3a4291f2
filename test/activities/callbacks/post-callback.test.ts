import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { isPublicOrLoopbackAddress } from '../../../src/activities/callbacks/allowed-address.ts';
import type { CallbackDependencies } from '../../../src/activities/callbacks/callback-contracts.ts';
import { postCallback } from '../../../src/activities/callbacks/post-callback.ts';
import { eventEnvelopeSchema } from '../../../src/model/event-envelope.ts';
import { requestEvent } from '../../../src/model/events.ts';
import { teamsMessage } from '../../../src/model/teams-message.ts';
import { sampleLandscape, sampleRequest } from '../../model/samples.ts';
import {
  isSigned,
  type Script,
  sampleSecrets,
  WebhookReceiver,
} from '../../support/webhook-receiver.ts';

const request = sampleRequest();
const event = eventEnvelopeSchema.parse(
  requestEvent(
    'request.submitted',
    { id: request.id, request, state: 'planning' },
    '2026-11-22T00:00:00.000Z',
  ),
);
let now = new Date('2026-11-22T00:00:00Z');
beforeEach(() => {
  now = new Date('2026-11-22T00:00:00Z');
});

async function bench(script?: Script, change: object = {}) {
  const receiver = await WebhookReceiver.start(script);
  onTestFinished(() => receiver.close());
  const settings: Record<string, string> = { HOOK_SECRET: sampleSecrets[0] };
  const callback = {
    name: 'tickets',
    url: receiver.url,
    secretSetting: 'HOOK_SECRET',
    timeoutSeconds: 0.5,
    ...change,
  };
  const dependencies: CallbackDependencies = {
    landscape: sampleLandscape({ callbacks: [callback] }),
    settings,
    network: {
      isAllowed: isPublicOrLoopbackAddress,
      allowHttp: true,
      resolve: async () => [{ address: '127.0.0.1', family: 4 }],
    },
    failedCallbacks: { keep: async () => undefined },
    now: () => now,
  };
  const send = (attempt = 1, name = 'tickets', told = event) =>
    postCallback({ callback: name, event: told, delivery: 'd', attempt }, dependencies);
  return { receiver, settings, dependencies, send };
}

describe('a callback', () => {
  it('carries the event as it is, signed as Standard Webhooks wants it', async () => {
    const { receiver, send } = await bench();

    expect(await send()).toEqual({ ok: true, value: null });

    const [delivery] = receiver.deliveries;
    if (!delivery) throw new Error('Nothing was delivered.');
    expect(JSON.parse(delivery.body)).toEqual(event);
    expect(delivery.headers).toMatchObject({
      'content-type': 'application/cloudevents+json; charset=utf-8',
      'webhook-timestamp': '1795305600',
      // A full stop would blur where the id ends in what is signed.
      'webhook-id': expect.stringMatching(/^msg_[0-9a-f]{32}$/),
    });
    expect(await isSigned(delivery, sampleSecrets[0])).toBe(true);
    expect(await isSigned(delivery, sampleSecrets[1])).toBe(false);
    expect(await isSigned({ ...delivery, body: `${delivery.body} ` }, sampleSecrets[0])).toBe(
      false,
    );
  });

  it('is written in ASCII, so that its signature depends on no character set', async () => {
    const { receiver, send } = await bench();
    const data = { name: 'Zürich 🏔 \u2028', list: ['ÿ', '\ud800'] };
    await send(1, 'tickets', { ...event, data });
    const [delivery] = receiver.deliveries;
    expect(delivery?.body).toMatch(/^[\x20-\x7e]+$/);
    expect(JSON.parse(delivery?.body ?? '')).toEqual({ ...event, data });
    expect(delivery && (await isSigned(delivery, sampleSecrets[0]))).toBe(true);
  });

  it('has the same id at every attempt, and the time of the attempt; another event has another id', async () => {
    const { receiver, send } = await bench();
    const other = { ...event, id: `${event.id}:2` };

    await send();
    now = new Date('2026-11-22T01:00:00Z');
    await send(2);
    await send(1, 'tickets', other);

    const [first, second, third] = receiver.deliveries.map(({ headers }) => headers);
    expect(second?.['webhook-id']).toBe(first?.['webhook-id']);
    expect(second?.['webhook-timestamp']).toBe('1795309200');
    expect(third?.['webhook-id']).not.toBe(first?.['webhook-id']);
  });

  it('is signed with both secrets while the secret is being changed', async () => {
    const { receiver, settings, send } = await bench();
    settings['HOOK_SECRET'] = sampleSecrets.join(' ');

    await send();

    const [delivery] = receiver.deliveries;
    for (const secret of sampleSecrets) {
      expect(delivery && (await isSigned(delivery, secret))).toBe(true);
    }
  });

  it('is a card for Teams, where that is asked for', async () => {
    const { receiver, send } = await bench(undefined, { format: 'teams' });
    await send();
    const [delivery] = receiver.deliveries;
    expect(JSON.parse(delivery?.body ?? '')).toEqual(teamsMessage(event));
    expect(delivery?.headers['content-type']).toBe('application/json; charset=utf-8');
  });

  it('goes to the address of a setting, where the address is a secret', async () => {
    const { receiver, settings, send } = await bench(undefined, {
      url: undefined,
      urlSetting: 'HOOK_URL',
    });
    settings['HOOK_URL'] = `${receiver.url}?sig=topsecret`;
    await send();
    expect(receiver.deliveries[0]?.path).toBe('/hook?sig=topsecret');
  });
});

describe('a callback that fails', () => {
  it.each<[number, string, string]>([
    [200, '', ''],
    [204, '', ''],
    [302, 'CallbackNotAccepted', 'retryable'],
    [400, 'CallbackNotAccepted', 'retryable'],
    [401, 'CallbackNotAccepted', 'retryable'],
    [404, 'CallbackNotAccepted', 'retryable'],
    [410, 'CallbackWithdrawn', 'terminal'],
    [429, 'CallbackNotAccepted', 'retryable'],
    [500, 'CallbackNotAccepted', 'retryable'],
    [503, 'CallbackNotAccepted', 'retryable'],
  ])('is judged by its answer: %i', async (status, code, kind) => {
    const { send } = await bench(() => ({ status }));
    const outcome = await send();
    expect(outcome).toMatchObject(
      code === '' ? { ok: true } : { ok: false, error: { code, kind } },
    );
  });

  it.each([
    ['7', 7],
    ['Sun, 22 Nov 2026 00:02:00 GMT', 120],
    ['soon', undefined],
  ])('says how long the receiver wants to be left alone: %s', async (value, seconds) => {
    const { send } = await bench(() => ({
      status: 503,
      headers: { 'retry-after': value, date: 'Sun, 22 Nov 2026 00:00:00 GMT' },
    }));
    const outcome = await send();
    expect(outcome.ok ? undefined : outcome.error.retryAfterSeconds).toBe(seconds);
  });

  it('tells what the receiver says, without control characters and what looks like a secret', async () => {
    const { send } = await bench(() => ({
      status: 500,
      body: 'ORA-1\u001b[31m\n broken; password=hunter2 Bearer abcdefghijklmnopqrstuvwxyz',
    }));
    const outcome = await send();
    expect(outcome).toMatchObject({
      error: {
        message: "The callback 'tickets' was answered HTTP 500.",
        cause: 'The receiver says: ORA-1 [31m  broken; password=[secret] Bearer [token]',
      },
    });
  });

  it.each(['hang', 'drop'] as const)(
    'is tried again when the receiver does this: %s',
    async (what) => {
      const { send } = await bench(() => what);
      expect(await send()).toMatchObject({
        error: { code: 'CallbackUnreachable', kind: 'retryable' },
      });
    },
  );

  it('names neither address nor secret', async () => {
    const refused = { url: 'http://169.254.169.254/?sig=topsecret' };
    for (const change of [refused, { url: 'http://127.0.0.1:1/?sig=topsecret' }]) {
      const { send } = await bench(undefined, change);
      const outcome = await send();
      expect(outcome.ok).toBe(false);
      const told = JSON.stringify(outcome);
      for (const secret of ['topsecret', '169.254', '127.0.0.1', sampleSecrets[0].slice(6)]) {
        expect(told).not.toContain(secret);
      }
    }
  });

  it.each<[string, object, Record<string, string>, string]>([
    ['its address is not a public one', { url: 'http://10.0.0.1/' }, {}, 'CallbackAddressRefused'],
    ['its secret is gone', {}, { HOOK_SECRET: '' }, 'CallbackSettingInvalid'],
    [
      'its address is gone',
      { url: undefined, urlSetting: 'HOOK_URL' },
      { HOOK_URL: 'javascript:1' },
      'CallbackSettingInvalid',
    ],
  ])('waits for an operator when %s', async (_what, change, settings, code) => {
    const test = await bench(undefined, change);
    Object.assign(test.settings, settings);
    expect(await test.send()).toMatchObject({ error: { code, kind: 'operator' } });
    expect(test.receiver.deliveries).toEqual([]);
  });

  it('is given up when the landscape does not list it any more', async () => {
    const { send } = await bench();
    expect(await send(1, 'other')).toMatchObject({
      error: { code: 'CallbackWithdrawn', kind: 'terminal' },
    });
  });
});
