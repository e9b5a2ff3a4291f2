import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { brokerEntities } from '../../src/local/platform.ts';
import { missing, type Prediction, predict, type Resource, timeout, variants } from './predict.ts';

/** What Service Bus does unless told otherwise, and so does the local broker. */
const defaults = { lockDurationSeconds: 60, maxDeliveryCount: 10 };

describe('Service Bus', { timeout }, () => {
  let standard: Prediction;

  beforeAll(async () => {
    if (missing === undefined) standard = await predict('main.bicep', variants.standard);
  }, timeout);

  beforeEach((context) => {
    if (missing !== undefined) context.skip(missing);
  });

  const named = (type: string): readonly (readonly [string, Resource['properties']])[] =>
    standard
      .ofType(`Microsoft.ServiceBus/namespaces/${type}`)
      .map(({ name, properties }) => [name.split('/').at(-1) ?? '', properties] as const);

  it('has the queues of the local platform', () => {
    const queues = named('queues').map(([name, properties]) => ({
      name,
      ...delivery(properties),
      ...duplicates(properties),
    }));

    expect(byName(queues)).toEqual(
      byName(brokerEntities.queues.map((queue) => ({ ...defaults, ...queue }))),
    );
  });

  it('has the topic of the local platform with its subscriptions', () => {
    const topics = named('topics').map(([name, properties]) => ({
      name,
      ...duplicates(properties),
      subscriptions: named('topics/subscriptions').map(([subscription, settings]) => ({
        name: subscription,
        ...delivery(settings),
      })),
    }));

    expect(topics).toEqual(
      brokerEntities.topics.map(({ subscriptions, ...topic }) => ({
        ...topic,
        subscriptions: subscriptions.map((one) => ({ ...defaults, ...one })),
      })),
    );
  });

  it('lets events that nobody takes expire: a topic that is full would stop all requests', () => {
    const [, all] = named('topics/subscriptions').find(([name]) => name === 'all') ?? [];

    expect(seconds(all.defaultMessageTimeToLive)).toBe(14 * 24 * 3600);
  });

  it('is in the Standard tier unless private networking asks for Premium', () => {
    expect(standard.one('Microsoft.ServiceBus/namespaces').sku?.name).toBe('Standard');
  });
});

function delivery({ lockDuration, maxDeliveryCount }: Resource['properties']) {
  return { lockDurationSeconds: seconds(lockDuration), maxDeliveryCount };
}

function duplicates(properties: Resource['properties']) {
  const { requiresDuplicateDetection, duplicateDetectionHistoryTimeWindow } = properties;
  return requiresDuplicateDetection
    ? { duplicateDetectionWindowSeconds: seconds(duplicateDetectionHistoryTimeWindow) }
    : {};
}

/** Of an ISO 8601 duration of days, hours, minutes and seconds. */
function seconds(duration: string): number {
  const parts = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(duration);
  if (parts === null) throw new Error(`'${duration}' is no duration.`);
  const [days = 0, hours = 0, minutes = 0, rest = 0] = parts
    .slice(1)
    .map((each) => Number(each ?? 0));
  return ((days * 24 + hours) * 60 + minutes) * 60 + rest;
}

const byName = <T extends { readonly name: string }>(entities: readonly T[]): T[] =>
  entities.toSorted((a, b) => a.name.localeCompare(b.name));
