import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { RequestPage } from '../../../src/model/api/request-views.ts';
import { sampleLandscape } from '../../model/samples.ts';
import { ApiBench } from './api-bench.ts';
import { type Person, people } from './people.ts';
import { decided, record } from './recorded-requests.ts';

const { ada, ben, cleo, olu, ravi, ian } = people;
let bench: ApiBench;

const listed = async (as: Person, query = ''): Promise<readonly string[]> => {
  const answer = await bench.get(`/api/requests${query}`, { as });
  expect(answer.status, answer.text).toBe(200);
  return (answer.json as RequestPage).requests.map(({ id }) => id);
};

const members = ({ name, objectId, tenantId }: Person) => [{ name, objectId, tenantId }];
const stagesOf = (...approvers: string[]) => ({
  stages: [{ name: 'a', approvers, minApprovals: 1, timeLimitHours: 1, escalateTo: [] }],
});

const stageOfTwo = {
  name: 'approval',
  approvers: [],
  minApprovals: 2,
  timeLimitHours: 1,
  escalateTo: [],
};

beforeEach(async () => {
  const groups = [{ name: 'cleos', members: members(cleo) }];
  bench = new ApiBench({ app: { landscape: sampleLandscape({ policy: { rules: [], groups } }) } });
  const at = (day: number) => {
    bench.now = new Date(`2026-11-0${day}T12:00:00.000Z`);
  };
  at(1);
  await record(bench, 'ada-ended', { by: ada, state: 'succeeded' });
  at(2);
  await record(bench, 'ian-ended', { by: ian, state: 'succeeded' });
  at(3);
  await record(bench, 'ada-waits', { by: ada, state: 'awaiting-approval' });
  at(4);
  await record(bench, 'ian-waits-for-cleo', {
    by: ian,
    state: 'awaiting-approval',
    plan: stagesOf('cleos'),
  });
  at(5);
  await record(bench, 'ben-waits', { by: ben, state: 'awaiting-approval' });
  at(6);
  await record(bench, 'ada-runs', { by: ada, state: 'deploying' });
});

const everything = [
  'ada-runs',
  'ben-waits',
  'ian-waits-for-cleo',
  'ada-waits',
  'ian-ended',
  'ada-ended',
];

describe('the list shows, newest first,', () => {
  it('everything to operators and auditors', async () => {
    expect(await listed(olu)).toEqual(everything);
    expect(await listed(ravi)).toEqual(everything);
  });

  it('own requests to requesters, whatever they ask for', async () => {
    const own = ['ada-runs', 'ada-waits', 'ada-ended'];
    expect(await listed(ada)).toEqual(own);
    expect(await listed(ada, '?requester=me')).toEqual(own);
    expect(await listed(ada, `?requester=${ian.objectId}`)).toEqual([]);
    expect(await listed(ian)).toEqual(['ian-waits-for-cleo', 'ian-ended']);
  });

  it('to approvers what waits for them, what they have decided on, and their own', async () => {
    expect(await listed(ben)).toEqual(['ben-waits', 'ada-waits']);
    expect(await listed(cleo)).toEqual(['ben-waits', 'ian-waits-for-cleo', 'ada-waits']);
    const ended = await bench.ledger.getRequest('ian-ended');
    if (ended) await decided(bench, ended, ben, 'approve');
    expect(await listed(ben)).toEqual(['ben-waits', 'ada-waits', 'ian-ended']);
  });
});

describe('the inbox shows', () => {
  it('what waits for the caller, and never their own', async () => {
    expect(await listed(ben, '?awaiting=me')).toEqual(['ada-waits']);
    expect(await listed(cleo, '?awaiting=me')).toEqual([
      'ben-waits',
      'ian-waits-for-cleo',
      'ada-waits',
    ]);
    for (const person of [ada, olu, ravi]) expect(await listed(person, '?awaiting=me')).toEqual([]);
  });

  it('nothing any more once the caller has decided, or the approval is complete', async () => {
    const waits = await record(bench, 'two-are-needed', {
      by: ian,
      state: 'awaiting-approval',
      plan: { stages: [stageOfTwo] },
    });
    await decided(bench, waits, ben, 'approve');
    expect(await listed(ben, '?awaiting=me')).toEqual(['ada-waits']);
    expect(await listed(cleo, '?awaiting=me')).toContain('two-are-needed');
    await decided(bench, waits, cleo, 'approve');
    expect(await listed({ ...ravi, roles: ['Vnet.Approve'] }, '?awaiting=me')).not.toContain(
      'two-are-needed',
    );
  });

  it('again what the caller has approved for a stage that another one has replaced since', async () => {
    const before = await record(bench, 'asked-anew', {
      by: ian,
      state: 'awaiting-approval',
      plan: { stages: [stageOfTwo] },
    });
    await decided(bench, before, ben, 'approve');
    expect(await listed(ben, '?awaiting=me')).not.toContain('asked-anew');
    const { plan } = before;
    if (!plan) throw new Error('unreachable');
    const stages = plan.stages.map((stage) => ({ ...stage, name: 'another' }));
    await bench.ledger.updateRequest(
      before.id,
      { state: before.state, plan: { ...plan, stages, version: 2 } },
      bench.now.toISOString(),
    );
    expect(await listed(ben, '?awaiting=me')).toContain('asked-anew');
  });

  it('nothing for states in which nothing waits', async () => {
    expect(await listed(ben, '?awaiting=me&state=deploying')).toEqual([]);
    expect(await listed(ben, '?awaiting=me&state=deploying,awaiting-approval')).toEqual([
      'ada-waits',
    ]);
  });
});

