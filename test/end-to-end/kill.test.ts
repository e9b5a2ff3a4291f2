import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RequestRecord } from '../../src/ledger/ledger.ts';
import { openSqliteLedger } from '../../src/ledger/sqlite-ledger.ts';
import { LookUp } from '../../src/local/demo/look-up.ts';
import { allocateMessage } from '../../src/local/demo/messages.ts';
import type { PlatformReady } from '../../src/local/ready-file.ts';
import { trustCertificateAuthority } from '../../src/local/trust.ts';
import { isEndState } from '../../src/model/states.ts';
import { until } from '../support/control.ts';
import type { CrashPoint } from '../support/crashing-platform.ts';
import { allocationsIn } from '../support/requests.ts';

const child = fileURLToPath(new URL('../support/crashing-platform.ts', import.meta.url));

/** Of the 40 commits and 21 transactions of one allocation, from its first to its last. */
const crashPoints: readonly CrashPoint[] = [
  ...[1, 3, 6, 9, 13, 17, 20, 23, 26, 30, 35, 39].map((count) => ({
    after: 'durable-commit' as const,
    count,
  })),
  ...[1, 8, 15, 16, 18, 21].map((count) => ({ after: 'azure-transaction' as const, count })),
];

interface Running {
  readonly process: ChildProcess;
  readonly ready: PlatformReady;
  readonly ledgerFile: string;
}

let dataDirectory: string;
let running: Running;

async function start(): Promise<Running> {
  const forked = fork(child, [dataDirectory], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [message] = (await once(forked, 'message')) as [Omit<Running, 'process'>];
  trustCertificateAuthority(message.ready.azure.caFile);
  return { process: forked, ...message };
}

beforeAll(async () => {
  dataDirectory = mkdtempSync(join(tmpdir(), 'vnet-vending-kill-'));
  running = await start();
});
afterAll(() => {
  running?.process.kill('SIGKILL');
  rmSync(dataDirectory, { recursive: true, force: true });
});

async function send(id: string, network: string): Promise<void> {
  const client = new ServiceBusClient(running.ready.serviceBus, {
    retryOptions: { maxRetries: 0, timeoutInMs: 2_000 },
  });
  const body = allocateMessage(running.ready, id, network);
  try {
    await client.createSender(running.ready.queues.requests).sendMessages({ body, messageId: id });
  } finally {
    // Not awaited: against a dead broker it takes a minute (service-bus, trap C5).
    client.close().catch(() => undefined);
  }
}

async function ended(id: string): Promise<RequestRecord> {
  const ledger = openSqliteLedger(running.ledgerFile);
  let record: RequestRecord | undefined;
  await until(async () => {
    record = await ledger.getRequest(id);
    return record !== undefined && isEndState(record.state);
  }, `the end of ${id}`);
  await ledger.close();
  if (!record) throw new Error('unreachable');
  return record;
}

/** The result events of a request; the event comes after the record, so it may take a moment. */
async function resultEvents(id: string): Promise<string[]> {
  const client = new ServiceBusClient(running.ready.serviceBus);
  const receiver = client.createReceiver(running.ready.topics.events, 'all');
  const found: string[] = [];
  await until(async () => {
    const messages = await receiver.receiveMessages(50, { maxWaitTimeInMs: 300 });
    for (const message of messages) {
      if (message.body.subject === id && message.body.type.includes('.allocation.')) {
        found.push(message.body.type);
      }
      await receiver.completeMessage(message);
    }
    return messages.length === 0 && found.length > 0;
  }, `the result event of ${id}`);
  await client.close();
  return found;
}

describe('a platform that is killed while it works on a request', () => {
  for (const [index, point] of crashPoints.entries()) {
    it(`goes on after a restart: killed after ${point.after} ${point.count}`, async () => {
      const id = `KILL-${index}`;
      const network = `vnet-kill-${index}`;
      if (running.process.exitCode !== null || running.process.signalCode !== null) {
        running = await start();
      }
      const died = once(running.process, 'exit');
      running.process.send(point);
      await once(running.process, 'message');
      // The kill may hit before the broker has answered: what was not acknowledged is sent again.
      await send(id, network).catch(() => undefined);
      expect((await died)[1]).toBe('SIGKILL');

      running = await start();
      await send(id, network);
      const record = await ended(id);

      expect(record.error).toBeUndefined();
      expect(record.state).toBe('succeeded');
      const lookUp = new LookUp(running.ready);
      const own = ([key]: [string, unknown]) => key.endsWith(`/${network}`);
      const networks = [...(await lookUp.virtualNetworks('fabrikam'))].filter(own);
      const associations = [...(await lookUp.associations('corp-centralus'))].filter(own);
      expect(networks.map(([, prefixes]) => prefixes)).toEqual([
        allocationsIn(record)?.[0]?.prefixes,
      ]);
      expect(associations).toEqual(networks);
      expect(await resultEvents(id)).toEqual(['com.vnetvending.allocation.succeeded.v1']);
    });
  }
});
