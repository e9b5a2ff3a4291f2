import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { allocateMessage } from '../../src/local/demo/messages.ts';
import { TestPlatform } from '../support/test-platform.ts';

const fabrikamSubscription = '/subscriptions/b0000000-0000-4000-8000-0000000000b1';

let dataDirectory: string;
let test: TestPlatform | undefined;

beforeEach(() => {
  dataDirectory = mkdtempSync(join(tmpdir(), 'vnet-vending-lost-'));
});
afterEach(async () => {
  await test?.close();
  rmSync(dataDirectory, { recursive: true, force: true });
});

/** Starts a request, stops while Azure deploys, and loses the file of the durable engine. */
async function losingTheRunWhileItDeploys(): Promise<TestPlatform> {
  const before = await TestPlatform.start({ dataDirectory });
  await before.send(allocateMessage(before.platform.ready, 'LOST-1', 'vnet-lost'));
  await before.runUntil('the deployment', async () => {
    const timeline = await before.ledger.listTimeline('LOST-1');
    return timeline.some(({ step, status }) => step === 'track' && status === 'waiting');
  });
  await before.close();
  for (const suffix of ['', '-wal', '-shm']) {
    rmSync(join(dataDirectory, `durable.db${suffix}`), { force: true });
  }
  return await TestPlatform.start({ dataDirectory });
}

describe('a request whose run was lost while it deployed', () => {
  it('is started again by the sweep, and goes on with the VNet that it made', async () => {
    test = await losingTheRunWhileItDeploys();
    const record = await test.runToEnd('LOST-1');

    expect(record.error).toBeUndefined();
    expect(record.state).toBe('succeeded');
    expect((await test.lookUp.virtualNetworks('fabrikam')).size).toBe(1);
    expect((await test.lookUp.associations('corp-centralus')).size).toBe(1);
  });

  it('takes the VNet back when it cannot go on', async () => {
    test = await losingTheRunWhileItDeploys();
    await test.control.change({
      roleAssignments: { drop: [{ role: 'Network Contributor', scope: fabrikamSubscription }] },
    });
    const parked = await test.runToEnd('LOST-1');

    // Without the role it may not even be taken back: the request says so and names what is left.
    expect(parked.state).toBe('compensation-failed');
    expect(parked.leftovers).toEqual([
      expect.stringMatching(/^perhaps the VNet .*\/vnet-lost: .* 403/),
      'the allocation 10.0.0.0/24 of the pool corp-centralus for it',
    ]);
    expect((await test.lookUp.virtualNetworks('fabrikam')).size).toBe(1);
  });

  it('goes on although its prerequisites are not met any more: it is deployed already', async () => {
    test = await losingTheRunWhileItDeploys();
    await test.control.addFault({
      match: { method: 'GET', path: '/scopeConnections$' },
      effect: { status: 400, code: 'InvalidRequestFormat' },
    });
    const record = await test.runToEnd('LOST-1');

    expect(record.error).toBeUndefined();
    expect(record.state).toBe('succeeded');
    expect((await test.lookUp.virtualNetworks('fabrikam')).size).toBe(1);
    expect((await test.lookUp.associations('corp-centralus')).size).toBe(1);
  });
});
