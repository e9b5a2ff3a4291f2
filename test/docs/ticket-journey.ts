import { readLandscapeFile } from '../../src/local/landscape/landscape-file.ts';
import type { EventEnvelope } from '../../src/model/event-envelope.ts';
import { landscapeSchema } from '../../src/model/landscape.ts';
import { enters } from '../support/requests.ts';
import { TestPlatform } from '../support/test-platform.ts';
import { sampleSecrets } from '../support/webhook-receiver.ts';
import { textOf, textsOf } from './blocks.ts';

interface Message {
  readonly id: string;
  readonly operation: string;
  readonly request: string;
  readonly target: object;
}

/** The platform with the callback that a page describes, but to this machine. */
export function startWithCallbackOf(page: string, url: string): Promise<TestPlatform> {
  const { landscape, emulatedAzure } = readLandscapeFile();
  const { callbacks } = JSON.parse(textOf(page, 'landscape')) as {
    readonly callbacks: readonly { readonly secretSetting: string }[];
  };
  const [callback] = callbacks;
  if (!callback) throw new Error(`${page} describes no callback.`);
  const here = { ...callback, url, urlSetting: undefined };
  return TestPlatform.start({
    landscapeFile: {
      emulatedAzure,
      landscape: landscapeSchema.parse({ ...landscape, callbacks: [here] }),
    },
    settings: { [callback.secretSetting]: sampleSecrets[0] },
  });
}

/**
 * What a page tells, executed: its request is approved, two of the same kind are rejected and cancelled, then
 * what was made is removed. Answers all events, in the order of the topic.
 */
export async function runJourney(
  test: TestPlatform,
  page: string,
  send: (message: Message) => Promise<void>,
): Promise<readonly EventEnvelope[]> {
  const messages = textsOf(page, 'message').map((text): Message => JSON.parse(text));
  const of = (operation: string) => messages.filter((one) => one.operation === operation);
  const [request] = of('allocate');
  const [removal] = of('remove');
  const [approval, rejection, cancellation] = of('decide');
  if (!request || !removal || !approval || !rejection || !cancellation) {
    throw new Error(`${page} does not tell the whole journey.`);
  }
  const events: EventEnvelope[] = [];
  const take = async () => {
    await test.settle();
    events.push(...((await test.events()) as readonly EventEnvelope[]));
  };
  const planHashOf = (id: string) =>
    events.find(({ subject, type }) => subject === id && type.includes('approval.requested'))?.data[
      'planHash'
    ];

  const others = [rejection, cancellation].map((decision, number) => ({
    ...request,
    id: decision.request,
    target: { ...request.target, virtualNetwork: `vnet-other-${number}` },
  }));
  for (const one of [request, ...others]) {
    await send(one);
    await enters(test, one.id, 'awaiting-approval');
  }
  await take();
  const bound = { ...approval, planHash: planHashOf(request.id) };
  for (const one of [bound, rejection, cancellation]) {
    await send(one);
    await test.runToEnd(one.request);
  }
  await send(removal);
  await enters(test, removal.id, 'awaiting-approval');
  await take();
  await send({ ...approval, ...{ planHash: planHashOf(removal.id) }, request: removal.id });
  await test.runToEnd(removal.id);
  await take();
  return events;
}
