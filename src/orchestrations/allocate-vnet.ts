import type { OrchestrationContext } from 'durable-functions';
import type {
  ActivityInput,
  ActivityName,
  PlanSummary,
  PollingActivityName,
} from '../activities/activity-contracts.ts';
import { type VendingError, vendingError } from '../model/errors.ts';
import type { RequestEventType } from '../model/events.ts';
import { failure, type Outcome, success } from '../model/outcome.ts';
import type { AllocationResult } from '../model/plan.ts';
import { isEndState, type RequestState } from '../model/states.ts';
import type { AwaitDecisionInput, DecisionEnding } from './await-decision.ts';
import { approvalInstanceIdOf, orchestrationNames } from './names.ts';
import { type DoneValue, poll } from './poll-until-done.ts';
import { Saga } from './saga.ts';
import {
  type Bounds,
  callRetrying,
  secondsFromNow,
  unexpected,
  type Workflow,
} from './workflow.ts';

export interface AllocateInput {
  readonly requestId: string;
  readonly bounds: Bounds;
  readonly approvalTimeLimitSeconds: number;
}

/** How a request ends. `event` is its one result event. */
interface Ending {
  readonly state: RequestState;
  readonly event: RequestEventType;
  readonly message: string;
  readonly error?: VendingError;
  readonly result?: AllocationResult;
  readonly leftovers?: readonly string[];
}

/** Why the deployment stops before it is done. */
interface Stop {
  readonly state: 'failed' | 'cancelled';
  readonly error: VendingError;
}

/** The `allocate` operation: steps 1 to 9 of the design. Ends always with a recorded, published state. */
export function* allocateVnet(context: OrchestrationContext): Workflow<string> {
  const input = context.df.getInput() as AllocateInput;
  const allocation = new Allocation(context, input);
  const ending = yield* allocation.run();
  if ('alreadyEnded' in ending) return ending.alreadyEnded;
  yield* allocation.report(ending);
  return ending.state;
}

class Allocation {
  readonly #context: OrchestrationContext;
  readonly #input: AllocateInput;
  readonly #saga = new Saga();

  constructor(context: OrchestrationContext, input: AllocateInput) {
    this.#context = context;
    this.#input = input;
  }

  *run(): Workflow<Ending | { readonly alreadyEnded: RequestState }> {
    // A state beyond planning means that an earlier run of this request was lost on its way.
    const state = yield* this.#enter('planning', 'Checking every prerequisite in both tenants.');
    if (isEndState(state)) return { alreadyEnded: state };
    if (state === 'compensating') return yield* this.#resumeCompensation();

    yield* this.#publish('planning', 'request.submitted');
    const planned = yield* this.#call('planAllocation', 'plan', {});
    if (!planned.ok) return failed(planned.error);
    const plan = planned.value;
    yield* this.#publish('plan', 'request.planned');
    if (plan.refusal) return failed(plan.refusal);
    if (plan.policy.effect === 'deny') return denied(plan);
    if (plan.dryRun) return plannedOnly(plan);

    if (plan.policy.effect === 'require-approval') {
      const stopped = yield* this.#awaitApproval(plan);
      if (stopped) return stopped;
    }
    return yield* this.#deployClaimed(plan);
  }

