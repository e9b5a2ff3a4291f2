import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ServiceBusClient } from '@azure/service-bus';
import Long from 'long';
import type { Ledger, RequestRecord } from '../../../src/ledger/ledger.ts';
import { openSqliteLedger } from '../../../src/ledger/sqlite-ledger.ts';
import { LookUp } from '../../../src/local/demo/look-up.ts';
import { trustCertificateAuthority } from '../../../src/local/trust.ts';
import { isEndState } from '../../../src/model/states.ts';
import { Control, type Fault } from '../../support/control.ts';
import type {
  CrashCounts,
  CrashPoint,
  ToCrashingPlatform,
} from '../../support/crashing-platform.ts';
import type { PublishedEvent, Stage } from './stage.ts';

const child = fileURLToPath(new URL('../../support/crashing-platform.ts', import.meta.url));
const patienceMs = 60_000;
const mostSends = 10;

/** The whole platform in a process of its own, on real time. It can be killed and started again. */
export class KillablePlatform implements Stage {
  readonly #dataDirectory = mkdtempSync(join(tmpdir(), 'vnet-vending-kill-'));
  #process: ChildProcess | undefined;
  #died: Promise<unknown> = Promise.resolve();
  #platform: Stage['platform'] | undefined;
  #ledger: Ledger | undefined;

  /** Starts, on what an earlier start left behind. @param fault is there from the first moment. */
  async start(fault?: Fault): Promise<void> {
    const forked = fork(child, [this.#dataDirectory, ...(fault ? [JSON.stringify(fault)] : [])], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#process = forked;
    this.#died = once(forked, 'exit');
    const [message] = (await once(forked, 'message')) as [Stage['platform']];
    trustCertificateAuthority(message.ready.azure.caFile);
    this.#platform = message;
    this.#ledger ??= openSqliteLedger(message.ledgerFile);
  }

  async close(): Promise<void> {
    await this.kill();
    await this.#ledger?.close();
    rmSync(this.#dataDirectory, { recursive: true, force: true });
  }

  get isUp(): boolean {
    return this.#process?.exitCode === null && this.#process.signalCode === null;
  }

  get died(): Promise<unknown> {
    return this.#died;
  }

  async kill(): Promise<void> {
    if (this.isUp) this.#process?.kill('SIGKILL');
    await this.#died;
  }

  /** From now on the platform counts, and kills itself at the point, if one is given. */
  async arm(point: CrashPoint | undefined, fault?: Fault): Promise<void> {
    rmSync(join(this.#dataDirectory, 'fault-felt'), { force: true });
    await this.#ask({ kind: 'arm', point, ...(fault ? { fault } : {}) });
  }

  counts(): Promise<CrashCounts> {
    return this.#ask({ kind: 'count' });
  }

  async #ask(message: ToCrashingPlatform): Promise<CrashCounts> {
    if (!this.#process) throw new Error('The platform was not started.');
    const answer = once(this.#process, 'message');
    this.#process.send(message);
    return ((await answer) as [CrashCounts])[0];
  }

  get platform(): Stage['platform'] {
    if (!this.#platform) throw new Error('The platform was not started.');
    return this.#platform;
  }

  get ledger(): Ledger {
    if (!this.#ledger) throw new Error('The platform was not started.');
    return this.#ledger;
  }

  get control(): Control {
    return new Control(this.platform.ready.azure.control);
  }

  get lookUp(): LookUp {
    return new LookUp(this.platform.ready);
  }

  /** A platform that is dead never answers; one that is up may be late, and takes the same message twice. */
  async send(body: unknown): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#sendOnce(body);
      } catch (error) {
        if (!this.isUp || attempt === mostSends) throw error;
      }
    }
  }

  async #sendOnce(body: unknown): Promise<void> {
    const { serviceBus, queues } = this.platform.ready;
    const client = new ServiceBusClient(serviceBus, {
      retryOptions: { maxRetries: 0, timeoutInMs: 2_000 },
    });
    try {
      await client.createSender(queues.requests).sendMessages({ body });
    } finally {
      // Not awaited: against a dead broker it takes a minute (service-bus, trap C5).
      client.close().catch(() => undefined);
    }
  }

  async runUntil(what: string, condition: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + patienceMs;
    while (!(await condition())) {
      if (!this.isUp) throw new Error(`The platform died before ${what}.`);
      if (Date.now() > deadline) throw new Error(`Waited in vain for ${what}.`);
      await sleep(5);
    }
  }

  /** Until its outcome is published as well. */
  async runToEnd(requestId: string): Promise<RequestRecord> {
    let ended: RequestRecord | undefined;
    await this.runUntil(`the end of ${requestId}`, async () => {
      const record = await this.ledger.getRequest(requestId);
      const isOver = record && isEndState(record.state) && record.pendingEvent === undefined;
      ended = isOver ? record : undefined;
      return ended !== undefined;
    });
    if (!ended) throw new Error('unreachable');
    return ended;
  }

  async events(): Promise<readonly PublishedEvent[]> {
    const { serviceBus, topics, subscriptions } = this.platform.ready;
    const client = new ServiceBusClient(serviceBus);
    const receiver = client.createReceiver(topics.events, subscriptions.events);
    const found: PublishedEvent[] = [];
    for (;;) {
      const there = (await receiver.peekMessages(100, { fromSequenceNumber: Long.ONE })).length;
      if (there === 0) break;
      // No more than are there: the client would wait a second for another one.
      for (const message of await receiver.receiveMessages(there, { maxWaitTimeInMs: 200 })) {
        found.push(message.body);
        await receiver.completeMessage(message);
      }
    }
    await client.close();
    return found;
  }
}
