import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { SystemClock, VirtualClock } from '../../../src/local/clock.ts';
import type { Host } from '../../../src/local/host/host.ts';
import { startHost } from '../../../src/local/host/host.ts';
import { replayHistory } from '../../../src/local/host/replay.ts';
import {
  buildApp,
  isOver,
  newDatabaseFile,
  startTestHost,
  type TestHost,
  testFolder,
} from './test-host.ts';

const journal = () => (globalThis as { workflowJournal?: string[] }).workflowJournal ?? [];
const expected = ['a', 'b', { said: ['child'], version: null }, 'now', 'last'];
let open: Host | undefined;

afterEach(async () => {
  await open?.close();
});

/** Starts the instance and raises its event, each once over all lives of the host. */
function driver() {
  let started = false;
  let raised = false;
  return async (host: TestHost, crashed: () => boolean) => {
    if (!started) {
      started = true;
      host.durable.start('everything', { instanceId: 'e', input: '{"round":1}' });
    }
    // An event that comes before continueAsNew would be lost with the first generation.
    await host.runUntil(() => crashed() || host.durable.getGenerations('e').length === 2);
    if (!raised && !crashed()) {
      raised = true;
      host.durable.raiseEvent('e', 'go', '"now"');
    }
  };
}

/** Runs the workflow while every host is killed at its `crashAt`th commit; answers whether it was. */
async function runWithCrashes(crashAt: number): Promise<boolean> {
  const clock = new VirtualClock();
  const databaseFile = newDatabaseFile();
  const drive = driver();
  let crashes = 0;
  for (;;) {
    let commits = 0;
    let crashed = false;
    const host = await startTestHost({
      clock,
      databaseFile,
      // Only the first life ends early: every point of the whole run is met once.
      onCommit: () => {
        if (crashes === 0 && ++commits === crashAt) {
          crashed = true;
          throw new Error('killed');
        }
      },
    });
    open = host;
    try {
      await drive(host, () => crashed);
    } catch (error) {
      expect(crashed).toBe(true);
      expect((error as Error).name).toBe('EngineHalted');
    }
    await host.runUntil(() => crashed || isOver(host, 'e'));
    if (!crashed) {
      expect(host.durable.getStatus('e')).toMatchObject({
        runtimeStatus: 'Completed',
        output: expected,
      });
      const [, last] = host.durable.getGenerations('e');
      const appFile = await buildApp('workflows');
      const options = { appFile, orchestration: 'everything', history: last?.history ?? [] };
      expect((await replayHistory(options)).differences).toEqual([]);
      await host.close();
      return crashes > 0;
    }
    crashes++;
    await host.kill();
  }
}

test('a host killed after any commit goes on where it was', async () => {
  let crashAt = 1;
  while (await runWithCrashes(crashAt)) {
    crashAt++;
  }
  expect(crashAt).toBeGreaterThan(15);
});

test('an activity whose completion was not committed runs again', async () => {
  const databaseFile = newDatabaseFile();
  const first = await startTestHost({ databaseFile });
  open = first;
  first.durable.start('hangs', { instanceId: 'h' });
  await expect.poll(() => first.durable.getStatus('h')?.runtimeStatus).toBe('Running');
  await first.kill();
  const appFile = await buildApp('workflows');
  const second = await startTestHost({ databaseFile, appFile });
  open = second;
  expect(second.durable.getStatus('h')?.runtimeStatus).toBe('Running');
  expect(second.isIdle()).toBe(false);
  await second.kill();
});

test('a host closed cleanly finishes what runs and leaves the rest to the next start', async () => {
  const databaseFile = newDatabaseFile();
  const clock = new VirtualClock();
  const first = await startTestHost({ databaseFile, clock });
  open = first;
  const before = journal().length;
  first.durable.start('fanOut', { instanceId: 'f', input: '3' });
  await first.close();
  const second = await startTestHost({ databaseFile, clock });
  open = second;
  await second.whenIdle();
  expect(second.durable.getStatus('f')?.output).toEqual(['0', '1', '2']);
  expect(journal().length - before).toBe(3);
});

test('kill -9 of the process loses nothing, however far it has come', {
  timeout: 60_000,
}, async () => {
  const appFile = await buildApp('workflows');
  const databaseFile = newDatabaseFile();
  const script = join(import.meta.dirname, 'apps', 'killed-process.ts');
  for (let life = 0; life < 6; life++) {
    const child = spawn(process.execPath, [script, appFile, databaseFile], {
      stdio: ['ignore', 'pipe', 'inherit'],
      cwd: testFolder(),
    });
    const exited = once(child, 'exit');
    const started = new Promise<void>((resolve) => {
      let lines = 0;
      child.stdout.on('data', (chunk: Buffer) => {
        lines += chunk.toString().split('\n').length - 1;
        if (lines > life * 3) resolve();
      });
    });
    await Promise.race([started, exited]);
    child.kill('SIGKILL');
    await exited;
  }
  const host = await startHost({
    clock: new SystemClock(),
    databaseFile,
    port: 0,
    appFile,
  });
  open = host;
  await expect
    .poll(() => host.durable.listInstances({ runtimeStatus: ['Running', 'Pending'] }), {
      timeout: 20_000,
    })
    .toEqual([]);
  const instances = host.durable.listInstances().filter((i) => i.name === 'counter');
  // 1, 4, 7, 10, 13 and 16 at the least.
  expect(instances.length).toBeGreaterThanOrEqual(51);
  for (const instance of instances) {
    expect(instance).toMatchObject({ runtimeStatus: 'Completed', output: 5 });
  }
});
