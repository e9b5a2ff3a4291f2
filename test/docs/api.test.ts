import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { extentOf } from '../../src/functions/http/access.ts';
import { routes } from '../../src/functions/http/routes/all-routes.ts';
import { readLandscapeFile } from '../../src/local/landscape/landscape-file.ts';
import { type Platform, startPlatform } from '../../src/local/platform.ts';
import { appRoles } from '../../src/model/api/callers.ts';
import { problemSchema } from '../../src/model/api/problems.ts';
import { limits } from '../../src/model/limits.ts';
import { blocksOf, readPage } from './blocks.ts';

const page = 'docs/api.md';
const text = readPage(page);

describe('the examples of the page', () => {
  let platform: Platform;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vnet-vending-api-docs-'));
    platform = await startPlatform({
      landscapeFile: readLandscapeFile(),
      dataDirectory: join(folder, 'data'),
      speed: 1000,
      ports: { api: 0, amqp: 0, azure: 0 },
    });
  });
  afterAll(async () => {
    await platform?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'));

  it('run one after the other, and answer what the page says', async () => {
    const blocks = blocksOf(page);
    // Each example says after itself what it printed, so that its answer can be found.
    const script = blocks
      .filter(({ tag }) => tag === 'example')
      .map((block) => `${block.text}\nprintf '\\n--- end ---\\n'`)
      .join('\n');
    const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], {
      cwd: folder,
      env: { ...process.env, api: platform.ready.api },
      // One of the examples waits for the plan.
      timeout: 25_000,
    });
    const printed = stdout
      .split('\n--- end ---\n')
      .map((one) => one.trim())
      .filter((one) => one !== '');
    const answers = blocks.filter(({ tag }) => tag === 'answer');
    expect(printed.map((one) => JSON.parse(one))).toEqual(
      answers.map((one) => JSON.parse(one.text)),
    );
  });

  it('leave behind what the page promises', () => {
    const seen = read('seen.json');
    expect(read('plan.json').plan.planHash).toBe(seen.plan.planHash);
    expect(read('inbox.json').requests.map(({ id }: { id: string }) => id)).toEqual([seen.id]);
    expect(read('decided.json')).toMatchObject({ approval: { status: 'approved' } });
    expect(read('stale.json')).toMatchObject({ code: 'RevisionConflict', status: 412 });
    expect(read('list.json').requests).toHaveLength(1);
    expect(read('pool.json').blocks.length).toBeGreaterThan(0);
    expect(problemSchema.parse(read('problem.json'))).toMatchObject({ code: 'SchemaInvalid' });
  });
});

describe('what the page says', () => {
  it('names every route', () => {
    for (const { path } of routes) {
      expect(text).toContain(path === 'api/requests/{id}/resume' ? '`/resume`' : `/${path}`);
    }
  });

  const rows: readonly [words: string, right: Parameters<typeof extentOf>[0]][] = [
    ['ask, and see what a request would do', 'requests.create'],
    ['see requests', 'requests.read'],
    ['cancel', 'requests.cancel'],
    ['resume a failed compensation', 'requests.resume'],
    ['pools: usage and address map', 'pools.read'],
    ['tenants, and their VNets', 'tenants.read'],
    ['check a tenant', 'tenants.check'],
    ['audit trail, its verification and export', 'audit.read'],
  ];
  it.each(rows)('of who may "%s" is true', (words, right) => {
    const row = text.split('\n').find((line) => line.startsWith(`| ${words} |`)) ?? '';
    const cells = row
      .split('|')
      .slice(2, -1)
      .map((cell) => cell.trim());
    const has = appRoles.map((role) => extentOf(right, { roles: [role] }) !== undefined);
    expect(cells.map((cell) => cell !== '')).toEqual(has);
  });

  it('of limits is true', () => {
    expect(text).toContain(`${limits.messageBytes / 1024} KiB and ${limits.messageDepth} levels`);
    expect(text).toContain(`${limits.auditExportEntries.toLocaleString('en')} entries`);
  });
});
