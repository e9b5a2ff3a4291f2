import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PoolDetail } from '../../src/model/api/pool-views.ts';
import type { Accepted, RequestDetail, RequestPage } from '../../src/model/api/request-views.ts';
import { enters, largeRequest, removeRequest } from '../support/requests.ts';
import { TestPlatform } from '../support/test-platform.ts';
import { TestClient } from './api-client.ts';

let test: TestPlatform;
let ada: TestClient;
let ben: TestClient;

beforeAll(async () => {
  test = await TestPlatform.start();
  ada = new TestClient(test, 'ada');
  ben = new TestClient(test, 'ben');
});
afterAll(() => test?.close());

const withoutIds = ({ requester: _, id: __, ...request }: { requester: unknown; id: unknown }) =>
  request;

it('a VNet is asked for, approved, seen in the map of its pool, and removed again', async () => {
  const accepted = await ada.post<Accepted>('/api/requests', withoutIds(largeRequest(test, 'X')), {
    'idempotency-key': '"9f0c1e1e-4f0f-4b45-8b5e-4c2f6a3c7a11"',
  });
  expect(accepted.status).toBe(202);
  const { id, location } = accepted.body;
  expect(accepted.headers.get('location')).toBe(location);
  expect(location).toBe(`/api/requests/${id}`);

  await enters(test, id, 'awaiting-approval');
  const inbox = await ben.get<RequestPage>('/api/requests?awaiting=me');
  expect(inbox.body.requests.map((one) => one.id)).toEqual([id]);
  const seen = await ben.get<RequestDetail>(location);
  expect(seen.body.actions).toEqual(['approve', 'reject']);
  expect(seen.body.requester.name).toBe('Ada Requester');

  const decided = await ben.post<RequestDetail>(
    `${location}/decisions`,
    { decision: 'approve', planHash: seen.body.plan?.planHash },
    { 'if-match': seen.headers.get('etag') ?? '' },
  );
  expect([decided.status, decided.body.approval?.status]).toEqual([200, 'approved']);
  expect((await ben.get<RequestPage>('/api/requests?awaiting=me')).body.requests).toEqual([]);

  expect((await test.runToEnd(id)).state).toBe('succeeded');
  const done = await ada.get<RequestDetail>(location);
  expect(done.body).toMatchObject({ state: 'succeeded', actions: ['remove'] });
  expect(done.body.prefixes).toHaveLength(1);

  const map = await ada.get<PoolDetail>('/api/pools/corp-centralus');
  const own = map.body.blocks.filter(({ holder }) => holder?.requestId === id);
  expect(own.map(({ prefix, kind }) => [prefix, kind])).toEqual([
    [done.body.prefixes[0], 'allocated'],
  ]);

  const removal = removeRequest(test, 'AWAY-1', done.body.target.virtualNetwork);
  expect((await ada.post('/api/requests', { ...removal, requester: undefined })).status).toBe(202);
  await enters(test, 'AWAY-1', 'awaiting-approval');
  const plan = (await ben.get<RequestDetail>('/api/requests/AWAY-1')).body.plan;
  await ben.post('/api/requests/AWAY-1/decisions', {
    decision: 'approve',
    planHash: plan?.planHash,
  });
  expect((await test.runToEnd('AWAY-1')).state).toBe('succeeded');
  const free = await ada.get<PoolDetail>('/api/pools/corp-centralus');
  expect(free.body.blocks).toEqual([{ prefix: '10.0.0.0/12', kind: 'free' }]);
});
