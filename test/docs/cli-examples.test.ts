import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCodeMeanings } from '../../src/cli/exit-codes.ts';
import { isEndState } from '../../src/model/states.ts';
import { entry } from '../cli/support/start-vnetv.ts';
import { putOfVirtualNetwork, smallRequest } from '../support/requests.ts';
import { TestPlatform } from '../support/test-platform.ts';
import { walkPage } from './console-page.ts';

const page = new URL('../../docs/cli.md', import.meta.url);

let test: TestPlatform;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vnetv-examples-'));
  test = await TestPlatform.start();
  const command = join(folder, 'vnetv');
  writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${entry}" "$@"\n`);
  chmodSync(command, 0o755);
});
afterAll(async () => {
  await test?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function run(command: string): Promise<string> {
  const child = spawn('bash', ['-c', `exec 2>&1\n${command}`], {
    cwd: folder,
    env: {
      PATH: `${folder}:${process.env['PATH']}`,
      TZ: 'UTC',
      COLUMNS: '88',
      LANG: 'C.UTF-8',
      VNETV_API: test.platform.ready.api,
    },
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  let isOver = false;
  child.on('close', () => {
    isOver = true;
  });
  while (!isOver) {
    await comeToRest();
    await sleep(20);
  }
  await comeToRest();
  return output.replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:7071');
}

/** Lets time pass until every request has ended or waits for somebody. */
async function comeToRest(): Promise<void> {
  await test.settle();
  await test.runUntil('everything to rest', async () =>
    (await test.ledger.listUnfinishedRequests()).every(
      ({ state }) => state === 'awaiting-approval' || isEndState(state),
    ),
  );
}

const preparations: Readonly<Record<string, (id: string) => Promise<void>>> = {
  /** Ada asks for something that needs an approval. */
  async ask(id) {
    await run(
      `vnetv --as ada request --id ${id} --tenant fabrikam -g rg-web -n vnet-${id.toLowerCase()} --pool corp-centralus --size 2048 --reason "nightly build"`,
    );
  },
  /** A deployment that fails, and whose VNet may not be deleted for the time being. */
  async park(id) {
    const failOperation = { code: 'AllocationFailed', message: 'No capacity.' };
    await test.control.addFault({
      match: { ...putOfVirtualNetwork, times: 1 },
      effect: { failOperation },
    });
    await test.control.addFault({
      match: { method: 'DELETE', path: '/virtualNetworks/' },
      effect: { status: 403, code: 'AuthorizationFailed' },
    });
    await test.send(smallRequest(test, id));
    await test.runToEnd(id);
    await test.control.clearFaults();
  },
};

/** What differs from run to run: times, ages, hashes, ids that Azure or `vnetv` makes up. */
const normalized = (output: string): string =>
  output
    .replaceAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?/g, '<time>')
    .replaceAll(/^( +)\d\d:\d\d:\d\d /gm, '$1<time> ')
    .replaceAll(/^ {2}\d{4}-\d\d-\d\d\n/gm, '')
    .replaceAll(/\b\d+ (s|min|h|d)( ago\)|$)/gm, '<age>$2')
    .replaceAll(/Azure request id [0-9a-f-]{36}/g, 'Azure request id <guid>')
    // An age of two digits takes more room from the column before it.
    .replaceAll(/\S*…(?= +<age>$)/gm, '…')
    .replaceAll(/ +<age>$/gm, ' <age>')
    .replaceAll(/^(.*\S) +age$/gm, '$1 age')
    .replaceAll(/\b[0-9a-f]{64}\b/g, '<hash>')
    .replaceAll(/\bCLI-\d{8}-\w{8}\b/g, '<id>')
    .replaceAll(/since \d{4}-\d\d-\d\d/g, 'since <day>');

describe('the examples of docs/cli.md', () => {
  it('print what the page shows', { timeout: 240_000 }, async () => {
    const prepare = async (what: string, id: string) => await preparations[what]?.(id);
    await walkPage(page, { folder, run, prepare, normalized });
  });

  it('name every exit code with the words of the help', () => {
    const text = readFileSync(page, 'utf8');

    for (const [code, meaning] of exitCodeMeanings)
      expect(text).toContain(`| ${code} | ${meaning} |`);
  });
});
