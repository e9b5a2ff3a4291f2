import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RequestDetail } from '../../src/model/api/request-views.ts';
import { findConfidential, secretsOf } from '../replay/confidential.ts';
import { enters, largeRequest, removeRequest, requester } from '../support/requests.ts';
import { TestPlatform } from '../support/test-platform.ts';
import { allAnswers, TestClient } from './api-client.ts';

let test: TestPlatform;

beforeAll(async () => {
  test = await TestPlatform.start();
});
afterAll(() => test?.close());

/** Every text in a database but in the tables that are left out. */
function textsIn(file: string, without: readonly string[] = []): string {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
    return tables
      .map(({ name }) => String(name))
      .filter((name) => !without.includes(name))
      .flatMap((name) => database.prepare(`SELECT * FROM "${name}"`).all())
      .flatMap((row) => Object.values(row))
      .map((value) =>
        value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value),
      )
      .join('\n');
  } finally {
    database.close();
  }
}

it('after a whole journey no secret, token or signed URL is stored, published, logged or answered', async () => {
  const ada = new TestClient(test, 'ada');
  const ben = new TestClient(test, 'ben');
  const olu = new TestClient(test, 'olu');
  const email = 'ada.secret.address@fabrikam.example';

  async function carryOut(request: { readonly id: string }) {
    await ada.post('/api/plans', { ...request, requester: { email } });
    await ada.post('/api/requests', { ...request, requester: { email } });
    await enters(test, request.id, 'awaiting-approval');
    const path = `/api/requests/${request.id}`;
    const { plan } = (await ben.get<RequestDetail>(path)).body;
    await ben.post(`${path}/decisions`, { decision: 'approve', planHash: plan?.planHash });
    expect((await test.runToEnd(request.id)).state).toBe('succeeded');
    await ada.get(path);
  }
  await carryOut(largeRequest(test, 'SEC-1'));
  await carryOut(removeRequest(test, 'SEC-2', 'vnet-sec-1'));
  for (const path of [
    '/api/requests',
    '/api/pools',
    '/api/pools/corp-centralus',
    '/api/tenants',
    '/api/tenants/northwind/check',
    '/api/tenants/fabrikam/virtual-networks',
    '/api/audit?pageSize=1000',
    '/api/audit/export?format=csv',
    '/api/requests/NONE-1',
  ]) {
    await olu.get(path);
  }
  await test.settle();
  const events = JSON.stringify(await test.events());

  const { platform } = test;
  const folder = join(platform.ledgerFile, '..');
  const key = String(process.env['VNETV_LOCAL_PRINCIPAL_KEY']);
  expect(key).toHaveLength(43);
  const known = [...secretsOf(platform.ready), key];
  const places: Record<string, string> = {
    // Signed URLs of operations are kept in the step states, which nothing shows.
    ledger: textsIn(platform.ledgerFile, ['step_states']),
    durable: textsIn(join(folder, 'durable.db')),
    events,
    log: readFileSync(join(folder, 'platform.log'), 'utf8'),
    answers: allAnswers.join('\n'),
  };
  for (const [place, text] of Object.entries(places)) {
    expect(text.length, place).toBeGreaterThan(1_000);
    expect(findConfidential(text, known), place).toEqual([]);
  }
  // Mail addresses are kept in the ledger alone.
  expect(places['ledger']).toContain(email);
  for (const place of ['events', 'log', 'answers', 'durable']) {
    expect(places[place], place).not.toContain(email);
  }
  // The test sees what it looks at.
  expect(places['answers']).toContain(requester.objectId);
});
