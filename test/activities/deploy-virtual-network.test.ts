import { expect, onTestFinished, test } from 'vitest';
import { deployVirtualNetwork } from '../../src/activities/allocate/deploy-virtual-network.ts';
import type { Dependencies } from '../../src/activities/dependencies.ts';
import type { Azure } from '../../src/azure/azure.ts';
import { contentHash } from '../../src/ledger/content-hash.ts';
import { openSqliteLedger } from '../../src/ledger/sqlite-ledger.ts';
import { success } from '../../src/model/outcome.ts';
import { planDeployment } from '../../src/model/plan-deployment.ts';
import type { RequestState } from '../../src/model/states.ts';
import { firstVersion, sampleLandscape, sampleRequest } from '../model/samples.ts';

const at = '2026-01-01T00:00:00.000Z';

/** A request that went through the states given, and an Azure that has no VNet yet. */
async function startedRequest(...states: readonly RequestState[]) {
  const ledger = openSqliteLedger(':memory:');
  onTestFinished(() => ledger.close());
  const request = sampleRequest({ id: 'RITM1' });
  const planned = planDeployment(request, sampleLandscape());
  if (!planned.ok) throw new Error(planned.error.message);
  const deployment = planned.value;
  const plan = {
    change: deployment,
    planHash: contentHash(deployment),
    policy: { effect: 'auto-approve', rule: 'small', reason: 'small' },
    ...firstVersion,
    findings: [],
  } as const;
  const contentHashOfRequest = contentHash(request);
  await ledger.claimRequest(
    {
      id: 'RITM1',
      request,
      contentHash: contentHashOfRequest,
      instanceId: 'request-RITM1',
      tenant: 'fabrikam',
    },
    at,
  );
  for (const state of states) await ledger.updateRequest('RITM1', { state, plan }, at);
  const calls: string[] = [];
  const azure = {
    getVirtualNetwork: async () => success(null),
    createVirtualNetwork: async () => {
      calls.push('PUT');
      return success({
        operationUrl: undefined,
        retryAfterSeconds: undefined,
        requestId: undefined,
      });
    },
  } as Partial<Azure> as Azure;
  const dependencies = { ledger, azure, now: () => new Date(at) } as Dependencies;
  const input = { requestId: 'RITM1', step: 'deploy', attempt: 1, planHash: plan.planHash };
  return {
    calls,
    run: (planHash = plan.planHash) => deployVirtualNetwork({ ...input, planHash }, dependencies),
  };
}

test('a request that is being deployed gets its one PUT', async () => {
  const { calls, run } = await startedRequest('planning', 'deploying');
  expect(await run()).toEqual(success({}));
  expect(calls).toEqual(['PUT']);
});

test('a run of the activity that comes late makes nothing anew of what was taken back', async () => {
  for (const last of ['compensating', 'failed'] as const) {
    const { calls, run } = await startedRequest('planning', 'deploying', 'compensating', last);
    expect((await run()).ok).toBe(false);
    expect(calls).toEqual([]);
  }
});

test('a plan that was not decided on is not deployed', async () => {
  const { calls, run } = await startedRequest('planning', 'deploying');
  expect(await run('another')).toMatchObject({ error: { code: 'PlanChanged' } });
  expect(calls).toEqual([]);
});
