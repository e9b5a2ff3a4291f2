import color from 'picocolors';
import { allocateMessage, associateMessage, removeMessage } from './messages.ts';
import {
  done,
  expect,
  heading,
  line,
  pool,
  printTimeline,
  type Stage,
  succeeded,
} from './stage.ts';
import { showWaiting, stories, waitForEnd, watchRequest } from './watch-request.ts';

const existing = 'vnet-branch';

/** Everything that was given can be taken back, and what fails half-way takes itself back. */
export class TakingBack {
  readonly #stage: Stage;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  async associate(): Promise<void> {
    heading('6  A VNet that was there before joins the pool, and keeps everything it has');
    await this.#createExisting();
    const before = await this.#existing();
    const { ready, ledger, lookUp } = this.#stage;
    const [record] = await Promise.all([
      watchRequest(ledger, 'RITM0012349', stories.associate),
      this.#stage.sendApproved(associateMessage(ready, 'RITM0012349', existing)),
    ]);
    const id = succeeded(record);
    const after = await this.#existing();
    const [held = []] = [(await lookUp.associations(pool)).get(id)];
    line('management tenant', `${pool} lists it with ${color.bold(held.join(', '))}`);
    line('managed tenant', `DNS ${after.dns}, tags ${after.tags}, subnets ${after.subnets}`);
    expect(held.join() === '10.1.0.0/24', 'the pool to list the VNet');
    expect(JSON.stringify(after) === JSON.stringify(before), 'the VNet to be as it was');
    done('associated; nothing else of the VNet has changed');
  }

  async disassociate(): Promise<void> {
    heading('7  It leaves the pool again, with its prefixes');
    const { ready, ledger, lookUp } = this.#stage;
    const [record] = await Promise.all([
      watchRequest(ledger, 'RITM0012350', stories.disassociate),
      this.#stage.sendApproved(removeMessage(ready, 'RITM0012350', existing, 'disassociate')),
    ]);
    const id = succeeded(record);
    const prefixes = (await lookUp.virtualNetworks('fabrikam')).get(id) ?? [];
    line('managed tenant', `${existing} still has ${color.bold(prefixes.join(', '))}`);
    expect(prefixes.join() === '10.1.0.0/24', 'the VNet to keep its prefixes');
    expect(!(await lookUp.associations(pool)).has(id), 'the pool to have let go');
    done('disassociated; the pool has the space back');
  }

  async remove(): Promise<void> {
    heading('8  The VNets of the beginning are deleted, and the pool is where it started');
    const { ready, ledger, lookUp } = this.#stage;
    line('given away now', `${await lookUp.allocated(pool)} addresses of ${pool}`);
    const [record] = await Promise.all([
      watchRequest(ledger, 'RITM0012351', stories.delete),
      this.#stage.sendApproved(removeMessage(ready, 'RITM0012351', 'vnet-payments', 'delete')),
      this.#stage.sendApproved(removeMessage(ready, 'RITM0012352', 'vnet-web', 'delete')),
      this.#stage.sendApproved(removeMessage(ready, 'RITM0012361', 'vnet-data', 'delete')),
    ]);
    const removed = succeeded(record);
    succeeded(await waitForEnd(ledger, 'RITM0012352'));
    succeeded(await waitForEnd(ledger, 'RITM0012361'));
    const allocated = await lookUp.allocated(pool);
    line('given away now', `${color.bold(allocated)} addresses of ${pool}`);
    expect(!(await lookUp.virtualNetworks('fabrikam')).has(removed), 'the VNet to be gone');
    expect(allocated === '0', 'the pool to be at its starting usage');
    done('all three VNets are gone, and both tenants show it');
  }

  async compensate(): Promise<void> {
    heading('9  A deployment that fails half-way takes itself back');
    const { ready, ledger, lookUp } = this.#stage;
    await this.#failNextDeployment();
    await this.#stage.send(allocateMessage(ready, 'RITM0012353', 'vnet-orders'));
    const record = await showWaiting('Azure takes the PUT, then its operation fails', () =>
      waitForEnd(ledger, 'RITM0012353'),
    );
    printTimeline(await ledger.listTimeline(record.id));
    expect(record.state === 'failed', 'the request to fail', record.state);
    expect((await lookUp.allocated(pool)) === '0', 'the pool to have its space back');
    done('nothing is left in either tenant, and the timeline tells how');
  }

  /** A VNet that somebody made long ago, by hand. */
  async #createExisting(): Promise<void> {
    const { client, resourceGroup } = this.#stage.lookUp.managedTenant('fabrikam');
    await showWaiting(`The administrator of fabrikam has a VNet ${existing}`, () =>
      client.virtualNetworks.createOrUpdate(resourceGroup, existing, {
        location: 'centralus',
        tags: { owner: 'branch office' },
        addressSpace: { addressPrefixes: ['10.1.0.0/24'] },
        dhcpOptions: { dnsServers: ['10.1.0.4'] },
        subnets: [
          { name: 'tills', addressPrefix: '10.1.0.0/26' },
          { name: 'office', addressPrefix: '10.1.0.64/26' },
        ],
      }),
    );
  }

  async #existing(): Promise<{ dns: string; tags: string; subnets: string }> {
    const { client, resourceGroup } = this.#stage.lookUp.managedTenant('fabrikam');
    const network = await client.virtualNetworks.get(resourceGroup, existing);
    return {
      dns: network.dhcpOptions?.dnsServers?.join(', ') ?? '',
      tags: JSON.stringify(network.tags),
      subnets: (network.subnets ?? [])
        .map(
          ({ name, addressPrefix, addressPrefixes }) =>
            `${name} ${addressPrefix ?? addressPrefixes?.join(', ')}`,
        )
        .join(', '),
    };
  }

  async #failNextDeployment(): Promise<void> {
    const answer = await fetch(`${this.#stage.ready.azure.control}/faults`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        match: { method: 'PUT', path: '/virtualNetworks/vnet-orders$', times: 1 },
        effect: { failOperation: { code: 'InternalServerError', message: 'A host went down.' } },
      }),
    });
    expect(answer.ok, 'the emulated Azure to take a fault', await answer.text());
  }
}
