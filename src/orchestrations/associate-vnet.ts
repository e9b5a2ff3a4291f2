import type { OrchestrationContext } from 'durable-functions';
import type { PlanSummary } from '../activities/activity-contracts.ts';
import type { Outcome } from '../model/outcome.ts';
import { type Ending, failed, succeeded } from './endings.ts';
import type { RequestRun } from './request-run.ts';
import { type Operation, runRequest } from './request-workflow.ts';
import type { SagaStep } from './saga.ts';
import { trackUpdate } from './track-update.ts';
import type { Workflow } from './workflow.ts';

/** The `associate` operation: an existing VNet joins pools with the prefixes it has. */
export function* associateVnet(context: OrchestrationContext): Workflow<string> {
  return yield* runRequest(context, associate);
}

const associate: Operation = {
  events: 'association',
  state: 'associating',
  quota: 'takes',
  messages: {
    working: 'Associating the VNet with the tokens of both tenants.',
    verifying: 'Waiting until VNet and pool agree on the association.',
  },
  steps: (run, plan) => [join(run, plan)],
  verify: awaitAssociation,
};

const join = (run: RequestRun, { planHash }: PlanSummary): SagaStep => ({
  name: 'associate',
  *run() {
    const started = yield* run.start('associateVirtualNetwork', 'associate', { planHash });
    return started.ok ? yield* trackUpdate(run, 'associate', run.bounds.deploySeconds) : started;
  },
  compensateWhen: 'attempted',
  leftover: 'the association that this request made may still exist',
  compensate: () => run.repeatFailedOperation(() => leave(run)),
});

/** Puts the VNet back as it was, then waits until both sides show it. */
function* leave(run: RequestRun): Workflow<Outcome<null>> {
  const { releaseSeconds } = run.bounds;
  const step = 'compensate-associate';
  const started = yield* run.start('undoAssociation', step, {}, releaseSeconds);
  if (!started.ok) return started;
  const tracked = yield* trackUpdate(run, 'undo-association', releaseSeconds, step);
  if (!tracked.ok) return tracked;
  return yield* run.poll('confirmUndoneAssociation', `${step}-confirm`, {
    what: 'The end of the association',
    boundSeconds: releaseSeconds,
    retrySeconds: releaseSeconds,
    timedOut: 'OperationTimedOut',
  });
}

function* awaitAssociation(run: RequestRun): Workflow<Ending> {
  const agreed = yield* run.poll('awaitAssociation', 'await-association', {
    what: 'The agreement of VNet and pool',
    boundSeconds: run.bounds.awaitPrefixSeconds,
    timedOut: 'AllocationNotConfirmed',
  });
  return agreed.ok
    ? succeeded('VNet and pool agree on the association.', agreed.value)
    : failed(agreed.error);
}
