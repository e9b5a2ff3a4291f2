import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { contentHash } from '../../src/ledger/content-hash.ts';
import { parseMessage } from '../../src/model/parse-message.ts';
import type { RequestState } from '../../src/model/states.ts';
import { instanceIdOf } from '../../src/orchestrations/names.ts';
import type { Fault } from '../support/control.ts';
import {
  allocationsIn,
  decision,
  enters,
  eventTypes,
  largeRequest,
  nothing,
  putOfVirtualNetwork,
  smallRequest,
  traceOf,
} from '../support/requests.ts';
import { TestPlatform } from '../support/test-platform.ts';

function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vnet-vending-lost-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Stops the platform, takes the durable engine's memory away, starts it again. */
async function restartWithoutInstances(test: TestPlatform, folder: string): Promise<TestPlatform> {
  await test.close();
  for (const file of readdirSync(folder).filter((name) => name.startsWith('durable.db'))) {
    rmSync(join(folder, file));
  }
  const again = await TestPlatform.start({ dataDirectory: folder });
  onTestFinished(() => again.close());
  return again;
}

/** What holds a small request in a state, and how it ends once its instance was lost there. */
const stages: readonly {
  readonly state: RequestState;
  readonly faults: readonly Fault[];
  readonly endsAs: RequestState;
}[] = [
  {
    state: 'planning',
    faults: [
      {
        match: { method: 'GET', path: '/ipamPools/corp-centralus$' },
        effect: { status: 500, code: 'InternalServerError' },
      },
    ],
    endsAs: 'succeeded',
  },
  {
    state: 'deploying',
    faults: [
      {
        match: { method: 'GET', path: '/operations/' },
        effect: { status: 500, code: 'InternalServerError' },
      },
    ],
    endsAs: 'succeeded',
  },
  {
    state: 'verifying',
    faults: [{ match: putOfVirtualNetwork, effect: { delayAssociationMs: 120_000 } }],
    endsAs: 'succeeded',
  },
  {
    state: 'compensating',
    faults: [
      { match: putOfVirtualNetwork, effect: { failOperation: { code: 'AllocationFailed' } } },
      { match: { method: 'DELETE' }, effect: { status: 409, code: 'AnotherOperationInProgress' } },
    ],
    endsAs: 'failed',
  },
];

