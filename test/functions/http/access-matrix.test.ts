import { describe, expect, it } from 'vitest';
import { routes } from '../../../src/functions/http/routes/all-routes.ts';
import { sampleBody, sampleLandscape } from '../../model/samples.ts';
import { ApiBench } from './api-bench.ts';
import { type Person, people } from './people.ts';
import { decided, type RecordedOptions, record } from './recorded-requests.ts';

const { ada, ben, cleo, olu, ravi, noor, ian } = people;

/** Who calls: nobody, somebody without a role, and one person a role. */
const callers: readonly [name: string, person: Person | undefined][] = [
  ['nobody', undefined],
  ['no role', noor],
  ['Request', ada],
  ['Approve', ben],
  ['Operate', olu],
  ['Read', ravi],
];

type Situation = (bench: ApiBench, caller: Person) => Promise<unknown>;

const id = 'RITM-1';
const own =
  (state: RecordedOptions['state']): Situation =>
  (bench, by) =>
    record(bench, id, { by, ...(state ? { state } : {}) });
const ofOther =
  (state: RecordedOptions['state'], more: RecordedOptions = {}): Situation =>
  (bench) =>
    record(bench, id, { by: ian, ...(state ? { state } : {}), ...more });
/** It waits for a group that none of the callers is in. */
const forOtherGroup = ofOther('awaiting-approval', {
  plan: {
    stages: [
      { name: 'a', approvers: ['network'], minApprovals: 1, timeLimitHours: 1, escalateTo: [] },
    ],
  },
});
const decidedByCaller: Situation = async (bench, caller) =>
  decided(bench, await record(bench, id, { by: ian, state: 'succeeded' }), caller, 'approve');

const { id: _, requester: __, ...unnamed } = sampleBody();
const reason = { reason: 'as agreed' };

interface Row {
  readonly call: string;
  readonly situation?: string;
  readonly given?: Situation;
  readonly body?: unknown;
  /** Status by caller, in their order. */
  readonly statuses: readonly number[];
}

const request = `/api/requests/${id}`;
const everybody = [401, 200, 200, 200, 200, 200];
const anyRole = [401, 403, 200, 200, 200, 200];

const matrix: readonly Row[] = [
  { call: 'GET /api/me', statuses: everybody },
  { call: 'GET /api/openapi.json', statuses: everybody },

  { call: 'POST /api/requests', body: unnamed, statuses: [401, 403, 202, 403, 202, 403] },
  { call: 'POST /api/plans', body: unnamed, statuses: [401, 403, 200, 403, 200, 403] },
  { call: 'GET /api/requests', statuses: anyRole },

  { call: `GET ${request}`, situation: 'there is none', statuses: [401, 403, 404, 404, 404, 404] },
  { call: `GET ${request}`, situation: 'own', given: own('received'), statuses: anyRole },
  {
    call: `GET ${request}`,
    situation: "another's, running",
    given: ofOther('deploying'),
    statuses: [401, 403, 404, 404, 200, 200],
  },
  {
    call: `GET ${request}`,
    situation: "another's, waiting for anybody",
    given: ofOther('awaiting-approval'),
    statuses: [401, 403, 404, 200, 200, 200],
  },
  {
    call: `GET ${request}`,
    situation: "another's, waiting for others",
    given: forOtherGroup,
    statuses: [401, 403, 404, 404, 200, 200],
  },
  {
    call: `GET ${request}`,
    situation: "another's, ended, decided on by the caller",
    given: decidedByCaller,
    statuses: [401, 403, 404, 200, 200, 200],
  },

  {
    call: `POST ${request}/decisions`,
    situation: 'own, waiting',
    given: own('awaiting-approval'),
    statuses: [401, 403, 403, 403, 403, 403],
  },
  {
    call: `POST ${request}/decisions`,
    situation: "another's, waiting for anybody",
    given: ofOther('awaiting-approval'),
    statuses: [401, 403, 403, 200, 403, 403],
  },
  {
    call: `POST ${request}/decisions`,
    situation: "another's, waiting for others",
    given: forOtherGroup,
    statuses: [401, 403, 403, 404, 403, 403],
  },
  {
    call: `POST ${request}/decisions`,
    situation: "another's, running",
    given: ofOther('deploying'),
    statuses: [401, 403, 403, 404, 403, 403],
  },

  {
    call: `POST ${request}/cancel`,
    situation: 'own, waiting',
    given: own('awaiting-approval'),
    body: reason,
    statuses: [401, 403, 200, 403, 200, 403],
  },
  {
    call: `POST ${request}/cancel`,
    situation: "another's, waiting",
    given: ofOther('awaiting-approval'),
    body: reason,
    statuses: [401, 403, 404, 403, 200, 403],
  },
  {
    call: `POST ${request}/resume`,
    situation: 'own, parked',
    given: own('compensation-failed'),
    body: reason,
    statuses: [401, 403, 403, 403, 200, 403],
  },
  {
    call: `POST ${request}/resume`,
    situation: "another's, parked",
    given: ofOther('compensation-failed'),
    body: reason,
    statuses: [401, 403, 403, 403, 200, 403],
  },

  { call: 'GET /api/pools', statuses: anyRole },
  { call: 'GET /api/pools/corp-centralus', statuses: anyRole },
  { call: 'GET /api/tenants', statuses: anyRole },
  { call: 'GET /api/tenants/fabrikam/virtual-networks', statuses: anyRole },
  { call: 'GET /api/tenants/fabrikam/check', statuses: [401, 403, 403, 200, 200, 200] },
  { call: 'GET /api/audit', statuses: [401, 403, 403, 403, 200, 200] },
  { call: 'GET /api/audit/verification', statuses: [401, 403, 403, 403, 200, 200] },
  { call: 'GET /api/audit/export', statuses: [401, 403, 403, 403, 200, 200] },

  { call: 'GET /api/health', statuses: [200, 200, 200, 200, 200, 200] },
];

