import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceBusClient } from '@azure/service-bus';
import Long from 'long';
import color from 'picocolors';
import type { Ledger, RequestRecord } from '../../ledger/ledger.ts';
import { openSqliteLedger } from '../../ledger/sqlite-ledger.ts';
import { readLandscapeFile } from '../landscape/landscape-file.ts';
import { type Platform, startPlatform } from '../platform.ts';
import { LookUp } from './look-up.ts';
import { allocateMessage } from './messages.ts';
import { showWaiting, waitForEnd, watchRequest } from './watch-request.ts';

/** Slow enough to watch, fast enough to wait for. */
const speed = 4;
const pool = 'corp-centralus';

/** Everything the demo shows stands on what it sees; anything else than expected ends it with an error. */
class Demo {
  readonly #platform: Platform;
  readonly #ledger: Ledger;
  readonly #serviceBus: ServiceBusClient;
  readonly #lookUp: LookUp;

  constructor(platform: Platform) {
    this.#platform = platform;
    this.#ledger = openSqliteLedger(platform.ledgerFile);
    this.#serviceBus = new ServiceBusClient(platform.ready.serviceBus);
    this.#lookUp = new LookUp(platform.ready);
  }

  async close(): Promise<void> {
    await this.#serviceBus.close();
    await this.#ledger.close();
  }

  /** One message in, one cross-tenant VNet out. */
  async allocate(): Promise<void> {
    heading('1  One message in, one VNet with prefixes of another tenant out');
    await this.#send(allocateMessage(this.#platform.ready, 'RITM0012345', 'vnet-payments'));
    const record = await watchRequest(this.#ledger, 'RITM0012345');
    const id = succeeded(record);
    const managed = (await this.#lookUp.virtualNetworks('fabrikam')).get(id) ?? [];
    const management = (await this.#lookUp.associations(pool)).get(id) ?? [];
    line('managed tenant', `vnet-payments has      ${color.bold(managed.join(', '))}`);
    line('management tenant', `${pool} gave it ${color.bold(management.join(', '))}`);
    expect(managed.length > 0 && managed.join() === management.join(), 'both tenants to agree');
    done('both tenants, looked up afresh, agree on the prefix');
  }

  async repeat(): Promise<void> {
    heading('2  The same message three times makes one VNet');
    const message = allocateMessage(this.#platform.ready, 'RITM0012346', 'vnet-web');
    for (const attempt of [1, 2, 3]) await this.#send(message, `RITM0012346-delivery-${attempt}`);
    const record = await showWaiting('Three messages are queued; all are taken in, one runs', () =>
      this.#untilQueueIsEmpty().then(() => waitForEnd(this.#ledger, 'RITM0012346')),
    );
    const id = succeeded(record);
    const networks = [...(await this.#lookUp.virtualNetworks('fabrikam')).keys()];
    const associations = [...(await this.#lookUp.associations(pool)).keys()];
    line('VNets of that name', String(networks.filter((one) => one === id).length));
    line('VNets, allocations', `${networks.length}, ${associations.length} (with the one before)`);
    expect(networks.length === 2 && associations.length === 2, 'two VNets and two allocations');
    done('three messages, one VNet, one allocation');
  }

  async reject(): Promise<void> {
    heading('3  An invalid message is kept, with its reason');
    const { target: _target, ...invalid } = allocateMessage(
      this.#platform.ready,
      'RITM0012347',
      'vnet-lost',
    );
    await this.#send({ ...invalid, allocations: [{ pool, numberOfIpAddresses: -5 }] });
    const receiver = this.#serviceBus.createReceiver(this.#platform.ready.queues.rejected);
    const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 10_000 });
    expect(message !== undefined, 'the message in the rejected queue');
    if (message) await receiver.completeMessage(message);
    const { rejectReason, rejectDescription } = message?.applicationProperties ?? {};
    line('rejectReason', String(rejectReason));
    line('rejectDescription', String(rejectDescription));
    expect((await this.#ledger.getRequest('RITM0012347')) === undefined, 'no request');
    done(`it stands in ${this.#platform.ready.queues.rejected}, and nothing was started`);
  }

  async refuse(): Promise<void> {
    heading(
      '4  A tenant whose set-up is incomplete: every missing prerequisite, each with its remedy',
    );
    await this.#send(
      allocateMessage(this.#platform.ready, 'RITM0012348', 'vnet-orders', {
        tenant: 'northwind',
        resourceGroup: 'rg-orders',
      }),
    );
    const record = await showWaiting('The request is planned', () =>
      waitForEnd(this.#ledger, 'RITM0012348'),
    );
    const failed = (record.plan?.findings ?? []).filter(({ status }) => status === 'failed');
    for (const { check, error } of failed) {
      console.log(`  ${color.red('✖')} ${color.bold(check)}`);
      console.log(`    ${error?.message}`);
      console.log(`    ${color.dim('Remedy:')} ${error?.remedy}\n`);
    }
    expect(record.state === 'failed' && failed.length === 3, 'three missing prerequisites');
    expect((await this.#lookUp.virtualNetworks('northwind')).size === 0, 'no VNet in northwind');
    done('refused before anything was deployed');
  }

  async #send(body: object, messageId?: string): Promise<void> {
    const sender = this.#serviceBus.createSender(this.#platform.ready.queues.requests);
    await sender.sendMessages({ body, ...(messageId === undefined ? {} : { messageId }) });
    await sender.close();
  }

  async #untilQueueIsEmpty(): Promise<void> {
    const queue = this.#platform.ready.queues.requests;
    const receiver = this.#serviceBus.createReceiver(queue);
    for (;;) {
      const [message] = await receiver.peekMessages(1, { fromSequenceNumber: Long.ONE });
      if (!message) return await receiver.close();
      await sleep(20);
    }
  }
}

function succeeded(record: RequestRecord): string {
  expect(
    record.state === 'succeeded',
    `the request ${record.id} to succeed`,
    record.error?.message,
  );
  return record.result?.virtualNetworkId.toLowerCase() ?? '';
}

function expect(condition: boolean, what: string, why = ''): void {
  if (!condition) throw new Error(`The demo expected ${what}. ${why}`);
}

const heading = (text: string): void => console.log(`\n${color.bold(text)}\n`);
const line = (name: string, text: string): void => console.log(`  ${name.padEnd(19)}${text}`);
const done = (text: string): void => console.log(`  ${color.green('✔')} ${text}`);

export async function runDemo(): Promise<void> {
  const startedAt = Date.now();
  const dataDirectory = mkdtempSync(join(tmpdir(), 'vnet-vending-demo-'));
  const platform = await startPlatform({
    landscapeFile: readLandscapeFile(),
    dataDirectory,
    speed,
    ports: { api: 0, amqp: 0, azure: 0 },
  });
  console.log(
    `The local platform runs: emulated Azure (three tenants), Service Bus, Functions host. Azure is ${speed} times faster here than there.`,
  );
  const demo = new Demo(platform);
  try {
    await demo.allocate();
    await demo.repeat();
    await demo.reject();
    await demo.refuse();
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    console.log(`\nAll of it in ${seconds} s. To go on by yourself: ${color.bold('npm start')}\n`);
  } finally {
    await demo.close();
    await platform.close();
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}
