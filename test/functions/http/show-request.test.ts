import { describe, expect, it } from 'vitest';
import type { RequestDetail } from '../../../src/model/api/request-views.ts';
import { vendingError } from '../../../src/model/errors.ts';
import { sampleLandscape } from '../../model/samples.ts';
import { ApiBench } from './api-bench.ts';
import { type Person, people } from './people.ts';
import { type RecordedOptions, record } from './recorded-requests.ts';

const { ada, ben, olu, ravi } = people;
const id = 'RITM-1';

async function shown(as: Person, options: RecordedOptions): Promise<RequestDetail> {
  const bench = new ApiBench();
  await record(bench, id, options);
  return (await bench.get(`/api/requests/${id}`, { as })).json as RequestDetail;
}

it('shows what was asked for, and nobody a mail address', async () => {
  const requester = {
    name: 'Ada',
    email: 'ada@fabrikam.example',
    objectId: ada.objectId,
    tenantId: ada.tenantId,
  };
  const detail = await shown(olu, { request: { requester }, state: 'awaiting-approval' });
  expect(detail).toMatchObject({
    id,
    asksFor: '100 addresses of corp-centralus',
    tenant: 'fabrikam',
    request: { requester: { name: 'Ada', objectId: ada.objectId }, reason: expect.any(String) },
    plan: { planHash: expect.any(String), stages: [{ name: 'approval' }] },
  });
  expect(JSON.stringify(detail)).not.toContain('@');
});

it('shows nothing to somebody of another tenant who has the same object id', async () => {
  const bench = new ApiBench();
  await record(bench, id, { by: ada });
  const twin = { ...ada, tenantId: olu.tenantId };
  expect((await bench.get(`/api/requests/${id}`, { as: twin })).status).toBe(404);
  expect((await bench.get(`/api/requests/${id}`, { as: ada })).status).toBe(200);
});

it('tells the lines of the timeline that take something back', async () => {
  const bench = new ApiBench();
  await record(bench, id, { by: ada });
  for (const step of ['deploy', 'compensate-delete', 'compensating']) {
    await bench.ledger.appendTimeline(id, {
      key: step,
      at: bench.now.toISOString(),
      step,
      status: 'succeeded',
      message: 'm',
    });
  }
  const detail = (await bench.get(`/api/requests/${id}`, { as: ada })).json as RequestDetail;
  expect(detail.timeline.map(({ step, compensation }) => [step, compensation])).toEqual([
    ['deploy', false],
    ['compensate-delete', true],
    ['compensating', true],
  ]);
});

describe('what the caller can do now', () => {
  const cases: [string, Person, RecordedOptions, readonly string[]][] = [
    ['the requester of what waits', ada, { by: ada, state: 'awaiting-approval' }, ['cancel']],
    ['an approver', ben, { by: ada, state: 'awaiting-approval' }, ['approve', 'reject']],
    ['an operator', olu, { by: ada, state: 'awaiting-approval' }, ['cancel']],
    ['a reader', ravi, { by: ada, state: 'awaiting-approval' }, []],
    ['an operator of what runs', olu, { by: ada, state: 'deploying' }, ['cancel']],
    ['the requester of what is done', ada, { by: ada, state: 'succeeded' }, ['remove']],
    ['an operator of what is done', olu, { by: ada, state: 'succeeded' }, ['remove']],
    ['a reader of what is done', ravi, { by: ada, state: 'succeeded' }, []],
    ['the requester of what failed', ada, { by: ada, state: 'failed' }, []],
    ['the requester of what is parked', ada, { by: ada, state: 'compensation-failed' }, []],
    ['an operator of what is parked', olu, { by: ada, state: 'compensation-failed' }, ['resume']],
  ];
  it.each(cases)('%s', async (_, person, options, actions) => {
    expect((await shown(person, options)).actions).toEqual(actions);
  });
});

it('who is listed as an operator, but lacks the app role, is not offered to resume', async () => {
  const { name, objectId, tenantId } = ravi;
  const landscape = sampleLandscape({ operators: [{ name, objectId, tenantId }] });
  const bench = new ApiBench({ app: { landscape } });
  await record(bench, id, { by: ada, state: 'compensation-failed' });
  const path = `/api/requests/${id}`;
  expect(((await bench.get(path, { as: ravi })).json as RequestDetail).actions).toEqual([]);
  const refused = await bench.post(`${path}/resume`, { as: ravi, body: { reason: 'r' } });
  expect(refused.status).toBe(403);
});

describe('what happens next', () => {
  const stages = [
    {
      name: 'a',
      approvers: ['network', 'security'],
      minApprovals: 2,
      timeLimitHours: 72,
      escalateTo: [],
    },
  ];
  it.each([
    [
      { state: 'awaiting-approval' } as const,
      'Somebody who may approve decides, until 2026-11-25T00:00:00.000Z.',
    ],
    [
      { state: 'awaiting-approval', plan: { stages } } as const,
      'Network or security decides (2 approvals are missing), until 2026-11-25T00:00:00.000Z.',
    ],
    [{ state: 'succeeded' } as const, 'It is done; nothing is left to do.'],
  ])('%j', async (options, next) => {
    expect((await shown(olu, { by: ada, ...options })).next).toBe(next);
  });
});

it('who has seen it is sent nothing until something changes', async () => {
  const bench = new ApiBench();
  await record(bench, id, { by: ada });
  const first = await bench.get(`/api/requests/${id}`, { as: ada });
  expect(first.headers.get('etag')).toMatch(/^"1\.[\w-]+"$/);
  const headers = { 'if-none-match': first.headers.get('etag') ?? '' };
  expect((await bench.get(`/api/requests/${id}`, { as: ada, headers })).status).toBe(304);
  const line = { step: 'plan', status: 'started', message: 'm' } as const;
  await bench.ledger.appendTimeline(id, { key: 'k', at: bench.now.toISOString(), ...line });
  expect((await bench.get(`/api/requests/${id}`, { as: ada, headers })).status).toBe(200);
});

it('what failed says why, with its remedy', async () => {
  const error = vendingError('PoolExhausted', 'The pool is full.', { details: { pool: 'x' } });
  const detail = await shown(ada, { by: ada, state: 'failed', change: { error } });
  expect(detail.error).toEqual(error);
});

it.each(['..', '%2e%2e', 'x'.repeat(65), '7', '%00', 'RITM 1'])(
  'there is no request %s',
  async (name) => {
    const answer = await new ApiBench()
      .get(`/api/requests/${name}`, { as: olu })
      .catch(() => undefined);
    if (answer) expect(answer.status).toBe(404);
  },
);
