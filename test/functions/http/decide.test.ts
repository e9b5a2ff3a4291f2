import { beforeEach, describe, expect, it } from 'vitest';
import type { RequestDetail } from '../../../src/model/api/request-views.ts';
import { ApiBench, type Sent } from './api-bench.ts';
import { type Person, people } from './people.ts';
import { decided, record } from './recorded-requests.ts';

const { ada, ben, cleo, olu } = people;
const id = 'RITM-1';
const path = `/api/requests/${id}`;
let bench: ApiBench;
let planHash: string;

beforeEach(async () => {
  bench = new ApiBench();
  const recorded = await record(bench, id, { by: ada, state: 'awaiting-approval' });
  planHash = recorded.plan?.planHash ?? '';
});

const approve = (as: Person, sent: Sent = {}) =>
  bench.post(`${path}/decisions`, { as, body: { decision: 'approve', planHash }, ...sent });
const decisions = async () =>
  (await bench.ledger.listDecisions(id)).map(({ decision, by }) => `${decision} ${by.name}`);
const etagOf = async () => (await bench.get(path, { as: ben })).headers.get('etag') ?? '';

describe('a decision', () => {
  it('is recorded with who took it, wakes the workflow, and answers the request after it', async () => {
    const answer = await approve(ben);
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({
      approval: { status: 'approved', approvals: 1 },
      decisions: [{ decision: 'approve', by: { name: 'Ben Approver' }, channel: 'api', planHash }],
    });
    // What is decided expires no more.
    expect((answer.json as RequestDetail).approval).not.toHaveProperty('deadline');
    expect(bench.woken).toEqual([expect.stringContaining(id)]);
    expect(await bench.ledger.listDecisions(id)).toMatchObject([
      { by: { objectId: ben.objectId, tenantId: ben.tenantId }, stage: 'approval', channel: 'api' },
    ]);
  });

  it('to reject needs a reason, which everybody sees', async () => {
    const body = { decision: 'reject', planHash };
    const refused = await bench.post(`${path}/decisions`, { as: ben, body });
    expect([refused.status, refused.json]).toMatchObject([400, { pointers: ['/reason'] }]);
    const reason = '<img src=x onerror=alert(1)> "no"';
    const taken = await bench.post(`${path}/decisions`, { as: ben, body: { ...body, reason } });
    expect(taken.json).toMatchObject({ decisions: [{ decision: 'reject', reason }] });
    expect(taken.headers.get('content-type')).toBe('application/json; charset=utf-8');
  });

  it('is for the plan that it names, and for no other', async () => {
    const answer = await approve(ben, { body: { decision: 'approve', planHash: 'f'.repeat(64) } });
    expect([answer.status, answer.json]).toMatchObject([409, { code: 'PlanChanged' }]);
    expect(await decisions()).toEqual([]);
  });

  it.each(['', 'F'.repeat(64), 'f'.repeat(63)])('of a plan %j says nothing', async (hash) => {
    const answer = await approve(ben, { body: { decision: 'approve', planHash: hash } });
    expect(answer.status).toBe(400);
  });

  it('comes too late where somebody else has decided', async () => {
    await approve(ben);
    const answer = await approve(cleo);
    expect([answer.status, answer.json]).toMatchObject([409, { code: 'AlreadyDecided' }]);
    await bench.ledger.updateRequest(id, { state: 'deploying' }, bench.now.toISOString());
    const later = await approve(cleo);
    expect([later.status, later.json]).toMatchObject([404, { code: 'UnknownRequest' }]);
    expect(later.text).toContain('once somebody else has decided');
  });

  it('of the requester is refused: the mail address, a name or another case make nobody another', async () => {
    const roles = ['Vnet.Request', 'Vnet.Approve'] as const;
    const disguises: Person[] = [
      { ...ada, roles },
      { ...ada, roles, name: 'Ben Approver' },
      { ...ada, roles, objectId: ada.objectId.toUpperCase(), tenantId: ada.tenantId.toUpperCase() },
    ];
    for (const as of disguises) {
      const answer = await approve(as);
      expect([answer.status, answer.json]).toMatchObject([403, { code: 'Unauthorized' }]);
    }
    // The same object id in another tenant is another person.
    expect((await approve({ ...ada, roles, tenantId: ben.tenantId })).status).toBe(200);
  });
});

