import type { DurableClient } from 'durable-functions';
import { onTestFinished } from 'vitest';
import type { App } from '../../src/functions/app.ts';
import {
  acceptDecision,
  type SentDecision,
} from '../../src/functions/decisions/accept-decision.ts';
import {
  acceptResumption,
  type SentResumption,
} from '../../src/functions/decisions/accept-resumption.ts';
import { ensureRunning } from '../../src/functions/workflow/start-workflow.ts';
import { sweepRequests } from '../../src/functions/workflow/sweep-requests.ts';
import { contentHash } from '../../src/ledger/content-hash.ts';
import { openSqliteLedger } from '../../src/ledger/sqlite-ledger.ts';
import type { RequestEvent } from '../../src/model/events.ts';
import type { Plan } from '../../src/model/plan.ts';
import { planDeployment } from '../../src/model/plan-deployment.ts';
import type { RequestState } from '../../src/model/states.ts';
import { instanceIdOf } from '../../src/orchestrations/names.ts';
import { firstVersion, ids, sampleLandscape, sampleRequest } from '../model/samples.ts';

export const at = '2026-11-22T00:00:00.000Z';
export const requestId = 'RITM0012345';

/** The durable engine, as far as the functions ask it: which instances there are, and what was asked. */
class EngineInMemory {
  /** Runtime status by instance id. */
  readonly instances = new Map<string, string>();
  readonly asked: string[] = [];
  readonly inputs: unknown[] = [];
  failing: string | undefined;

  readonly client = {
    getStatus: async (instanceId: string) => {
      const runtimeStatus = this.instances.get(instanceId);
      // durable-functions, trap 15.
      if (runtimeStatus === undefined) throw new Error('not found');
      return { runtimeStatus };
    },
    startNew: async (_name: string, options: { instanceId: string; input: unknown }) => {
      if (options.instanceId === this.failing) throw new Error('the task hub is not available');
      this.asked.push(`start ${options.instanceId}`);
      this.inputs.push(options.input);
      return options.instanceId;
    },
    raiseEvent: async (instanceId: string, event: string) => {
      this.asked.push(`raise ${event} ${instanceId}`);
    },
  } as unknown as DurableClient;
}

export function planOf(request = sampleRequest()): Plan {
  const planned = planDeployment(request, sampleLandscape());
  if (!planned.ok) throw new Error(planned.error.message);
  return {
    change: planned.value,
    planHash: contentHash(planned.value),
    policy: { effect: 'require-approval', rule: 'default', reason: 'no rule' },
    ...firstVersion,
    findings: [],
  };
}

/** A request that went through the states given, with its plan. */
export async function start(...states: readonly RequestState[]) {
  const ledger = openSqliteLedger(':memory:');
  onTestFinished(() => ledger.close());
  const engine = new EngineInMemory();
  const published: string[] = [];
  const app = {
    ledger,
    landscape: sampleLandscape(),
    now: () => new Date(at),
    events: { publish: async ({ id }: RequestEvent) => void published.push(id) },
  } as unknown as App;
  const claim = (id: string) => {
    const request = sampleRequest({ id });
    return ledger.claimRequest(
      {
        id,
        request,
        contentHash: contentHash(request),
        instanceId: instanceIdOf(id),
        tenant: 'fabrikam',
      },
      at,
    );
  };
  await claim(requestId);
  for (const state of states) await ledger.updateRequest(requestId, { state, plan: planOf() }, at);
  return {
    ledger,
    engine,
    app,
    /** Ids of the events. */
    published,
    claim,
    decide: (change: Partial<SentDecision> = {}) =>
      acceptDecision(app, { ...approval, ...change }, engine.client),
    resume: (message: Omit<SentResumption, 'channel'>) =>
      acceptResumption(app, { channel: 'queue', ...message }, engine.client),
    ensure: async () => {
      const record = await ledger.getRequest(requestId);
      if (!record) throw new Error('unreachable');
      await ensureRunning(app, record, engine.client);
    },
    sweep: async () => {
      const errors: string[] = [];
      const log = { ...console, log() {}, error: (line: string) => void errors.push(line) };
      await sweepRequests(app, engine.client, log);
      return errors;
    },
  };
}

export const approval: SentDecision = {
  channel: 'queue',
  request: requestId,
  decision: 'approve',
  by: { name: 'Alex', objectId: ids.approver, tenantId: ids.managementTenant },
};
