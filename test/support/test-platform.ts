import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceBusClient, type ServiceBusReceivedMessage } from '@azure/service-bus';
import type { Ledger, RequestRecord } from '../../src/ledger/ledger.ts';
import { openSqliteLedger } from '../../src/ledger/sqlite-ledger.ts';
import type { Switches } from '../../src/local/azure/switches.ts';
import { VirtualClock } from '../../src/local/clock.ts';
import { LookUp } from '../../src/local/demo/look-up.ts';
import type { HostOptions } from '../../src/local/host/host.ts';
import { type LandscapeFile, readLandscapeFile } from '../../src/local/landscape/landscape-file.ts';
import { type Platform, startPlatform } from '../../src/local/platform.ts';
import { type SignedInFetch, signedIn } from '../../src/local/signed-in.ts';
import { isEndState } from '../../src/model/states.ts';
import { Control } from './control.ts';

/** A run that ends needs far fewer jumps of the clock; one that does not must not hang the suite. */
const mostJumps = 20_000;

export interface TestPlatformOptions {
  readonly landscapeFile?: LandscapeFile;
  readonly switches?: Partial<Switches>;
  readonly testing?: Partial<HostOptions>;
  /** App settings beside those that the platform makes. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The ledger that the settings name, if it is not the file of the platform. */
  readonly ledger?: Ledger;
  /** Of an earlier platform on the same folder: time does not go back. */
  readonly clock?: VirtualClock;
  /** A folder of an earlier platform; its owner removes it. */
  readonly dataDirectory?: string;
}

export type { SignedInFetch };

/** The whole platform in this process, on virtual time: waiting costs nothing. */
export class TestPlatform {
  readonly platform: Platform;
  readonly clock: VirtualClock;
  readonly ledger: Ledger;
  readonly control: Control;
  readonly lookUp: LookUp;
  readonly serviceBus: ServiceBusClient;
  readonly #removeDirectory: () => void;

  private constructor(
    platform: Platform,
    clock: VirtualClock,
    ledger: Ledger | undefined,
    removeDirectory: () => void,
  ) {
    this.platform = platform;
    this.clock = clock;
    this.ledger = ledger ?? openSqliteLedger(platform.ledgerFile);
    this.control = new Control(platform.ready.azure.control);
    this.lookUp = new LookUp(platform.ready);
    this.serviceBus = new ServiceBusClient(platform.ready.serviceBus);
    this.#removeDirectory = removeDirectory;
  }

  static async start(options: TestPlatformOptions = {}): Promise<TestPlatform> {
    const dataDirectory =
      options.dataDirectory ?? mkdtempSync(join(tmpdir(), 'vnet-vending-test-'));
    const clock = options.clock ?? new VirtualClock(Date.now());
    const platform = await startPlatform({
      landscapeFile: options.landscapeFile ?? readLandscapeFile(),
      dataDirectory,
      speed: 1000,
      ports: { api: 0, amqp: 0, azure: 0 },
      clock,
      ...(options.switches ? { switches: options.switches } : {}),
      ...(options.testing ? { testing: options.testing } : {}),
      ...(options.settings ? { settings: options.settings } : {}),
    });
    return new TestPlatform(platform, clock, options.ledger, () => {
      if (!options.dataDirectory) rmSync(dataDirectory, { recursive: true, force: true });
    });
  }

  async close(): Promise<void> {
    await this.serviceBus.close();
    await this.ledger.close();
    await this.platform.close();
    this.#removeDirectory();
  }

  /** Queues a body as a ticketing system would. */
  async send(body: unknown, messageId?: string): Promise<void> {
    const sender = this.serviceBus.createSender(this.platform.ready.queues.requests);
    await sender.sendMessages({ body, ...(messageId === undefined ? {} : { messageId }) });
    await sender.close();
  }

  /** Lets time pass, as fast as the platform has nothing to do, until the request has ended. */
  async runToEnd(requestId: string): Promise<RequestRecord> {
    let ended: RequestRecord | undefined;
    await this.runUntil(`the end of ${requestId}`, async () => {
      const record = await this.ledger.getRequest(requestId);
      ended = record && isEndState(record.state) ? record : undefined;
      return ended !== undefined;
    });
    if (!ended) throw new Error('unreachable');
    return ended;
  }

  async runUntil(what: string, condition: () => Promise<boolean> | boolean): Promise<void> {
    for (let jumps = 0; ; ) {
      if (await condition()) return;
      if (await this.#isQuiet()) {
        const next = this.clock.nextDueAt();
        if (next === undefined || ++jumps > mostJumps) {
          throw new Error(`The platform is idle and waits for nothing; expected ${what}.`);
        }
        this.clock.advanceTo(next);
      }
      await sleep(1);
    }
  }

  /** Lets everything that is due happen, without moving the clock. */
  async settle(): Promise<void> {
    while (!(await this.#isQuiet())) await sleep(1);
  }

  /**
   * Asks the API as somebody of the list of people: `as('ada')('/api/me')`. Signs in at the first call.
   */
  as(personKey: string): SignedInFetch {
    return signedIn(this.platform.ready, personKey);
  }

  /** Takes all messages of the rejected queue. */
  rejected(): Promise<readonly ServiceBusReceivedMessage[]> {
    return this.#drain(this.platform.ready.queues.rejected);
  }

  /** Takes all messages of a queue. */
  take(queue: string): Promise<readonly ServiceBusReceivedMessage[]> {
    return this.#drain(queue);
  }

  /** Takes all events that were published so far. */
  async events(): Promise<
    readonly { type: string; id: string; subject?: string; data: unknown }[]
  > {
    const messages = await this.#drain(this.platform.ready.topics.events, 'all');
    return messages.map((message) => message.body);
  }

  async #drain(entity: string, subscription?: string) {
    const receiver = subscription
      ? this.serviceBus.createReceiver(entity, subscription)
      : this.serviceBus.createReceiver(entity);
    const all: ServiceBusReceivedMessage[] = [];
    const path = subscription ? `${entity}/Subscriptions/${subscription}` : entity;
    for (let there = this.#activeMessages(path); there > 0; there = this.#activeMessages(path)) {
      // No more than are there: the client would wait a second for another one.
      const messages = await receiver.receiveMessages(there, { maxWaitTimeInMs: 200 });
      for (const message of messages) await receiver.completeMessage(message);
      all.push(...messages);
    }
    await receiver.close();
    return all;
  }

  /** Messages that functions of the app receive. */
  #hasMessagesToTake(): boolean {
    const taken = ['vnet-requests', 'vnet-events/Subscriptions/callbacks'];
    return taken.some((entity) => this.#activeMessages(entity) > 0);
  }

  #activeMessages(entity: string): number {
    return this.platform.broker.counts(entity).active;
  }

  /** Nothing runs, nothing is queued, and that stays so for a moment of real time. */
  async #isQuiet(): Promise<boolean> {
    for (let looks = 0; looks < 3; looks++) {
      const isIdle = this.platform.host.isIdle() && !this.#hasMessagesToTake();
      if (!isIdle) return false;
      await sleep(1);
    }
    return true;
  }
}
