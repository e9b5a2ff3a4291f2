import { onTestFinished } from 'vitest';
import type { Dependencies } from '../../src/activities/dependencies.ts';
import { planRequest } from '../../src/activities/planning/plan-request.ts';
import { contentHash } from '../../src/ledger/content-hash.ts';
import { openSqliteLedger } from '../../src/ledger/sqlite-ledger.ts';
import type { ErrorCode } from '../../src/model/error-catalogue.ts';
import { vendingError } from '../../src/model/errors.ts';
import type { RequestEvent } from '../../src/model/events.ts';
import { failure, type Outcome } from '../../src/model/outcome.ts';
import type { DecideMessage, VendingRequest } from '../../src/model/requests.ts';
import type { RequestState } from '../../src/model/states.ts';
import { instanceIdOf } from '../../src/orchestrations/names.ts';
import { ids, sampleLandscape, sampleRequest } from '../model/samples.ts';
import { AzureInMemory } from './azure-in-memory.ts';
import { requestId } from './sample-network.ts';

export { AzureInMemory, startedOperation } from './azure-in-memory.ts';
export { requestId, sampleNetwork, sampleSubnet, virtualNetworkId } from './sample-network.ts';

/** What an activity is given. */
export const stepInput = { requestId, step: 'the-step', attempt: 1 };

export const refused = (code: ErrorCode): Outcome<never> =>
  failure(vendingError(code, `${code} it is.`));

const now = () => new Date('2026-11-22T00:00:00Z');

/** The sample request, claimed in a ledger in memory, and everything that its activities touch. */
export const startWorkbench = (change: object = {}) => startWorkbenchOf(sampleRequest(change));

/** The same for any request with the id of the sample. */
export async function startWorkbenchOf(sample: VendingRequest) {
  const ledger = openSqliteLedger(':memory:');
  onTestFinished(() => ledger.close());
  const azure = new AzureInMemory();
  const events: RequestEvent[] = [];
  const dependencies: Dependencies = {
    landscape: sampleLandscape(),
    ledger,
    azure,
    events: {
      publish: async (event) => {
        events.push(event);
      },
    },
    now,
  };
  const at = now().toISOString();
  await ledger.claimRequest(
    {
      id: requestId,
      request: sample,
      contentHash: contentHash(sample),
      instanceId: instanceIdOf(requestId),
      tenant: 'fabrikam',
    },
    at,
  );
  const become = (state: RequestState) => ledger.updateRequest(requestId, { state }, at);
  let decisions = 0;
  return {
    ledger,
    azure,
    dependencies,
    events,
    become,
    /** Plans as the plan step does; answers the hash. */
    async plan(): Promise<string> {
      await become('planning');
      const planned = await planRequest({ ...stepInput, step: 'plan' }, dependencies);
      if (!planned.ok) throw new Error(planned.error.message);
      return planned.value.planHash;
    },
    async decide(
      decision: DecideMessage['decision'],
      {
        name = 'Alex',
        ...more
      }: { name?: string; planHash?: string; reason?: string; stage?: string } = {},
    ): Promise<void> {
      const by = {
        name,
        email: 'alex@x.example',
        objectId: ids.approver,
        tenantId: ids.managementTenant,
      };
      decisions++;
      const channel = 'queue';
      const id = `${decisions}`;
      const stage = decision === 'approve' ? { stage: 'approval' } : {};
      const all = { id, requestId, decision, by, channel, at, ...stage, ...more } as const;
      await ledger.recordDecision(all);
    },
    /** Plans, and has the plan approved; answers its hash. */
    async planApproved(): Promise<string> {
      const planHash = await this.plan();
      const [stage] = (await ledger.getRequest(requestId))?.plan?.stages ?? [];
      if (stage) await this.decide('approve', { planHash, stage: stage.name });
      return planHash;
    },
    /** What the timeline tells, as `step status: message`. */
    async timeline(): Promise<readonly string[]> {
      const entries = await ledger.listTimeline(requestId);
      return entries.map(({ step, status, message }) => `${step} ${status}: ${message}`);
    },
  };
}

export type Workbench = Awaited<ReturnType<typeof startWorkbench>>;