describe('filters', () => {
  it.each([
    ['?state=deploying', ['ada-runs']],
    ['?state=deploying,succeeded', ['ada-runs', 'ian-ended', 'ada-ended']],
    ['?state=deploying&state=succeeded', ['ada-runs', 'ian-ended', 'ada-ended']],
    [`?requester=${ian.tenantId}/${ian.objectId}`, ['ian-waits-for-cleo', 'ian-ended']],
    [`?requester=${ben.objectId.toUpperCase()}`, ['ben-waits']],
    ['?requester=me', []],
    ['?tenant=fabrikam', everything],
    ['?tenant=northwind', []],
    ['?from=2026-11-05', ['ada-runs', 'ben-waits']],
    ['?from=2026-11-05T12:00:00.001Z', ['ada-runs']],
    ['?to=2026-11-02', ['ian-ended', 'ada-ended']],
    ['?to=2026-11-02T12:00:00.000Z', ['ada-ended']],
    ['?from=2026-11-03T13:00:00%2B01:00&to=2026-11-03', ['ada-waits']],
  ])('%s', async (query, expected) => {
    expect(await listed(olu, query)).toEqual(expected);
  });

  it.each([
    '?state=lost',
    '?state=',
    '?from=yesterday',
    '?from=2026-13-01',
    '?pageSize=0',
    '?pageSize=201',
    '?pageSize=ten',
    '?continuation=x',
    '?requester=ada',
    '?awaiting=you',
    '?page=2',
    '?tenant=',
  ])('%s is refused', async (query) => {
    const answer = await bench.get(`/api/requests${query}`, { as: olu });
    expect([answer.status, answer.json]).toMatchObject([400, { code: 'ParameterInvalid' }]);
  });
});

describe('pages', () => {
  async function walk(as: Person, query: string): Promise<readonly (readonly string[])[]> {
    const pages: string[][] = [];
    for (let next: string | undefined = `/api/requests${query}`; next; ) {
      const answer = await bench.get(next, { as });
      const page = answer.json as RequestPage;
      pages.push(page.requests.map(({ id }) => id));
      next = page.next;
    }
    return pages;
  }

  it('lead through everything once, and keep their filters', async () => {
    expect((await walk(olu, '?pageSize=4')).flat()).toEqual(everything);
    const filtered = await walk(olu, '?pageSize=1&state=succeeded,deploying&tenant=fabrikam');
    expect(filtered.flat()).toEqual(['ada-runs', 'ian-ended', 'ada-ended']);
  });

  it('are full where the ledger alone cannot say what fits', async () => {
    expect(await walk(ben, '?pageSize=1')).toEqual([['ben-waits'], ['ada-waits'], []]);
    expect(await walk(cleo, '?pageSize=2')).toEqual([
      ['ben-waits', 'ian-waits-for-cleo'],
      ['ada-waits'],
    ]);
    expect(await walk(cleo, '?awaiting=me&pageSize=2')).toEqual([
      ['ben-waits', 'ian-waits-for-cleo'],
      ['ada-waits'],
    ]);
  });

  it('end where nothing more is found after many', async () => {
    for (let index = 0; index < 410; index++) await record(bench, `i-${index}`, { by: ian });
    const pages = await walk(ben, '?pageSize=200');
    expect(pages.flat()).toEqual(['ben-waits', 'ada-waits']);
    expect(pages.length).toBeGreaterThan(1);
  });

  it('cost few reads of the ledger, however small they are and however much is not for the caller', async () => {
    for (let index = 0; index < 30; index++) await record(bench, `i-${index}`, { by: ian });
    const list = vi.spyOn(bench.ledger, 'listRequests');
    await bench.get('/api/requests?pageSize=1', { as: ben });
    expect(list.mock.calls.length).toBe(10);
    list.mockRestore();

    expect((await walk(ben, '?pageSize=1')).flat()).toEqual(['ben-waits', 'ada-waits']);
  });
});
