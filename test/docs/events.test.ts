import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventExamples } from '../../scripts/event-examples.ts';
import { renderEventDocs } from '../../scripts/render-event-docs.ts';
import { renderSchemas } from '../../scripts/render-schemas.ts';
import { webhookSignature } from '../../src/activities/callbacks/webhook-signature.ts';
import { readLandscapeFile } from '../../src/local/landscape/landscape-file.ts';
import { eventData } from '../../src/model/event-data.ts';
import { landscapeSchema } from '../../src/model/landscape.ts';
import { cloudEventFaults } from '../support/cloud-events.ts';
import { loadPublishedSchemas } from '../support/published-schemas.ts';
import { TestPlatform } from '../support/test-platform.ts';
import { sampleSecrets } from '../support/webhook-receiver.ts';
import { readPage, textOf, textsOf } from './blocks.ts';
import { Program } from './program.ts';

const page = 'docs/events.md';

describe('the page of event types', () => {
  it('is up to date, and has every type that there is', () => {
    expect(readPage('docs/event-types.md')).toBe(renderEventDocs());
    for (const type of [...Object.keys(eventData), 'request.rejected']) {
      expect(readPage('docs/event-types.md')).toContain(`### \`${type}\`\n`);
    }
  });

  const check = loadPublishedSchemas();
  it.each([...eventExamples.keys()])('shows an event as it is published: %s', (type) => {
    const event = eventExamples.get(type);
    expect(cloudEventFaults(event)).toEqual([]);
    expect(check('urn:vnetvending:event', event)).toEqual([]);
    expect(check(`urn:vnetvending:event:${type}:v1`, event?.data)).toEqual([]);
  });
});

it('the published schemas are up to date', () => {
  for (const [file, text] of renderSchemas()) expect(readPage(`docs/schemas/${file}`)).toBe(text);
});

it('the callbacks of the page are callbacks', () => {
  const examples = textsOf(page, 'landscape').map((text) => JSON.parse(text).callbacks);
  expect(examples).toHaveLength(2);
  for (const callbacks of examples) {
    const { landscape } = readLandscapeFile();
    expect(landscapeSchema.parse({ ...landscape, callbacks }).callbacks).toMatchObject(callbacks);
  }
});

describe('the programs of the page', () => {
  const programs: Program[] = [];
  let test: TestPlatform;

  async function startReceiver(): Promise<{ receiver: Program; url: string }> {
    const receiver = new Program(textOf(page, 'receiver'), {
      WEBHOOK_SECRET: sampleSecrets[0],
      PORT: '0',
    });
    programs.push(receiver);
    const [, port] = await receiver.says(/listening on (\d+)/);
    return { receiver, url: `http://127.0.0.1:${port}/` };
  }

  beforeEach(() => {
    programs.length = 0;
  });
  afterEach(async () => {
    await test?.close();
    for (const program of programs) program.stop();
  });

  /** The callbacks of the page, but to this machine. */
  function startPlatform(url: string): Promise<TestPlatform> {
    const { landscape, emulatedAzure } = readLandscapeFile();
    const callbacks = JSON.parse(textsOf(page, 'landscape')[0] ?? '').callbacks.map(
      (callback: object) => ({
        ...callback,
        url,
        urlSetting: undefined,
      }),
    );
    return TestPlatform.start({
      landscapeFile: {
        emulatedAzure,
        landscape: landscapeSchema.parse({ ...landscape, callbacks }),
      },
      settings: {
        SERVICENOW_WEBHOOK_SECRET: sampleSecrets[0],
        FABRIKAM_HOOK_SECRET: sampleSecrets[1],
      },
    });
  }

  async function publish(type: string): Promise<void> {
    const sender = test.serviceBus.createSender('vnet-events');
    await sender.sendMessages({ body: eventExamples.get(type), messageId: type });
    await sender.close();
    await test.settle();
  }

  it('for Node takes a callback of the platform once, and nothing else', async () => {
    const { receiver, url } = await startReceiver();
    test = await startPlatform(url);
    await publish('request.submitted');
    await receiver.says(/com\.vnetvending\.request\.submitted\.v1 RITM0010001 planning\n/);

    const body = JSON.stringify(eventExamples.get('request.planned'));
    const post = async (seconds: number, text: string) => {
      const timestamp = Math.floor(Date.now() / 1000) + seconds;
      const key = [Buffer.from(sampleSecrets[0].slice('whsec_'.length), 'base64')];
      const headers = {
        'webhook-id': 'msg_1',
        'webhook-timestamp': String(timestamp),
        'webhook-signature': `v1,AAAA ${webhookSignature({ id: 'msg_1', timestamp, body }, key)}`,
      };
      return (await fetch(url, { method: 'POST', headers, body: text })).status;
    };
    expect(await post(0, `${body} `)).toBe(401);
    expect(await post(-301, body)).toBe(401);
    expect(await post(301, body)).toBe(401);
    expect(receiver.output).not.toContain('request.planned');
    expect(await post(0, body)).toBe(204);
    expect(await post(0, body)).toBe(204);
    expect(receiver.output.match(/request\.planned/g)).toHaveLength(1);
    expect((await fetch(url, { method: 'POST', body })).status).toBe(401);
  });

  it('delivers once more what could not be delivered', async () => {
    const { receiver, url } = await startReceiver();
    // The second callback of the page has another secret, which this receiver does not know.
    test = await startPlatform(url);
    await publish('allocation.succeeded');
    const kept = () => test.platform.broker.counts('vnet-callbacks-failed').active;
    await test.runUntil('the event to be kept', () => kept() === 1);
    await receiver.says(/allocation\.succeeded/);

    const redeliver = new Program(textOf(page, 'redeliver'), {
      SERVICE_BUS: test.platform.ready.serviceBus,
    });
    programs.push(redeliver);
    await redeliver.says(/RITM0010001:allocation\.succeeded goes to fabrikam-ends once more/);
    expect(await redeliver.ended()).toBe(0);
    // The receiver still does not know the secret.
    await test.runUntil('the event to be kept again', () => kept() === 1);
  }, 60_000);
});
