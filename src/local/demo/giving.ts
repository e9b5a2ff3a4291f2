import color from 'picocolors';
import { allocateMessage } from './messages.ts';
import { done, expect, heading, line, pool, type Stage, succeeded } from './stage.ts';
import { showWaiting, waitForEnd, watchRequest } from './watch-request.ts';

/** How a VNet gets its prefixes, and what does not come so far. */
export class Giving {
  readonly #stage: Stage;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** One message in, one cross-tenant VNet out. */
  async allocate(): Promise<void> {
    heading('1  One message in, one VNet with prefixes of another tenant out');
    await this.#stage.send(allocateMessage(this.#stage.ready, 'RITM0012345', 'vnet-payments'));
    const record = await watchRequest(this.#stage.ledger, 'RITM0012345');
    const id = succeeded(record);
    const managed = (await this.#stage.lookUp.virtualNetworks('fabrikam')).get(id) ?? [];
    const management = (await this.#stage.lookUp.associations(pool)).get(id) ?? [];
    line('managed tenant', `vnet-payments has      ${color.bold(managed.join(', '))}`);
    line('management tenant', `${pool} gave it ${color.bold(management.join(', '))}`);
    expect(managed.length > 0 && managed.join() === management.join(), 'both tenants to agree');
    done('both tenants, looked up afresh, agree on the prefix');
  }

  async repeat(): Promise<void> {
    heading('2  The same message three times makes one VNet');
    const message = allocateMessage(this.#stage.ready, 'RITM0012346', 'vnet-web');
    for (const attempt of [1, 2, 3])
      await this.#stage.send(message, `RITM0012346-delivery-${attempt}`);
    const record = await showWaiting('Three messages are queued; all are taken in, one runs', () =>
      this.#stage.untilQueueIsEmpty().then(() => waitForEnd(this.#stage.ledger, 'RITM0012346')),
    );
    const id = succeeded(record);
    const networks = [...(await this.#stage.lookUp.virtualNetworks('fabrikam')).keys()];
    const associations = [...(await this.#stage.lookUp.associations(pool)).keys()];
    line('VNets of that name', String(networks.filter((one) => one === id).length));
    line('VNets, allocations', `${networks.length}, ${associations.length} (with the one before)`);
    expect(networks.length === 2 && associations.length === 2, 'two VNets and two allocations');
    done('three messages, one VNet, one allocation');
  }

  async reject(): Promise<void> {
    heading('3  An invalid message is kept, with its reason');
    const { target: _target, ...invalid } = allocateMessage(
      this.#stage.ready,
      'RITM0012347',
      'vnet-lost',
    );
    await this.#stage.send({ ...invalid, allocations: [{ pool, numberOfIpAddresses: -5 }] });
    const receiver = this.#stage.serviceBus.createReceiver(this.#stage.ready.queues.rejected);
    const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 10_000 });
    expect(message !== undefined, 'the message in the rejected queue');
    if (message) await receiver.completeMessage(message);
    const { rejectReason, rejectDescription } = message?.applicationProperties ?? {};
    line('rejectReason', String(rejectReason));
    line('rejectDescription', String(rejectDescription));
    expect((await this.#stage.ledger.getRequest('RITM0012347')) === undefined, 'no request');
    done(`it stands in ${this.#stage.ready.queues.rejected}, and nothing was started`);
  }

  async refuse(): Promise<void> {
    heading(
      '4  A tenant whose set-up is incomplete: every missing prerequisite, each with its remedy',
    );
    await this.#stage.send(
      allocateMessage(this.#stage.ready, 'RITM0012348', 'vnet-orders', {
        tenant: 'northwind',
        resourceGroup: 'rg-orders',
      }),
    );
    const record = await showWaiting('The request is planned', () =>
      waitForEnd(this.#stage.ledger, 'RITM0012348'),
    );
    const failed = (record.plan?.findings ?? []).filter(({ status }) => status === 'failed');
    for (const { check, error } of failed) {
      console.log(`  ${color.red('✖')} ${color.bold(check)}`);
      console.log(`    ${error?.message}`);
      console.log(`    ${color.dim('Remedy:')} ${error?.remedy}\n`);
    }
    expect(record.state === 'failed' && failed.length === 3, 'three missing prerequisites');
    expect(
      (await this.#stage.lookUp.virtualNetworks('northwind')).size === 0,
      'no VNet in northwind',
    );
    done('refused before anything was deployed');
  }
}
