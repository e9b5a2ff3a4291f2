import type { OrchestrationContext } from 'durable-functions';
import type { PlanSummary } from '../activities/activity-contracts.ts';
import type { Outcome } from '../model/outcome.ts';
import { type Ending, failed, succeeded } from './endings.ts';
import type { RequestRun } from './request-run.ts';
import { type Operation, runRequest } from './request-workflow.ts';
import type { SagaStep } from './saga.ts';
import type { Workflow } from './workflow.ts';

/** The `allocate` operation: a new VNet with prefixes of the pools. */
export function* allocateVnet(context: OrchestrationContext): Workflow<string> {
  return yield* runRequest(context, allocate);
}

const allocate: Operation = {
  events: 'allocation',
  state: 'deploying',
  quota: 'takes',
  messages: {
    working: 'Deploying the VNet with the tokens of both tenants.',
    verifying: 'Waiting until VNet and pool agree on the prefix.',
  },
  steps: (run, plan) => [deploy(run, plan)],
  verify: awaitPrefix,
};

const deploy = (run: RequestRun, { planHash }: PlanSummary): SagaStep => ({
  name: 'deploy',
  *run() {
    const deployed = yield* run.start('deployVirtualNetwork', 'deploy', { planHash });
    if (!deployed.ok) return deployed;
    return yield* run.poll('trackDeployment', 'track', {
      what: 'The deployment',
      boundSeconds: run.bounds.deploySeconds,
      timedOut: 'OperationTimedOut',
    });
  },
  compensateWhen: 'attempted',
  leftover: 'the VNet of this request and its allocation may still exist',
  compensate: () => run.repeatFailedOperation(() => deleteAndConfirm(run)),
});

/** Deletes the VNet that this request created, then waits until the pool has its space back. */
function* deleteAndConfirm(run: RequestRun): Workflow<Outcome<null>> {
  const { releaseSeconds } = run.bounds;
  const deleted = yield* run.start('deleteVirtualNetwork', 'compensate-delete', {}, releaseSeconds);
  if (!deleted.ok) return deleted;
  const limits = {
    boundSeconds: releaseSeconds,
    retrySeconds: releaseSeconds,
    timedOut: 'OperationTimedOut',
  } as const;
  const tracked = yield* run.poll('trackDeletion', 'compensate-track', {
    what: 'The deletion of the VNet',
    ...limits,
  });
  if (!tracked.ok) return tracked;
  return yield* run.poll('confirmRelease', 'compensate-confirm', {
    what: 'The release of the allocation',
    ...limits,
  });
}

function* awaitPrefix(run: RequestRun): Workflow<Ending> {
  const agreed = yield* run.poll('awaitPrefix', 'await-prefix', {
    what: 'The agreement of VNet and pool',
    boundSeconds: run.bounds.awaitPrefixSeconds,
    timedOut: 'AllocationNotConfirmed',
  });
  return agreed.ok
    ? succeeded('VNet and pool agree on the prefix.', agreed.value)
    : failed(agreed.error);
}
