import { execFile, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { startBroker } from '../../../src/local/broker/broker.ts';
import { SystemClock } from '../../../src/local/clock.ts';
import { brokerEntities } from '../../../src/local/platform.ts';

const run = promisify(execFile);

/** It takes half a minute and fetches a package, so it runs only where it is asked for. */
const missing =
  process.env['VNETV_DOTNET_TESTS'] !== '1'
    ? 'Set VNETV_DOTNET_TESTS=1 to build a program with the .NET client and run it.'
    : spawnSync('dotnet', ['--version']).status === 0
      ? undefined
      : 'dotnet is not installed.';

describe('the client for .NET, which the Functions host uses', { timeout: 300_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'vnet-vending-dotnet-'));

  beforeEach((context) => {
    if (missing !== undefined) context.skip(missing);
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it('sends, takes, renews, gives back, completes and dead-letters', async () => {
    cpSync(fileURLToPath(new URL('dotnet-client', import.meta.url)), folder, { recursive: true });
    const broker = await startBroker({
      clock: new SystemClock(),
      databaseFile: ':memory:',
      port: 0,
      entities: brokerEntities,
      log: () => undefined,
    });
    try {
      const { stdout } = await run('dotnet', ['run', '--', broker.connectionString], {
        cwd: folder,
        env: { ...process.env, DOTNET_NOLOGO: '1', DOTNET_CLI_TELEMETRY_OPTOUT: '1' },
      });

      expect(stdout.trim().split(/\r?\n/)).toEqual([
        'sent',
        'received net-1 {"id":"NET-1"} for the 1. time',
        'renewed',
        'received net-1 {"id":"NET-1"} for the 2. time',
        'dead-lettered event: Why',
      ]);
      expect(broker.counts('vnet-requests')).toMatchObject({ active: 0, deadLetter: 0 });
    } finally {
      await broker.close();
    }
  });
});
