import { readLandscapeFile } from '../../src/local/landscape/landscape-file.ts';
import { landscapeSchema } from '../../src/model/landscape.ts';
import { TestPlatform } from '../support/test-platform.ts';
import { type Answer, sampleSecrets, WebhookReceiver } from '../support/webhook-receiver.ts';
import { type RecordedRun, recordRun } from './recorded-histories.ts';

/** Deliveries of one event whose histories are kept: what the receiver answers, attempt by attempt. */
const scenarios: Readonly<Record<string, readonly Answer[]>> = {
  'callback-delivered': [
    { status: 500, body: 'the database is away' },
    { status: 429, headers: { 'retry-after': '60' } },
    { status: 204 },
  ],
  'callback-kept': [{ status: 503 }, { status: 410 }],
};

export const callbackScenarios: readonly string[] = Object.keys(scenarios);

/** Runs each of them on a platform of its own, and answers its history. */
export async function recordCallbackRuns(): Promise<readonly RecordedRun[]> {
  const runs: RecordedRun[] = [];
  for (const [name, answers] of Object.entries(scenarios)) {
    const receiver = await WebhookReceiver.start(
      (number) => answers[number - 1] ?? { status: 500 },
    );
    const test = await startPlatform(receiver);
    try {
      await publish(test, name);
      await test.runUntil(
        'the last attempt',
        () => receiver.deliveries.length === answers.length && test.platform.host.isIdle(),
      );
      const [instance] = test.platform.host.durable.listInstances();
      if (!instance) throw new Error(`Nothing was started for ${name}.`);
      runs.push(recordRun(test.platform.host.durable, name, instance.instanceId));
    } finally {
      await test.close();
      await receiver.close();
    }
  }
  return runs;
}

const startPlatform = ({ url }: WebhookReceiver): Promise<TestPlatform> => {
  const { landscape, emulatedAzure } = readLandscapeFile();
  const callbacks = [{ name: 'tickets', url, secretSetting: 'HOOK_SECRET' }];
  return TestPlatform.start({
    landscapeFile: { emulatedAzure, landscape: landscapeSchema.parse({ ...landscape, callbacks }) },
    settings: { HOOK_SECRET: sampleSecrets[0] },
  });
};

async function publish(test: TestPlatform, name: string): Promise<void> {
  const sender = test.serviceBus.createSender('vnet-events');
  await sender.sendMessages({
    body: {
      specversion: '1.0',
      id: `GOLDEN-${name}:request.submitted`,
      source: '/vnet-vending',
      type: 'com.vnetvending.request.submitted.v1',
      subject: `GOLDEN-${name}`,
      time: '2026-11-22T00:00:00.000Z',
      datacontenttype: 'application/json',
      data: { requestId: `GOLDEN-${name}` },
    },
  });
  await sender.close();
}
