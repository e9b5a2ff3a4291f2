import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceBusClient } from '@azure/service-bus';
import Long from 'long';
import color from 'picocolors';
import type { Ledger, RequestRecord, TimelineEntry } from '../../ledger/ledger.ts';
import { openSqliteLedger } from '../../ledger/sqlite-ledger.ts';
import { isEndState } from '../../model/states.ts';
import type { Platform } from '../platform.ts';
import type { PlatformReady } from '../ready-file.ts';
import { LookUp } from './look-up.ts';
import { approveMessage } from './messages.ts';

/** The pool that the demo takes from. */
export const pool = 'corp-centralus';

/** What every act of the demo stands on: the platform, the ledger, and a look into both tenants. */
export class Stage {
  readonly ready: PlatformReady;
  readonly ledger: Ledger;
  readonly serviceBus: ServiceBusClient;
  readonly lookUp: LookUp;

  constructor(platform: Platform) {
    this.ready = platform.ready;
    this.ledger = openSqliteLedger(platform.ledgerFile);
    this.serviceBus = new ServiceBusClient(platform.ready.serviceBus);
    this.lookUp = new LookUp(platform.ready);
  }

  async close(): Promise<void> {
    await this.serviceBus.close();
    await this.ledger.close();
  }

  async send(body: object, messageId?: string): Promise<void> {
    const sender = this.serviceBus.createSender(this.ready.queues.requests);
    await sender.sendMessages({ body, ...(messageId === undefined ? {} : { messageId }) });
    await sender.close();
  }

  /** Queues a request that needs an approval, and the approval once it is asked for. */
  async sendApproved(body: { readonly id: string }): Promise<void> {
    await this.send(body);
    for (;;) {
      const record = await this.ledger.getRequest(body.id);
      if (record?.state === 'awaiting-approval') break;
      if (record && isEndState(record.state)) return;
      await sleep(20);
    }
    await this.send(approveMessage(this.ready, body.id));
  }

  async untilQueueIsEmpty(): Promise<void> {
    const receiver = this.serviceBus.createReceiver(this.ready.queues.requests);
    for (;;) {
      const [message] = await receiver.peekMessages(1, { fromSequenceNumber: Long.ONE });
      if (!message) return await receiver.close();
      await sleep(20);
    }
  }
}

/** The VNet of a request that succeeded; its ARM id in lower case. */
export function succeeded(record: RequestRecord): string {
  expect(
    record.state === 'succeeded',
    `the request ${record.id} to succeed`,
    record.error?.message,
  );
  return record.result?.virtualNetworkId.toLowerCase() ?? '';
}

/** Everything the demo shows stands on what it sees; anything else than expected ends it with an error. */
export function expect(condition: boolean, what: string, why = ''): void {
  if (!condition) throw new Error(`The demo expected ${what}. ${why}`);
}

/** What happened to a request, without what it waited for. */
export function printTimeline(
  timeline: readonly Pick<TimelineEntry, 'at' | 'step' | 'status' | 'message'>[],
): void {
  for (const { at, step, status, message } of timeline) {
    if (status === 'waiting') continue;
    const mark = status === 'failed' ? color.red('✖') : color.green('✔');
    console.log(`  ${color.dim(at.slice(11, 19))} ${mark} ${step.padEnd(19)} ${message}`);
  }
}

export const heading = (text: string): void => console.log(`\n${color.bold(text)}\n`);
export const line = (name: string, text: string): void =>
  console.log(`  ${name.padEnd(19)}${text}`);
export const done = (text: string): void => console.log(`  ${color.green('✔')} ${text}`);