  /** Steps 3 to 8, with the VNet claimed for this request alone. */
  *#deployClaimed(plan: PlanSummary): Workflow<Ending> {
    const claimed = yield* this.#call('claimVirtualNetwork', 'claim', {});
    if (!claimed.ok) return failed(claimed.error);
    const ending = yield* this.#deployAndVerify(plan);
    // A parked request gives it up as well: what it left behind is safe, because no request touches a
    // VNet that it did not create, and once that is removed the name must be free for others.
    yield* this.#call('releaseVirtualNetwork', 'release-claim', {});
    return ending;
  }

  *#deployAndVerify(plan: PlanSummary): Workflow<Ending> {
    const rechecked = yield* this.#call('recheckPlan', 're-check', { planHash: plan.planHash });
    if (!rechecked.ok) {
      return rechecked.error.code === 'Cancelled'
        ? { ...failed(rechecked.error), state: 'cancelled' }
        : failed(rechecked.error);
    }

    yield* this.#enter('deploying', 'Deploying the VNet with the tokens of both tenants.');
    this.#registerUndoDeployment();
    const deployed = yield* this.#call('deployVirtualNetwork', 'deploy', {
      planHash: plan.planHash,
    });
    if (!deployed.ok) return yield* this.#compensate(stop(deployed.error));

    const { bounds } = this.#input;
    const tracked = yield* this.#poll('trackDeployment', 'track', {
      what: 'The deployment',
      boundSeconds: bounds.deploySeconds,
      timedOut: 'OperationTimedOut',
    });
    if ('stop' in tracked) return yield* this.#compensate(tracked.stop);

    yield* this.#enter('verifying', 'Waiting until VNet and pool agree on the prefix.');
    const agreed = yield* this.#poll('awaitPrefix', 'await-prefix', {
      what: 'The agreement of VNet and pool',
      boundSeconds: bounds.awaitPrefixSeconds,
      timedOut: 'AllocationNotConfirmed',
    });
    if ('stop' in agreed) return yield* this.#compensate(agreed.stop);
    return {
      state: 'succeeded',
      event: 'allocation.succeeded',
      message: 'VNet and pool agree on the prefix.',
      result: agreed.value,
    };
  }

  /** Step 2 for people: a sub-orchestration that is bound to the plan's hash. */
  *#awaitApproval(plan: PlanSummary): Workflow<Ending | undefined> {
    const { requestId, bounds, approvalTimeLimitSeconds } = this.#input;
    yield* this.#enter('awaiting-approval', `Waiting for a decision: ${plan.policy.reason}`);
    yield* this.#publish('decide', 'approval.requested');
    const decision = yield* this.#callAwaitDecision({
      requestId,
      planHash: plan.planHash,
      deadline: secondsFromNow(this.#context, approvalTimeLimitSeconds).getTime(),
      retrySeconds: bounds.retrySeconds,
    });
    if (!decision.ok) return failed(decision.error);
    const published = decisionEvents[decision.value.status];
    if (published) yield* this.#publish('decide', published);
    return decision.value.status === 'approved' ? undefined : undecided(decision.value);
  }

  *#callAwaitDecision(input: AwaitDecisionInput): Workflow<Outcome<DecisionEnding>> {
    try {
      return (yield this.#context.df.callSubOrchestrator(
        orchestrationNames.awaitDecision,
        input,
        approvalInstanceIdOf(input.requestId),
      )) as Outcome<DecisionEnding>;
    } catch (error) {
      return unexpected(orchestrationNames.awaitDecision, error);
    }
  }

  /** Takes back what was made, in reverse order, and says how that went. */
  *#compensate(stopped: Stop): Workflow<Ending> {
    yield* this.#enter('compensating', `Taking back what was made. ${stopped.error.message}`);
    const leftovers = yield* this.#saga.compensate();
    if (leftovers.length === 0) {
      return {
        state: stopped.state,
        event: 'allocation.compensated',
        message: `${stopped.error.message} Nothing is left in either tenant.`,
        error: stopped.error,
      };
    }
    const descriptions = leftovers.map((leftover) => leftover.description);
    return {
      state: 'compensation-failed',
      event: 'allocation.compensation-failed',
      message: `What was made could not be taken back: ${descriptions.join('; ')}.`,
      error: vendingError(
        'CompensationFailed',
        `The compensation failed. ${stopped.error.message}`,
        {
          cause: descriptions.join('; '),
        },
      ),
      leftovers: descriptions,
    };
  }

  *#resumeCompensation(): Workflow<Ending> {
    this.#registerUndoDeployment();
    return yield* this.#compensate(
      stop(
        vendingError('Unexpected', 'An earlier run of this request was lost while it took back.'),
      ),
    );
  }

  #registerUndoDeployment(): void {
    this.#saga.register({
      step: 'deploy',
      leftover: 'the VNet of this request and its allocation may still exist',
      run: () => this.#undoDeployment(),
    });
  }

  /** Deletes the VNet that this request created, then waits until the pool has its space back. */
  *#undoDeployment(): Workflow<Outcome<null>> {
    const { releaseSeconds } = this.#input.bounds;
    const deleted = yield* this.#call('deleteVirtualNetwork', 'compensate-delete', {});
    if (!deleted.ok) return deleted;
    for (const [activity, step, what] of [
      ['trackDeletion', 'compensate-track', 'The deletion of the VNet'],
      ['confirmRelease', 'compensate-confirm', 'The release of the allocation'],
    ] as const) {
      const ended = yield* this.#poll(activity, step, {
        what,
        boundSeconds: releaseSeconds,
        timedOut: 'OperationTimedOut',
      });
      if ('stop' in ended) return failure(ended.stop.error);
    }
    return success(null);
  }

  /** Step 9: the ledger first, then the result event. */
  *report(ending: Ending): Workflow<void> {
    const { state, message, error, result, leftovers } = ending;
    const recorded = yield* this.#call('recordState', 'report', {
      state,
      message,
      ...(error ? { error } : {}),
      ...(result ? { result } : {}),
      ...(leftovers ? { leftovers } : {}),
    });
    const published = yield* this.#publish('report', ending.event);
    // An end that could be neither recorded nor told must not look like one: the sweep starts again.
    for (const outcome of [recorded, published]) {
      if (!outcome.ok) throw new Error(`${outcome.error.code}: ${outcome.error.message}`);
    }
  }

  /** Records a state; answers the one that the request is in then. */
  *#enter(state: RequestState, message: string): Workflow<RequestState> {
    const recorded = yield* this.#call('recordState', state, { state, message });
    // Nothing may happen that is not recorded first; the sweep starts the request again.
    if (!recorded.ok) throw new Error(`${recorded.error.code}: ${recorded.error.message}`);
    return recorded.value;
  }

  #publish(step: string, type: RequestEventType): Workflow<Outcome<null>> {
    return this.#call('publishEvent', step, { type });
  }

  #call<N extends ActivityName>(
    name: N,
    step: string,
    own: Omit<ActivityInput<N>, 'requestId' | 'step' | 'attempt'>,
  ) {
    const { requestId, bounds } = this.#input;
    return callRetrying(
      this.#context,
      name,
      { requestId, step, retrySeconds: bounds.retrySeconds },
      own,
    );
  }

  /** Looks until an activity is done, and says why the workflow stops when it never is. */
  *#poll<N extends PollingActivityName>(
    activity: N,
    step: string,
    { what, boundSeconds, timedOut }: PollLimits,
  ): Workflow<{ readonly value: DoneValue<N> } | { readonly stop: Stop }> {
    const { requestId, bounds } = this.#input;
    const ended = yield* poll(this.#context, activity, {
      requestId,
      step,
      boundSeconds,
      pollSeconds: bounds.pollSeconds,
      retrySeconds: bounds.retrySeconds,
    });
    if (!ended.ok) return { stop: stop(ended.error) };
    switch (ended.value.status) {
      case 'done':
        return { value: ended.value.value };
      case 'cancelled': {
        const error = vendingError('Cancelled', 'The request was cancelled while it ran.');
        return { stop: { state: 'cancelled', error } };
      }
      case 'timed-out':
        return {
          stop: stop(vendingError(timedOut, `${what} did not end within ${boundSeconds} seconds.`)),
        };
    }
  }
}

