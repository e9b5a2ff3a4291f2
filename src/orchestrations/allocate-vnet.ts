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
  #mayHoldClaim = false;

  constructor(context: OrchestrationContext, input: AllocateInput) {
    this.#context = context;
    this.#input = input;
  }

  *run(): Workflow<Ending | { readonly alreadyEnded: RequestState }> {
    const state = yield* this.#enter('planning', 'Checking every prerequisite in both tenants.');
    if (isEndState(state)) return { alreadyEnded: state };
    const ending = yield* this.#runFrom(state);
    const hasToUndo = ending.state !== 'succeeded' && !this.#saga.isEmpty;
    const ended = hasToUndo ? yield* this.#compensate(ending) : ending;
    // A parked request gives it up as well: what it left behind is safe, because no request touches a
    // VNet that it did not create, and once that is removed the name must be free for others.
    if (this.#mayHoldClaim) yield* this.#call('releaseVirtualNetwork', 'release-claim', {});
    return ended;
  }

  /** A state beyond planning means that an earlier run of this request was lost on its way. */
  *#runFrom(state: RequestState): Workflow<Ending> {
    if (state === 'deploying' || state === 'verifying' || state === 'compensating') {
      this.#mayHoldClaim = true;
      this.#registerUndoDeployment();
    }
    if (state === 'compensating') {
      return failed(
        vendingError('Unexpected', 'An earlier run of this request was lost while it took back.'),
      );
    }
    return yield* this.#planAndDeploy();
  }

  /** Steps 1 to 8. */
  *#planAndDeploy(): Workflow<Ending> {
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
    const claimed = yield* this.#call('claimVirtualNetwork', 'claim', {});
    if (!claimed.ok) return failed(claimed.error);
    this.#mayHoldClaim = true;
    const rechecked = yield* this.#call('recheckPlan', 're-check', { planHash: plan.planHash });
    if (!rechecked.ok) return failed(rechecked.error);
    return yield* this.#deployAndVerify(plan);
  }

  /** Steps 5 to 8. */
  *#deployAndVerify(plan: PlanSummary): Workflow<Ending> {
    yield* this.#enter('deploying', 'Deploying the VNet with the tokens of both tenants.');
    this.#registerUndoDeployment();
    const deployed = yield* this.#call('deployVirtualNetwork', 'deploy', {
      planHash: plan.planHash,
    });
    if (!deployed.ok) return failed(deployed.error);

    const { bounds } = this.#input;
    const tracked = yield* this.#poll('trackDeployment', 'track', {
      what: 'The deployment',
      boundSeconds: bounds.deploySeconds,
      timedOut: 'OperationTimedOut',
    });
    if (!tracked.ok) return failed(tracked.error);

    yield* this.#enter('verifying', 'Waiting until VNet and pool agree on the prefix.');
    const agreed = yield* this.#poll('awaitPrefix', 'await-prefix', {
      what: 'The agreement of VNet and pool',
      boundSeconds: bounds.awaitPrefixSeconds,
      timedOut: 'AllocationNotConfirmed',
    });
    if (!agreed.ok) return failed(agreed.error);
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
  *#compensate({ state, message, error }: Ending): Workflow<Ending> {
    yield* this.#enter('compensating', `Taking back what was made. ${message}`);
    const leftovers = yield* this.#saga.compensate();
    if (leftovers.length === 0) {
      return {
        state: state === 'cancelled' ? 'cancelled' : 'failed',
        event: 'allocation.compensated',
        message: `${message} Nothing is left in either tenant.`,
        ...(error ? { error } : {}),
      };
    }
    const descriptions = leftovers.map((leftover) => leftover.description);
    const cause = descriptions.join('; ');
    return {
      state: 'compensation-failed',
      event: 'allocation.compensation-failed',
      message: `What was made could not be taken back: ${cause}.`,
      error: vendingError('CompensationFailed', `The compensation failed. ${message}`, { cause }),
      leftovers: descriptions,
    };
  }

  #registerUndoDeployment(): void {
    // A run that goes on where an earlier one was lost has registered it at its start.
    if (!this.#saga.isEmpty) return;
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
      if (!ended.ok) return ended;
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
  ): Workflow<Outcome<DoneValue<N>>> {
    const { requestId, bounds } = this.#input;
    const ended = yield* poll(this.#context, activity, {
      requestId,
      step,
      boundSeconds,
      pollSeconds: bounds.pollSeconds,
      retrySeconds: bounds.retrySeconds,
    });
    if (!ended.ok) return ended;
    switch (ended.value.status) {
      case 'done':
        return success(ended.value.value);
      case 'cancelled':
        return failure(vendingError('Cancelled', 'The request was cancelled while it ran.'));
      case 'timed-out':
        return failure(
          vendingError(timedOut, `${what} did not end within ${boundSeconds} seconds.`),
        );
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

/** The end of a request that an error stopped; a cancellation is told as one. */
const failed = (error: VendingError): Ending => ({
  state: error.code === 'Cancelled' ? 'cancelled' : 'failed',
  event: 'allocation.failed',
  message: error.message,
  error,
});

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
      return failed(vendingError('Cancelled', `${decision.by} cancelled the request.`));
    }
    default: {
      const error = vendingError('ApprovalExpired', 'Nobody decided within the time limit.');
      return { ...failed(error), state: 'expired' };
    }
  }
}