/** Somebody as the landscape lists people. */
const listed = ({ name, objectId, tenantId }: Person) => ({ name, objectId, tenantId });

const landscape = sampleLandscape({
  policy: { rules: [], groups: [{ name: 'network', members: [listed(cleo)] }] },
});

async function planHashOf(bench: ApiBench): Promise<string> {
  return (await bench.ledger.getRequest(id))?.plan?.planHash ?? '0'.repeat(64);
}

const cells = matrix.flatMap((row) =>
  callers.map(
    ([name, person], index) =>
      [row.call, row.situation ?? 'at any time', name, row.statuses[index], person, row] as const,
  ),
);

describe('who may do what', () => {
  it.each(cells)('%s (%s) by %s: %i', async (call, _situation, _name, status, person, row) => {
    const bench = new ApiBench({ app: { landscape } });
    await row.given?.(bench, person ?? ada);
    const before = JSON.stringify(await bench.ledger.getRequest(id));
    const [method = '', path = ''] = call.split(' ');
    const body =
      row.body ??
      (method === 'POST' ? { decision: 'approve', planHash: await planHashOf(bench) } : undefined);
    const answer = await bench.send(method, path, {
      ...(person ? { as: person } : {}),
      ...(body === undefined ? {} : { body }),
      headers: method === 'POST' && path === '/api/requests' ? { 'idempotency-key': 'k1' } : {},
    });
    expect(answer.status, answer.text).toBe(status);
    // Who is refused has changed nothing, and started nothing.
    if (answer.status >= 400) {
      expect(JSON.stringify(await bench.ledger.getRequest(id))).toBe(before);
      expect([bench.queued, bench.woken]).toEqual([[], []]);
    }
  });

  it('every route is in the matrix', () => {
    const called = matrix.map(({ call }) =>
      call.replace(id, '{id}').replace(/(pools|tenants)\/[\w-]+/, '$1/{alias}'),
    );
    for (const { method, path } of routes) expect(called).toContain(`${method} /${path}`);
  });
});

describe('one request is as hidden as one that does not exist', () => {
  it.each([
    ['GET', '', undefined],
    ['POST', '/decisions', { decision: 'approve', planHash: '0'.repeat(64) }],
  ])('%s %s', async (method, suffix, body) => {
    const bench = new ApiBench({ app: { landscape } });
    await forOtherGroup(bench, ben);
    const ask = (path: string) =>
      bench.send(method, path + suffix, { as: ben, ...(body === undefined ? {} : { body }) });
    const hidden = await ask(request);
    const missing = await ask('/api/requests/RITM-2');
    expect(hidden.text).toBe(missing.text.replaceAll('RITM-2', id));
    expect([...hidden.headers.keys()]).toEqual([...missing.headers.keys()]);
  });
});

describe('break-glass', () => {
  const superuser = (person: Person) => ({ ...landscape, superusers: [listed(person)] });
  const breakGlass = async (by: Person, bench: ApiBench) => {
    await forOtherGroup(bench, by);
    const body = { decision: 'break-glass', planHash: await planHashOf(bench), reason: 'outage' };
    return (await bench.post(`${request}/decisions`, { as: by, body })).status;
  };
  it.each([
    ['an approver who is a superuser', ben, 200],
    ['an operator who is a superuser', olu, 200],
    ['a requester who is a superuser', ada, 403],
    ['a reader who is a superuser', ravi, 403],
  ])('%s', async (_, person, status) => {
    const bench = new ApiBench({ app: { landscape: superuser(person) } });
    expect(await breakGlass(person, bench)).toBe(status);
  });

  it('an operator who is none', async () => {
    expect(await breakGlass(olu, new ApiBench({ app: { landscape } }))).toBe(403);
  });

  it('nobody breaks the glass for themselves', async () => {
    const bench = new ApiBench({ app: { landscape: superuser(olu) } });
    await own('awaiting-approval')(bench, olu);
    const body = { decision: 'break-glass', planHash: await planHashOf(bench), reason: 'outage' };
    expect((await bench.post(`${request}/decisions`, { as: olu, body })).status).toBe(403);
  });
});