describe('a request whose instance is lost', () => {
  for (const { state, faults, endsAs } of stages) {
    it(`is taken up by the sweep and ends as ${endsAs} when it was ${state}`, async () => {
      const folder = dataFolder();
      let test = await TestPlatform.start({ dataDirectory: folder });
      for (const fault of faults) await test.control.addFault(fault);
      await test.send(smallRequest(test, 'LOST-1'));
      await enters(test, 'LOST-1', state);
      await test.settle();
      test = await restartWithoutInstances(test, folder);
      const record = await test.runToEnd('LOST-1');

      expect(record.state).toBe(endsAs);
      const trace = await traceOf(test, 'LOST-1');
      if (endsAs === 'succeeded') {
        expect(trace.association).toEqual(allocationsIn(record)?.[0]?.prefixes);
      } else {
        expect(trace).toEqual(nothing);
        // Why it was taken back is not lost with the run.
        expect(record.error?.code).toBe('OperationFailed');
      }
      const results = (await eventTypes(test, 'LOST-1')).filter((type) =>
        /^allocation\.(succeeded|failed|compensated|compensation-failed)$/.test(type),
      );
      expect(results).toHaveLength(1);
    });
  }

  it('still waits for its decision when it did so before', async () => {
    const folder = dataFolder();
    let test = await TestPlatform.start({ dataDirectory: folder });
    await test.send(largeRequest(test, 'LOST-2'));
    await enters(test, 'LOST-2', 'awaiting-approval');
    await test.settle();
    const plan = (await test.ledger.getRequest('LOST-2'))?.plan;
    test = await restartWithoutInstances(test, folder);
    await test.send(decision('LOST-2', 'approve'));
    const record = await test.runToEnd('LOST-2');

    expect(record.state).toBe('succeeded');
    expect(record.plan?.planHash).toBe(plan?.planHash);
  });

  it('is started when it was claimed and never started', async () => {
    const test = await TestPlatform.start();
    onTestFinished(() => test.close());
    const body = smallRequest(test, 'LOST-3');
    const parsed = parseMessage(Buffer.from(JSON.stringify(body)));
    if (!parsed.ok || parsed.message.operation !== 'allocate') throw new Error('unreachable');
    await test.ledger.claimRequest(
      {
        id: 'LOST-3',
        request: parsed.message,
        contentHash: contentHash(parsed.message),
        instanceId: instanceIdOf('LOST-3'),
        tenant: 'fabrikam',
      },
      new Date().toISOString(),
    );
    expect((await test.runToEnd('LOST-3')).state).toBe('succeeded');
  });

  it('finishes what it deployed although its prerequisites are not met any more', async () => {
    const test = await TestPlatform.start();
    onTestFinished(() => test.close());
    await test.control.addFault({
      match: { method: 'GET', path: '/operations/', times: 1 },
      effect: { status: 500, code: 'InternalServerError' },
    });
    await test.send(smallRequest(test, 'LOST-4'));
    await enters(test, 'LOST-4', 'deploying');
    await test.settle();
    test.platform.host.durable.terminate(instanceIdOf('LOST-4'), 'lost');
    const pool = test.platform.ready.landscape.pools[0]?.id;
    await test.control.change({ network: { change: 'fillPool', pool } });
    const record = await test.runToEnd('LOST-4');

    expect([record.state, record.error]).toEqual(['succeeded', undefined]);
  });

  it('is parked, and names what is left, when it may neither finish nor take back', async () => {
    const folder = dataFolder();
    let test = await TestPlatform.start({ dataDirectory: folder });
    await test.control.addFault({
      match: { method: 'GET', path: '/operations/' },
      effect: { status: 500, code: 'InternalServerError' },
    });
    await test.send(smallRequest(test, 'LOST-5'));
    await enters(test, 'LOST-5', 'deploying');
    await test.settle();
    test = await restartWithoutInstances(test, folder);
    await test.control.change({ roleAssignments: { drop: [{ role: 'Network Contributor' }] } });
    const record = await test.runToEnd('LOST-5');

    expect(record.state).toBe('compensation-failed');
    expect(record.leftovers).toEqual([
      expect.stringMatching(/^perhaps the VNet .* 403/),
      'the allocation 10.0.0.0/24 of the pool corp-centralus for it',
    ]);
    expect((await test.lookUp.virtualNetworks('fabrikam')).size).toBe(1);
  });
});

describe('a result event', () => {
  it('is published by the sweep when the run that ended could not publish it', async () => {
    let ledgerFile = '';
    const rename = (from: string, to: string) => {
      const database = new DatabaseSync(ledgerFile);
      database.exec(`ALTER TABLE ${from} RENAME TO ${to}`);
      database.close();
    };
    let isBroken = false;
    const hasEnded = () => {
      const database = new DatabaseSync(ledgerFile);
      const row = database.prepare('SELECT state FROM requests').get();
      database.close();
      return row?.['state'] === 'succeeded';
    };
    const test = await TestPlatform.start({
      testing: {
        // From the commit that follows the recorded end, no event can be made.
        onCommit: () => {
          if (isBroken || ledgerFile === '' || !hasEnded()) return;
          isBroken = true;
          rename('decisions', 'decisions_away');
        },
      },
    });
    onTestFinished(() => test.close());
    ledgerFile = test.platform.ledgerFile;
    await test.send(smallRequest(test, 'MUTE-1'));
    const instanceId = instanceIdOf('MUTE-1');
    await test.runUntil(
      'the run to give up',
      () => test.platform.host.durable.getStatus(instanceId)?.runtimeStatus === 'Failed',
    );
    expect(await eventTypes(test, 'MUTE-1')).not.toContain('allocation.succeeded');
    rename('decisions_away', 'decisions');
    await test.runUntil('the event to be published', async () => {
      return (await test.ledger.getRequest('MUTE-1'))?.pendingEvent === undefined;
    });

    expect(await eventTypes(test, 'MUTE-1')).toEqual(['allocation.succeeded']);
  });
});

describe('requests whose ids resemble each other', () => {
  it('do not share an instance', async () => {
    const test = await TestPlatform.start();
    onTestFinished(() => test.close());
    await test.send(largeRequest(test, 'TWIN'));
    await enters(test, 'TWIN', 'awaiting-approval');
    await test.settle();
    await test.send(smallRequest(test, 'TWIN-approval'));
    await test.runToEnd('TWIN-approval');

    expect((await test.ledger.getRequest('TWIN'))?.state).toBe('awaiting-approval');
  });
});
