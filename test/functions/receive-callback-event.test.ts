import type { InvocationContext } from '@azure/functions';
import type { DurableClient } from 'durable-functions';
import { describe, expect, it } from 'vitest';
import { receiveCallbackEvent } from '../../src/functions/callbacks/receive-callback-event.ts';
import { requestEvent } from '../../src/model/events.ts';
import { sampleLandscape, sampleRequest } from '../model/samples.ts';

const request = sampleRequest();
const event = requestEvent(
  'approval.requested',
  { id: request.id, request, state: 'awaiting-approval' },
  '2026-11-22T00:00:00Z',
);

const callback = (name: string, change: object = {}) => ({
  name,
  url: 'https://tickets.contoso.example/hook',
  secretSetting: 'HOOK_SECRET',
  ...change,
});
const landscape = sampleLandscape({
  callbacks: [
    callback('tickets'),
    callback('approvals', { events: ['approval'] }),
    callback('ends', { events: ['allocation'] }),
  ],
});

interface Instance {
  readonly instanceId: string;
  readonly input: { readonly callback: string };
}

/** Knows the instances that were started, whatever became of them. */
class FakeDurable {
  readonly started: Instance[] = [];
  answerStart: () => void = () => undefined;

  async getStatus(id: string) {
    const known = this.started.find(({ instanceId }) => instanceId === id);
    if (!known) throw new Error('404');
    return { runtimeStatus: 'Completed' };
  }

  async startNew(_name: string, instance: Instance) {
    this.answerStart();
    this.started.push(instance);
  }
}

const receive = (durable: FakeDurable, body: unknown, triggerMetadata: object = {}) =>
  receiveCallbackEvent(
    { landscape },
    body,
    durable as unknown as DurableClient,
    { triggerMetadata } as unknown as InvocationContext,
  );

const startedIn = ({ started }: FakeDurable) => started.map(({ input }) => input.callback);

describe('an event of the topic', () => {
  it('is delivered by an instance for each callback that wants it', async () => {
    const durable = new FakeDurable();
    await receive(durable, event);
    expect(startedIn(durable)).toEqual(['tickets', 'approvals']);
    expect(durable.started[0]).toMatchObject({
      instanceId: expect.stringMatching(/^callback-[0-9a-f]{40}$/),
      input: { callback: 'tickets', event, delivery: durable.started[0]?.instanceId },
    });
  });

  it('that comes twice starts nothing the second time, even if the first delivery has ended', async () => {
    const durable = new FakeDurable();
    await receive(durable, event);
    await receive(durable, event);
    expect(startedIn(durable)).toEqual(['tickets', 'approvals']);
  });

  it('that comes again after a crash half-way starts what was not started', async () => {
    const durable = new FakeDurable();
    durable.answerStart = () => {
      if (durable.started.length === 1) throw new Error('the host is going down');
    };
    await expect(receive(durable, event)).rejects.toThrow('going down');
    durable.answerStart = () => undefined;
    await receive(durable, event);
    expect(startedIn(durable)).toEqual(['tickets', 'approvals']);
  });

  it('is no failure when another delivery of the message was faster', async () => {
    const durable = new FakeDurable();
    durable.answerStart = () => {
      throw new Error('Instance already exists (409)');
    };
    await expect(receive(durable, event)).resolves.toBeUndefined();
  });

  it('has other instances than another event', async () => {
    const durable = new FakeDurable();
    await receive(durable, event);
    await receive(durable, { ...event, id: `${event.id}:resumption-1` });
    expect(new Set(durable.started.map(({ instanceId }) => instanceId)).size).toBe(4);
  });

  it.each([
    ['text', 'hello'],
    ['an empty object', {}],
    ['an event without time', { ...event, time: undefined }],
    ['an event of another version of CloudEvents', { ...event, specversion: '0.3' }],
  ])('that is none is left to the dead-letter queue: %s', async (_what, body) => {
    const durable = new FakeDurable();
    await expect(receive(durable, body)).rejects.toThrow(/no event of vnet-vending/);
    expect(durable.started).toEqual([]);
  });
});

describe('an operator', () => {
  const again = (messageId: string, name = 'approvals') => ({
    messageId,
    applicationProperties: { callback: name, failReason: 'CallbackUnreachable' },
  });

  it('has an event delivered once more, to the callback alone that missed it', async () => {
    const durable = new FakeDurable();
    await receive(durable, event);
    await receive(durable, event, again('again-1'));
    await receive(durable, event, again('again-1'));
    expect(startedIn(durable)).toEqual(['tickets', 'approvals', 'approvals']);
    await receive(durable, event, again('again-2'));
    expect(startedIn(durable)).toHaveLength(4);
  });
});
