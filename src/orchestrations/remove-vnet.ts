import type { OrchestrationContext } from 'durable-functions';
import type { PlanSummary } from '../activities/activity-contracts.ts';
import type { Outcome } from '../model/outcome.ts';
import { type Ending, failed, releaseUnverified, succeeded } from './endings.ts';
import type { RequestRun } from './request-run.ts';
import { type Operation, runRequest } from './request-workflow.ts';
import type { SagaStep } from './saga.ts';
import { trackUpdate } from './track-update.ts';
import type { Workflow } from './workflow.ts';

/** The `remove` operation: takes the VNet with its allocation away, or the association alone. */
export function* removeVnet(context: OrchestrationContext): Workflow<string> {
  return yield* runRequest(context, remove);
}

const remove: Operation = {
  events: 'removal',
  state: 'removing',
  quota: 'gives back',
  messages: {
    working: 'Removing with the tokens of both tenants.',
    verifying: 'Waiting until both tenants show that nothing is left.',
  },
  steps(run, plan) {
    const { removal } = plan;
    if (!removal || removal.alreadyGone) return [];
    if (removal.mode === 'disassociate') return [disassociate(run, plan)];
    return [
      ...(removal.detachesPeerings ? [detachPeerings(run, plan)] : []),
      deleteVirtualNetwork(run, plan),
    ];
  },
  verify: confirmRemoval,
};

const detachPeerings = (run: RequestRun, { planHash }: PlanSummary): SagaStep => ({
  name: 'detach-peerings',
  run: () =>
    run.poll('detachPeerings', 'detach-peerings', {
      what: 'Taking off the peerings',
      boundSeconds: run.bounds.deploySeconds,
      timedOut: 'OperationTimedOut',
      own: { planHash },
    }),
  compensateWhen: 'attempted',
  leftover: 'our side of the peerings of the VNet may be missing',
  compensate: () =>
    run.repeatFailedOperation(() =>
      run.poll('restorePeerings', 'compensate-detach-peerings', {
        what: 'The restoration of the peerings',
        boundSeconds: run.bounds.releaseSeconds,
        retrySeconds: run.bounds.releaseSeconds,
        timedOut: 'OperationTimedOut',
      }),
    ),
});

/** The last step: a VNet that is deleted cannot be brought back. */
const deleteVirtualNetwork = (run: RequestRun, { planHash }: PlanSummary): SagaStep => ({
  name: 'remove',
  *run() {
    const started = yield* run.start('removeVirtualNetwork', 'remove', { planHash });
    if (!started.ok) return started;
    return yield* run.poll('trackRemoval', 'remove-track', {
      what: 'The deletion of the VNet',
      boundSeconds: run.bounds.releaseSeconds,
      // There is no way back: a request that gives up now tells as failed what Azure goes on with.
      retrySeconds: run.bounds.releaseSeconds,
      timedOut: 'OperationTimedOut',
    });
  },
  compensateWhen: 'never',
});

const disassociate = (run: RequestRun, { planHash }: PlanSummary): SagaStep => ({
  name: 'disassociate',
  *run() {
    const started = yield* run.start('disassociateVirtualNetwork', 'disassociate', { planHash });
    return started.ok ? yield* trackUpdate(run, 'disassociate', run.bounds.deploySeconds) : started;
  },
  compensateWhen: 'attempted',
  leftover: 'the VNet may be without the association that it had',
  compensate: () => run.repeatFailedOperation(() => reassociate(run)),
});

/** Associates the same prefixes again, then waits until both sides show them. */
function* reassociate(run: RequestRun): Workflow<Outcome<null>> {
  const { releaseSeconds } = run.bounds;
  const step = 'compensate-disassociate';
  const started = yield* run.start('undoDisassociation', step, {}, releaseSeconds);
  if (!started.ok) return started;
  const tracked = yield* trackUpdate(run, 'undo-disassociation', releaseSeconds, step);
  if (!tracked.ok) return tracked;
  return yield* run.poll('confirmUndoneDisassociation', `${step}-confirm`, {
    what: 'The return of the association',
    boundSeconds: releaseSeconds,
    retrySeconds: releaseSeconds,
    timedOut: 'OperationTimedOut',
  });
}

/**
 * Both modes. What is gone in the managed tenant stays gone: when the pool does not confirm it, that is
 * told as it is. Only a VNet that is not what this request left it as, or a cancellation, is a failure.
 */
function* confirmRemoval(run: RequestRun, { removal }: PlanSummary): Workflow<Ending> {
  const confirmed = yield* run.poll('confirmRemoval', 'confirm-removal', {
    what: 'The release of the allocation',
    boundSeconds: run.bounds.releaseSeconds,
    timedOut: 'ReleaseNotConfirmed',
  });
  if (confirmed.ok) return succeeded(toldAs(confirmed.value), confirmed.value);
  const { error } = confirmed;
  const isFailure = error.code === 'VirtualNetworkChanged' || error.code === 'Cancelled';
  if (isFailure && removal?.mode === 'disassociate') return failed(error);
  return releaseUnverified(error);
}

function toldAs({ alreadyGone, mode }: { alreadyGone: boolean; mode: string }): string {
  if (alreadyGone) return 'There was nothing to remove, and the pool holds nothing for it.';
  return mode === 'delete'
    ? 'The VNet is deleted, and the pool has its space back.'
    : 'The VNet keeps its prefixes without the association, and the pool has its space back.';
}
