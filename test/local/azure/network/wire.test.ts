import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EmulatedAzure } from '../../../../src/local/azure/server.ts';
import { VirtualClock } from '../../../../src/local/clock.ts';
import { type Answer, arm, control, ids, startTestAzure, tokenOf } from '../support/test-azure.ts';
import { ipamBody, networkPath } from './test-network.ts';

/** Over TLS, on virtual time: operations end when the test says so. */
const clock = new VirtualClock(Date.now());
let azure: EmulatedAzure;
let token: string;
let auxiliary: readonly string[];

beforeAll(async () => {
  azure = await startTestAzure({ clock });
  token = await tokenOf(azure, ids.tenantB, ids.application);
  auxiliary = [await tokenOf(azure, ids.tenantA, ids.application)];
});
afterAll(() => azure.close());

const send = (method: string, path: string, body?: unknown): Promise<Answer> =>
  arm(azure, method, path, { token, auxiliary, ...(body === undefined ? {} : { body }) });

test('of two PUTs at the same time one creates the VNet and the other is told to wait', async () => {
  const answers = await Promise.all([
    send('PUT', networkPath('race'), ipamBody(256)),
    send('PUT', networkPath('race'), ipamBody(256)),
  ]);
  const [created, busy] = answers.sort((a, b) => a.status - b.status);
  expect([created?.status, busy?.status]).toEqual([201, 409]);
  expect(busy?.body.error).toMatchObject({ code: 'AnotherOperationInProgress', details: [] });
  const url = created?.headers.get('azure-asyncoperation') ?? '';
  expect((await send('GET', url)).body).toEqual({ status: 'InProgress' });
  expect((await send('GET', url)).body).toEqual({ status: 'InProgress' });
  clock.advance(1_000);
  expect((await send('GET', url)).body).toEqual({ status: 'Succeeded' });
});

test('two VNets created at the same time never get the same prefix', async () => {
  const answers = await Promise.all(
    ['p', 'q', 'r', 's'].map((name) => send('PUT', networkPath(name), ipamBody(256))),
  );
  const prefixes = answers.map(({ body }) => body.properties.addressSpace.addressPrefixes[0]);
  expect(new Set(prefixes).size).toBe(4);
});

test('a PUT has no ETag, a GET has; x-ms-request-id is the id of the operation', async () => {
  const created = await send('PUT', networkPath('headers'), ipamBody(8));
  expect(created.headers.has('etag')).toBe(false);
  expect(created.headers.get('azure-asyncnotification')).toBe('Enabled');
  const id = created.headers.get('x-ms-request-id') ?? '';
  expect(created.headers.get('azure-asyncoperation')).toContain(`/operations/${id}?`);
  clock.advance(1_000);
  const got = await send('GET', networkPath('headers'));
  expect(got.headers.get('etag')).toBe(got.body.etag);
});

test('the Location of a DELETE ends with an empty 204 that keeps the headers of the DELETE', async () => {
  await send('PUT', networkPath('gone'), ipamBody(8));
  clock.advance(1_000);
  const deleted = await send('DELETE', networkPath('gone'));
  expect(deleted.status).toBe(202);
  expect(deleted.headers.has('content-type')).toBe(false);
  const location = deleted.headers.get('location') ?? '';
  const running = await send('GET', location);
  expect(running.status).toBe(202);
  clock.advance(1_000);
  const ended = await send('GET', location);
  expect({ status: ended.status, body: ended.body }).toEqual({ status: 204, body: undefined });
  expect(ended.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(ended.headers.get('x-ms-request-id')).toBe(deleted.headers.get('x-ms-request-id'));
  for (const name of ['location', 'azure-asyncoperation']) {
    expect(ended.headers.has(name)).toBe(true);
  }
});

test('a call that is dropped after its effect finds the VNet there when it comes again', async () => {
  await control(azure, 'POST', '/faults', {
    match: { method: 'PUT', path: '/virtualNetworks/lost', times: 1 },
    effect: { applyThenDrop: true },
  });
  await expect(send('PUT', networkPath('lost'), ipamBody(8))).rejects.toThrow();
  const found = await send('GET', networkPath('lost'));
  expect(found.status).toBe(200);
  expect(found.body.properties.addressSpace.addressPrefixes).toHaveLength(1);
});
