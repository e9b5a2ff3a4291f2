import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startEmulatedAzure } from '../../../src/local/azure/server.ts';
import { VirtualClock } from '../../../src/local/clock.ts';
import { trust } from '../../support/trust.ts';
import { arm, control, ids, scopes, seed, tokenOf } from './support/test-azure.ts';

test('a second start on the same folder has the state, the keys and the CA of the first', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'azure-'));
  const clock = new VirtualClock();
  const start = () =>
    startEmulatedAzure({
      clock,
      databaseFile: join(folder, 'azure.sqlite'),
      certificateDirectory: folder,
      port: 0,
      speed: 1,
      seed,
    });
  const first = await start();
  trust(first.caFile);
  const ca = readFileSync(first.caFile, 'utf8');
  const token = await tokenOf(first, ids.tenantB, ids.administratorB);
  const group = `${scopes.subscriptionB}/resourceGroups/rg-new`;
  await arm(first, 'PUT', group, { token, body: { location: 'eastus' } });
  await control(first, 'POST', '/state', {
    roleAssignments: { drop: [{ scope: scopes.pool }] },
  });
  const deletion = await arm(first, 'DELETE', scopes.groupB, { token });
  const before = await control(first, 'GET', '/state');
  await first.close();

  const second = await start();
  expect(readFileSync(second.caFile, 'utf8')).toBe(ca);
  expect((await control(second, 'GET', '/state')).body).toEqual(before.body);
  // The token of the first start is good for the second, and the deletion goes on.
  expect((await arm(second, 'GET', group, { token })).status).toBe(200);
  clock.advance(15_000);
  const poll = (deletion.headers.get('location') ?? '').replace(first.origin, second.origin);
  expect((await arm(second, 'GET', poll, { token })).status).toBe(200);
  expect((await arm(second, 'GET', scopes.groupB, { token })).status).toBe(404);
  await second.close();
});
