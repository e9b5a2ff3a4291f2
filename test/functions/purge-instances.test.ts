import type { DurableClient } from 'durable-functions';
import { expect, it, onTestFinished } from 'vitest';
import { purgeInstances } from '../../src/functions/timers/purge-instances.ts';
import { openSqliteLedger } from '../../src/ledger/sqlite-ledger.ts';
import type { RequestState } from '../../src/model/states.ts';
import { claimOf } from '../ledger/contract-samples.ts';

const now = new Date('2026-11-30T00:00:00.000Z');
const daysAgo = (days: number) => new Date(now.getTime() - days * 24 * 3_600_000).toISOString();

const pathTo: Partial<Record<RequestState, readonly RequestState[]>> = {
  succeeded: ['planning', 'deploying', 'verifying', 'succeeded'],
  failed: ['planning', 'failed'],
  deploying: ['planning', 'deploying'],
  'compensation-failed': ['planning', 'deploying', 'compensating', 'compensation-failed'],
};

interface Instance {
  readonly instanceId: string;
  readonly name: string;
  readonly runtimeStatus: string;
  readonly input: unknown;
  readonly createdTime: string;
  readonly lastUpdatedTime: string;
}

function start() {
  const ledger = openSqliteLedger(':memory:');
  onTestFinished(() => ledger.close());
  const instances: Instance[] = [];
  const purged: string[] = [];
  const lines: Record<string, unknown>[] = [];
  const listen = (line: string) => void lines.push(JSON.parse(line));
  const client = {
    getStatusBy: async ({
      createdTimeTo,
      runtimeStatus,
    }: {
      createdTimeTo: Date;
      runtimeStatus: string[];
    }) =>
      instances.filter(
        (one) =>
          new Date(one.createdTime) <= createdTimeTo && runtimeStatus.includes(one.runtimeStatus),
      ),
    purgeInstanceHistory: async (instanceId: string) => {
      if (instanceId.includes('BROKEN')) throw new Error('the task hub is away');
      purged.push(instanceId);
    },
  } as unknown as DurableClient;
  return {
    ledger,
    purged,
    lines,
    instance(change: Partial<Instance> & { instanceId: string }) {
      instances.push({
        name: 'allocateVnet',
        runtimeStatus: 'Completed',
        input: null,
        createdTime: daysAgo(40),
        lastUpdatedTime: daysAgo(40),
        ...change,
      });
    },
    /** A request in a state, with its instance, both of some days ago. */
    async request(id: string, state: RequestState, days = 40, pending = false) {
      await ledger.claimRequest(claimOf(id), daysAgo(days));
      for (const next of pathTo[state] ?? []) {
        const pendingEvent =
          pending && next === state ? ('allocation.succeeded' as const) : undefined;
        await ledger.updateRequest(
          id,
          { state: next, ...(pendingEvent ? { pendingEvent } : {}) },
          daysAgo(days),
        );
      }
      this.instance({
        instanceId: `request-${id}`,
        input: { requestId: id },
        lastUpdatedTime: daysAgo(days),
      });
    },
    run: () =>
      purgeInstances({ ledger, now: () => now }, 30, client, {
        log: listen,
        warn: listen,
        error: listen,
      }),
  };
}

it('what the ledger records as ended, and published, long ago is taken away, sub-orchestrations included', async () => {
  const bench = start();
  await bench.request('OLD', 'succeeded');
  await bench.request('FAILED', 'failed');
  bench.instance({ instanceId: 'abc:0001', name: 'pollUntilDone', input: { requestId: 'OLD' } });
  bench.instance({
    instanceId: 'approval-OLD',
    name: 'awaitDecision',
    input: { requestId: 'OLD' },
  });
  bench.instance({ instanceId: 'callback-1', name: 'deliverCallback', input: { callback: 'a' } });
  await bench.run();
  expect(bench.purged).toEqual([
    'request-OLD',
    'request-FAILED',
    'abc:0001',
    'approval-OLD',
    'callback-1',
  ]);
  expect(bench.lines).toEqual([{ event: 'purge.result', purged: 5, failed: 0, kept: 0, left: 0 }]);
});

it('nothing is taken away that is young, parked, running, unknown or has yet to be published', async () => {
  const bench = start();
  await bench.request('YOUNG', 'succeeded', 29);
  await bench.request('PARKED', 'compensation-failed');
  await bench.request('RUNNING', 'deploying');
  await bench.request('UNPUBLISHED', 'succeeded', 40, true);
  bench.instance({ instanceId: 'request-UNKNOWN', input: { requestId: 'UNKNOWN' } });
  bench.instance({ instanceId: 'request-NOBODY' });
  // Waited for a month, and ended yesterday.
  bench.instance({
    instanceId: 'callback-2',
    name: 'deliverCallback',
    lastUpdatedTime: daysAgo(1),
  });
  // Has the only copy of its event.
  bench.instance({ instanceId: 'callback-3', name: 'deliverCallback', runtimeStatus: 'Failed' });
  await bench.run();
  expect(bench.purged).toEqual([]);
  expect(bench.lines).toEqual([{ event: 'purge.result', purged: 0, failed: 0, kept: 6, left: 0 }]);
});

it('one that cannot be taken away keeps no other from it', async () => {
  const bench = start();
  await bench.request('BROKEN', 'failed');
  await bench.request('OLD', 'failed');
  await bench.run();
  expect(bench.purged).toEqual(['request-OLD']);
  expect(bench.lines.map(({ event }) => event)).toEqual(['purge.failed', 'purge.result']);
});

it('one run takes a thousand away, and tells how many it leaves to the next', async () => {
  const bench = start();
  await bench.request('OLD', 'failed');
  for (let number = 1; number < 1_005; number++) {
    bench.instance({ instanceId: `old:${number}`, input: { requestId: 'OLD' } });
  }
  await bench.run();
  expect(bench.lines).toEqual([
    { event: 'purge.result', purged: 1_000, failed: 0, kept: 0, left: 5 },
  ]);
});
