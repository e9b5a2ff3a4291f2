import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCodes } from '../../src/cli/exit-codes.ts';
import type { PoolDetail } from '../../src/model/api/pool-views.ts';
import type { RequestDetail, RequestPage } from '../../src/model/api/request-views.ts';
import { enters, largeRequest } from '../support/requests.ts';
import { TestPlatform } from '../support/test-platform.ts';
import { startVnetv, vnetv } from './support/start-vnetv.ts';

let test: TestPlatform;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vnetv-end-to-end-'));
  test = await TestPlatform.start();
});
afterAll(async () => {
  await test?.close();
  rmSync(folder, { recursive: true, force: true });
});

const envOf = (person: string) => ({ VNETV_API: test.platform.ready.api, VNETV_AS: person });
const as = (person: string, ...argv: string[]) => vnetv(argv, { env: envOf(person) });
const json = async <T>(person: string, ...argv: string[]): Promise<T> => {
  const { stdout, stderr } = await as(person, ...argv, '--json');
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as T;
};

const newNetwork = (id: string, size: string) => [
  ...[
    'request',
    '--id',
    id,
    '--tenant',
    'fabrikam',
    '-g',
    'rg-payments',
    '-n',
    `vnet-${id.toLowerCase()}`,
  ],
  ...[
    '--pool',
    'corp-centralus',
    '--size',
    size,
    '--subnet',
    'app=128',
    '--reason',
    'new environment',
  ],
];

