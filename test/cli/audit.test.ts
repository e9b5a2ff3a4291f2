import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exitCodes } from '../../src/cli/exit-codes.ts';
import type { AuditEntry } from '../../src/model/audit.ts';
import { FakeApi } from './support/fake-api.ts';
import { run } from './support/run-cli.ts';

let api: FakeApi;
let folder: string;
beforeEach(async () => {
  api = await FakeApi.start();
  api.addAudit(8);
  folder = mkdtempSync(join(tmpdir(), 'vnetv-test-'));
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await api.close();
});

const audit = (...argv: string[]) => run(['--api', api.url, '--as', 'ada', 'audit', ...argv]);
const edit = (sequence: number, change: Partial<AuditEntry>) => {
  api.audit = api.audit.map((entry) =>
    entry.sequence === sequence ? { ...entry, ...change } : entry,
  );
};
const headOf = (sequence: number) => `${sequence}:${api.audit[sequence - 1]?.hash}`;

describe('vnetv audit verify', () => {
  it('follows the whole trail, and tells the head to note', async () => {
    const { code, stdout } = await audit('verify');

    expect(code).toBe(exitCodes.ok);
    expect(stdout).toContain('The audit trail is intact: 8 entries.');
    expect(stdout).toContain(headOf(8));
  });

  it('finds a change itself, although the server says that all is well', async () => {
    edit(5, { actor: { name: 'somebody else' } });
    const { code, stdout } = await audit('verify', '--json');

    expect(code).toBe(exitCodes.failedChecks);
    expect(JSON.parse(stdout)).toMatchObject({
      intact: false,
      entries: 8,
      problems: [expect.stringContaining('Entry 5')],
    });
  });

  it('finds by a noted head that the end was cut off, or the trail written anew', async () => {
    const noted = headOf(7);
    expect((await audit('verify', '--expect-head', noted)).code).toBe(exitCodes.ok);
    api.audit = api.audit.slice(0, 6);
    expect((await audit('verify')).code).toBe(exitCodes.ok);
    expect((await audit('verify', '--expect-head', noted)).code).toBe(exitCodes.failedChecks);
    api.audit = [];
    api.addAudit(2);
    edit(1, {});
    expect((await audit('verify', '--expect-head', `2:${'f'.repeat(64)}`)).code).toBe(
      exitCodes.failedChecks,
    );
  });

  it('believes the server when it finds what the entries do not show', async () => {
    const head = { sequence: 8, hash: api.audit[7]?.hash ?? '' };
    api.verification = {
      intact: false,
      entries: 8,
      head,
      problems: ['The record of NET-7 was changed.'],
    };
    const { code, stdout } = await audit('verify');

    expect(code).toBe(exitCodes.failedChecks);
    expect(stdout).toContain('The server finds: The record of NET-7 was changed.');
  });

  it('finds a server that shows one trail and verifies another', async () => {
    api.verification = {
      intact: true,
      entries: 8,
      head: { sequence: 8, hash: 'e'.repeat(64) },
      problems: [],
    };
    expect((await audit('verify')).code).toBe(exitCodes.failedChecks);
    api.verification = {
      intact: true,
      entries: 3,
      head: { sequence: 3, hash: 'e'.repeat(64) },
      problems: [],
    };
    expect((await audit('verify')).code).toBe(exitCodes.failedChecks);
  });

  it('lets the trail grow while it looks', async () => {
    api.verification = {
      intact: true,
      entries: 9,
      head: { sequence: 9, hash: 'e'.repeat(64) },
      problems: [],
    };

    expect((await audit('verify')).code).toBe(exitCodes.ok);
  });

  it.each(['7', '7:abc', 'x:'.padEnd(66, 'a')])('refuses the head %s', async (head) => {
    expect((await audit('verify', '--expect-head', head)).code).toBe(exitCodes.usage);
  });

  it('verifies an export without asking anybody, and finds what was changed in it', async () => {
    const file = join(folder, 'audit.jsonl');
    await audit('export', '-o', file);
    const asked = api.calls.length;
    expect((await audit('verify', '--file', file)).code).toBe(exitCodes.ok);
    writeFileSync(file, readFileSync(file, 'utf8').replace('"sequence":3', '"sequence":4'));
    expect((await audit('verify', '--file', file)).code).toBe(exitCodes.failedChecks);
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, -20));
    expect((await audit('verify', '--file', file)).stderr).toContain('Line 8 of');
    expect((await audit('verify', '--file', join(folder, 'none'))).code).toBe(exitCodes.usage);
    expect(api.calls.length).toBe(asked);
  });
});

describe('vnetv audit export', () => {
  it('puts the parts of the server together', async () => {
    const { stdout } = await audit('export');
    const lines = stdout.trimEnd().split('\n');

    expect(lines.map((line) => JSON.parse(line))).toEqual(api.audit);
  });

  it('names the columns of a table once', async () => {
    const { stdout } = await audit('export', '--format', 'csv');

    expect(stdout.match(/sequence,hash/g)).toHaveLength(1);
    expect(stdout.trimEnd().split('\r\n')).toHaveLength(9);
  });

  it('writes a file that is complete, or none', async () => {
    const file = join(folder, 'audit.jsonl');
    api.scripted.push({ status: 500, body: '{}' });
    expect((await audit('export', '-o', file)).code).toBe(exitCodes.unexpected);
    expect(readdirSync(folder)).toEqual([]);
    const { stdout, stderr } = await audit('export', '-o', file);
    expect(stdout).toBe('');
    expect(stderr).toContain('audit.jsonl');
    expect(readFileSync(file, 'utf8').trimEnd().split('\n')).toHaveLength(8);
    expect((await audit('export', '-o', join(folder, 'no', 'folder'))).code).toBe(exitCodes.usage);
  });
});
