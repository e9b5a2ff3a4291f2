import { expect, test } from 'vitest';
import { checkEntities, type QueueSettings } from '../../../src/local/broker/entities.ts';

function check(settings: QueueSettings) {
  return () => checkEntities({ queues: [{ name: 'orders', ...settings }], topics: [] });
}

test('what the broker does not have is refused before it starts', () => {
  expect(check({})).not.toThrow();
  expect(check({ lockDurationSeconds: 300 })).not.toThrow();
  expect(check({ lockDurationSeconds: 301 })).toThrow('at most 300');
  expect(check({ lockDurationSeconds: 0 })).toThrow('lock duration');
  expect(check({ requiresSession: true })).toThrow('message sessions');
});

test('two entities whose paths differ in case only are refused', () => {
  const subscriptions = [{ name: 'Late' }, { name: 'late' }];
  expect(() => checkEntities({ queues: [], topics: [{ name: 't', subscriptions }] })).toThrow(
    't/Subscriptions/late',
  );
  expect(() =>
    checkEntities({ queues: [{ name: 'A' }], topics: [{ name: 'a', subscriptions: [] }] }),
  ).toThrow("called 'a'");
});