describe('vnetv at the local platform', () => {
  it('goes the whole way: request, watch, approve, pools, remove, as different people', async () => {
    // Ada asks and watches; Ben approves what he has seen; the VNet is there.
    const preview = await as('ada', ...newNetwork('NET-1', '1024'), '--dry-run');
    expect(preview.stdout).toContain('The plan could be carried out.');
    const watching = startVnetv([...newNetwork('NET-1', '1024'), '--watch'], { env: envOf('ada') });
    await watching.said('Waiting for a decision');
    const waiting = await json<RequestPage>('ben', 'list', '--awaiting-me');
    expect(waiting.requests.map(({ id }) => id)).toEqual(['NET-1']);
    const { plan } = await json<RequestDetail>('ben', 'show', 'NET-1');
    expect((await as('ada', 'approve', 'NET-1', '--yes')).code).toBe(exitCodes.notAllowed);
    expect((await as('ben', 'approve', 'NET-1', '--plan-hash', plan?.planHash ?? '')).code).toBe(
      exitCodes.ok,
    );
    await test.runToEnd('NET-1');
    const watched = await watching.exited;
    expect(watched).toMatchObject({ code: exitCodes.ok });
    expect(watched.stdout).toContain(
      '✓ NET-1 succeeded: allocate vnet-net-1\n  prefixes  10.0.0.0/22\n',
    );

    // Everybody sees what the pool has given; who holds it, those who may.
    const pool = await json<PoolDetail>('ravi', 'pools', 'corp-centralus');
    expect(pool.blocks[0]).toMatchObject({
      prefix: '10.0.0.0/22',
      kind: 'allocated',
      holder: { requestId: 'NET-1' },
    });
    expect((await as('ravi', 'pools', 'corp-centralus')).stdout).toMatch(
      /10\.0\.0\.0\/22 +allocated +vnet-net-1 +fabrikam +NET-1/,
    );

    // Ada asks for the removal, Cleo approves and watches.
    const removal = await as(
      'ada',
      'remove',
      'NET-1',
      '--id',
      'NET-2',
      '-r',
      'not needed any more',
      '--yes',
    );
    expect(removal.stdout).toContain('NET-2 is accepted');
    await enters(test, 'NET-2', 'awaiting-approval');
    const removing = startVnetv(['approve', 'NET-2', '--yes', '--watch'], { env: envOf('cleo') });
    await removing.said('Cleo Approver: approve');
    await test.runToEnd('NET-2');
    expect((await removing.exited).code).toBe(exitCodes.ok);
    const empty = await json<PoolDetail>('ravi', 'pools', 'corp-centralus');
    expect(empty.allocatedIpAddresses).toBe('0');
  });

  it('decides on what a ticket system has queued', async () => {
    await test.send(largeRequest(test, 'RITM0000001'));
    await enters(test, 'RITM0000001', 'awaiting-approval');
    const rejected = await as('cleo', 'reject', 'RITM0000001', '--reason', 'too large');
    await test.runToEnd('RITM0000001');

    expect(rejected.code).toBe(exitCodes.ok);
    const shown = await as('olu', 'show', 'RITM0000001', '--watch');
    expect(shown.code).toBe(exitCodes.endedBadly);
    expect(shown.stdout).toContain('RITM0000001 rejected');
    expect((await as('olu', 'show', 'RITM0000001')).stdout).toContain('Cleo Approver: reject');
  });

  it('cancels; a request of somebody else is not there', async () => {
    await as('ada', ...newNetwork('NET-3', '1024'));
    await enters(test, 'NET-3', 'awaiting-approval');

    expect((await as('noor', 'show', 'NET-3')).code).toBe(exitCodes.notAllowed);
    const cancelling = startVnetv(['cancel', 'NET-3', '-r', 'no need', '--watch'], {
      env: envOf('ada'),
    });
    await cancelling.said('to be cancelled');
    await test.runToEnd('NET-3');
    expect((await cancelling.exited).code).toBe(exitCodes.ok);
  });

  it('is refused what it may not do, with a reason', async () => {
    const contradiction = [newNetwork('NET-4', '16'), newNetwork('NET-4', '32')];
    expect((await as('ada', ...(contradiction[0] ?? []))).code).toBe(exitCodes.ok);
    expect((await as('ada', ...(contradiction[1] ?? []))).code).toBe(exitCodes.conflict);
    expect((await as('ben', ...newNetwork('NET-5', '16'))).code).toBe(exitCodes.notAllowed);
    expect((await as('ada', 'audit', 'verify')).code).toBe(exitCodes.notAllowed);
    expect((await as('ada', 'show', 'NET-404')).code).toBe(exitCodes.notFound);
    expect((await as('ravi', 'doctor', 'nowhere')).code).toBe(exitCodes.notFound);
    expect((await as('ada', 'request', '-f', '-')).code).toBe(exitCodes.usage);
    await test.runToEnd('NET-4');
  });

  it('finds what a tenant lacks, with the remedy', async () => {
    const good = await as('ravi', 'doctor', 'fabrikam');
    const bad = await as('ravi', 'doctor', 'northwind');

    expect(good).toMatchObject({ code: exitCodes.ok, stderr: '' });
    expect(bad.code).toBe(exitCodes.failedChecks);
    expect(bad.stdout).toContain('what to do');
  });

  it('shows all tenants in one table, and fails if one of them does', async () => {
    const all = await as('ravi', 'doctor');
    const json = await as('ravi', 'doctor', '--json');

    expect(all.code).toBe(exitCodes.failedChecks);
    expect(all.stdout).toMatch(/^✓ fabrikam +✓ +✓ +✓ +✓ +✓$/m);
    expect(all.stdout).toMatch(/^✗ northwind +✓ +✓ +✓ +✗ +✗$/m);
    expect(all.stdout).toContain('1 of 2 tenants is ready: 12 passed, 2 failed.');
    expect(JSON.parse(json.stdout)).toMatchObject({
      ready: false,
      tenants: [
        { alias: 'fabrikam', ready: true },
        { alias: 'northwind', ready: false },
      ],
    });
  });

  it('speaks for an application by the real client of Entra ID', async () => {
    const { ticketSystem, azure, api } = test.platform.ready;
    const env = {
      VNETV_API: api,
      AZURE_TENANT_ID: ticketSystem.tenantId,
      AZURE_CLIENT_ID: ticketSystem.clientId,
      AZURE_CLIENT_SECRET: ticketSystem.clientSecret,
      AZURE_AUTHORITY_HOST: azure.authority,
      NODE_EXTRA_CA_CERTS: azure.caFile,
    };
    const me = await vnetv(['whoami', '--json'], { env });
    const wrong = await vnetv(['whoami'], { env: { ...env, AZURE_CLIENT_SECRET: 'wrong' } });
    const other = await vnetv(['whoami'], {
      env: { ...env, VNETV_SCOPE: 'https://management.azure.com/.default' },
    });

    expect(JSON.parse(me.stdout)).toMatchObject({
      roles: ['Vnet.Request'],
      tenantId: ticketSystem.tenantId,
    });
    expect(wrong.code).toBe(exitCodes.notAllowed);
    expect(wrong.stderr).toContain('AADSTS7000215');
    expect(other.code).toBe(exitCodes.notAllowed);
  });

  it('finds a trail that somebody has changed or shortened in the ledger', async () => {
    const before = await as('ravi', 'audit', 'verify', '--json');
    const file = join(folder, 'audit.jsonl');
    await as('ravi', 'audit', 'export', '-o', file);
    expect(JSON.parse(before.stdout)).toMatchObject({ intact: true, problems: [] });
    expect((await vnetv(['audit', 'verify', '--file', file])).code).toBe(exitCodes.ok);
    const { head } = JSON.parse(before.stdout) as { head: { sequence: number; hash: string } };
    const noted = `${head.sequence}:${head.hash}`;
    expect((await as('ravi', 'audit', 'verify', '--expect-head', noted)).code).toBe(exitCodes.ok);

    const restore = tamper("UPDATE audit SET entry = replace(entry, 'Cleo', 'Clea')");
    const changed = await as('ravi', 'audit', 'verify');
    restore();
    const shorten = tamper(`DELETE FROM audit WHERE sequence > ${head.sequence - 2}`);
    const cut = await as('ravi', 'audit', 'verify', '--expect-head', noted);
    shorten();

    expect(changed.code).toBe(exitCodes.failedChecks);
    expect(changed.stdout).toMatch(/✗ Entry \d+ \(.*\) was changed/);
    expect(cut.code).toBe(exitCodes.failedChecks);
    expect(cut.stdout).toContain('cut off');
    expect((await as('ravi', 'audit', 'verify', '--expect-head', noted)).code).toBe(exitCodes.ok);
    expect(readFileSync(file, 'utf8')).toContain('Cleo');
  });

  /** Changes the audit trail behind the back of the ledger; answers what puts it back. */
  function tamper(statement: string): () => void {
    const database = new DatabaseSync(test.platform.ledgerFile);
    database.exec(
      'DROP TABLE IF EXISTS audit_kept; CREATE TABLE audit_kept AS SELECT * FROM audit',
    );
    database.exec(statement);
    return () => {
      database.exec(
        'DELETE FROM audit; INSERT INTO audit SELECT * FROM audit_kept; DROP TABLE audit_kept',
      );
      database.close();
    };
  }
});
