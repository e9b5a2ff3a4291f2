import { expect, it } from 'vitest';
import { planRequest } from '../../../src/activities/planning/plan-request.ts';
import type { PlanPreview, RequestDetail } from '../../../src/model/api/request-views.ts';
import { success } from '../../../src/model/outcome.ts';
import { sampleBody } from '../../model/samples.ts';
import { ApiBench } from './api-bench.ts';
import { people } from './people.ts';

const { ada } = people;
const { id: _, requester: __, ...unnamed } = sampleBody();

function start(): ApiBench {
  const bench = new ApiBench();
  bench.azure.listScopeConnections = async () => success([{ name: 'c', state: 'Connected' }]);
  return bench;
}

it('shows what a request would do, and records nothing', async () => {
  const bench = start();
  const answer = await bench.post('/api/plans', { as: ada, body: unnamed });
  expect([answer.status, answer.json]).toMatchObject([
    200,
    {
      plan: {
        change: { operation: 'allocate', target: { tenantAlias: 'fabrikam' } },
        policy: { effect: 'require-approval', rule: 'default' },
        stages: [{ name: 'approval', minApprovals: 1 }],
      },
      riskFlags: [],
    },
  ]);
  expect((await bench.ledger.listRequests({ pageSize: 1 })).requests).toEqual([]);
  expect((await bench.ledger.auditHead()).sequence).toBe(0);
  expect([bench.queued, bench.woken, bench.azure.writes]).toEqual([[], [], []]);
});

it('shows the plan that the request has in the end, hash and all', async () => {
  const bench = start();
  const sent = { as: ada, body: unnamed, headers: { 'idempotency-key': '"k"' } };
  const preview = (await bench.post('/api/plans', sent)).json as PlanPreview;
  const { id } = (await bench.post('/api/requests', sent)).json as RequestDetail;
  await bench.ledger.updateRequest(id, { state: 'planning' }, bench.now.toISOString());
  await planRequest({ requestId: id, step: 'plan', attempt: 1 }, bench.app);
  const detail = (await bench.get(`/api/requests/${id}`, { as: ada })).json as RequestDetail;
  expect(preview.plan).toEqual(detail.plan);
});

it('shows every prerequisite that is missing, with the plan', async () => {
  const bench = start();
  bench.azure.getResourceGroup = async () => success(null);
  const answer = await bench.post('/api/plans', { as: ada, body: unnamed });
  expect(answer.json).toMatchObject({
    plan: { planHash: expect.any(String) },
    error: { code: 'PrerequisitesNotMet', remedy: expect.stringContaining('az group create') },
  });
});

it('says why there is no plan', async () => {
  const target = { ...(unnamed['target'] as object), tenant: 'contoso' };
  const answer = await start().post('/api/plans', { as: ada, body: { ...unnamed, target } });
  expect([answer.status, answer.json]).toEqual([
    200,
    { error: expect.objectContaining({ code: 'UnknownTenant' }), riskFlags: [] },
  ]);
});

it('refuses what could be no request', async () => {
  const answer = await start().post('/api/plans', { as: ada, body: { ...unnamed, reason: '' } });
  expect([answer.status, answer.json]).toMatchObject([400, { pointers: ['/reason'] }]);
});