describe('If-Match', () => {
  it('with what was answered before lets the decision count', async () => {
    expect((await approve(ben, { headers: { 'if-match': await etagOf() } })).status).toBe(200);
  });

  it('with the revision alone does, too', async () => {
    const { revision } = (await bench.get(path, { as: ben })).json as RequestDetail;
    expect((await approve(ben, { headers: { 'if-match': `"${revision}"` } })).status).toBe(200);
  });

  it('of a line in the timeline that came since does not matter', async () => {
    const before = await etagOf();
    await bench.ledger.appendTimeline(id, {
      key: 'k',
      at: bench.now.toISOString(),
      step: 'decide',
      status: 'waiting',
      message: 'a reminder',
    });
    expect(await etagOf()).not.toBe(before);
    expect((await approve(ben, { headers: { 'if-match': before } })).status).toBe(200);
  });

  it('of an earlier revision is refused, and records nothing', async () => {
    const before = await etagOf();
    const request = await bench.ledger.getRequest(id);
    if (request) await decided(bench, request, cleo, 'escalate');
    for (const [suffix, body] of [
      ['/decisions', { decision: 'approve', planHash }],
      ['/cancel', { reason: 'r' }],
      ['/resume', { reason: 'r' }],
    ] as const) {
      const as = { ...olu, roles: ['Vnet.Operate', 'Vnet.Approve'] as const };
      const headers = { 'if-match': before };
      const answer = await bench.post(`${path}${suffix}`, { as, body, headers });
      expect([answer.status, answer.json]).toMatchObject([412, { code: 'RevisionConflict' }]);
    }
    expect(await decisions()).toEqual(['escalate Cleo Approver']);
  });

  it('that is no entity tag is refused', async () => {
    expect((await approve(ben, { headers: { 'if-match': 'x' } })).status).toBe(400);
  });

  it('lets one of two win who decide on the same at once', async () => {
    const headers = { 'if-match': await etagOf() };
    const reject = { decision: 'reject', planHash, reason: 'no' };
    const answers = await Promise.all([
      approve(ben, { headers }),
      bench.post(`${path}/decisions`, { as: cleo, body: reject, headers }),
    ]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412]);
    expect(await decisions()).toHaveLength(1);
  });
});

describe('the same decision sent again', () => {
  it.each([{}, { 'idempotency-key': '"k"' }])(
    'with the headers %j counts once',
    async (headers) => {
      const first = await approve(ben, { headers });
      const again = await approve(ben, { headers });
      expect([first.status, again.status]).toEqual([200, 200]);
      expect(await decisions()).toEqual(['approve Ben Approver']);
    },
  );

  it('with If-Match of its time has the same answer, although it has changed the request', async () => {
    const headers = { 'idempotency-key': '"k"', 'if-match': await etagOf() };
    await approve(ben, { headers });
    expect((await approve(ben, { headers })).status).toBe(200);
  });

  it('under the key of another decision is refused', async () => {
    const headers = { 'idempotency-key': '"k"' };
    await approve(ben, { headers });
    const body = { decision: 'reject', planHash, reason: 'no' };
    const answer = await bench.post(`${path}/decisions`, { as: ben, body, headers });
    expect([answer.status, answer.json]).toMatchObject([409, { code: 'Contradiction' }]);
  });

  it('under the key that somebody else used is another one', async () => {
    const headers = { 'idempotency-key': '"k"' };
    await approve(ben, { headers });
    const body = { decision: 'reject', planHash, reason: 'no' };
    expect((await bench.post(`${path}/decisions`, { as: cleo, body, headers })).status).toBe(200);
  });
});

describe('cancelling and resuming', () => {
  it('a requester cancels, with a reason', async () => {
    const nothing = await bench.post(`${path}/cancel`, { as: ada, body: {} });
    expect([nothing.status, nothing.json]).toMatchObject([400, { pointers: ['/reason'] }]);
    const answer = await bench.post(`${path}/cancel`, { as: ada, body: { reason: 'a mistake' } });
    expect([answer.status, answer.json]).toMatchObject([
      200,
      { approval: { status: 'cancelled' }, decisions: [{ reason: 'a mistake' }] },
    ]);
  });

  it('an operator resumes what is parked, and its workflow starts', async () => {
    await record(bench, 'RITM-2', {
      by: ada,
      state: 'compensation-failed',
      change: { leftovers: ['the VNet'] },
    });
    const parked = (await bench.get('/api/requests/RITM-2', { as: olu })).json as RequestDetail;
    expect([parked.actions, parked.leftovers]).toEqual([['resume'], ['the VNet']]);
    const body = { reason: 'the lock is gone' };
    const answer = await bench.post('/api/requests/RITM-2/resume', { as: olu, body });
    expect([answer.status, answer.json]).toMatchObject([200, { state: 'compensating' }]);
    const again = await bench.post('/api/requests/RITM-2/resume', { as: olu, body });
    expect([again.status, again.json]).toMatchObject([409, { code: 'DecisionNotPossible' }]);
  });
});