interface PollLimits {
  /** What is waited for, to begin a sentence with. */
  readonly what: string;
  readonly boundSeconds: number;
  /** Error code when it does not come to pass within the bound. */
  readonly timedOut: 'OperationTimedOut' | 'AllocationNotConfirmed';
}

const decisionEvents: Readonly<Partial<Record<DecisionEnding['status'], RequestEventType>>> = {
  approved: 'approval.granted',
  rejected: 'approval.denied',
  expired: 'approval.expired',
};

const failed = (error: VendingError): Ending => ({
  state: 'failed',
  event: 'allocation.failed',
  message: error.message,
  error,
});

const stop = (error: VendingError): Stop => ({ state: 'failed', error });

function denied(plan: PlanSummary): Ending {
  const error = vendingError(
    'PolicyDenied',
    `The policy rule '${plan.policy.rule}' denies the request: ${plan.policy.reason}`,
  );
  return { ...failed(error), state: 'rejected' };
}

const plannedOnly = (plan: PlanSummary): Ending => ({
  state: 'planned',
  event: 'request.validated',
  message: `Dry run: the plan ${plan.planHash.slice(0, 12)} could be deployed; nothing was.`,
});

function undecided(decision: DecisionEnding): Ending {
  switch (decision.status) {
    case 'rejected': {
      const why = decision.reason ? `: ${decision.reason}` : '.';
      const error = vendingError('DecisionRejected', `${decision.by} rejected the request${why}`);
      return { ...failed(error), state: 'rejected' };
    }
    case 'cancelled': {
      const error = vendingError('Cancelled', `${decision.by} cancelled the request.`);
      return { ...failed(error), state: 'cancelled' };
    }
    default: {
      const error = vendingError('ApprovalExpired', 'Nobody decided within the time limit.');
      return { ...failed(error), state: 'expired' };
    }
  }
}
