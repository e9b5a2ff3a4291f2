import type { OrchestrationContext } from 'durable-functions';
import type {
  Acceptance,
  ActivityName,
  PlanSummary,
  PollingActivityName,
} from '../activities/activity-contracts.ts';
import { type VendingError, vendingError } from '../model/errors.ts';
import type { RequestEventType } from '../model/events.ts';
import { failure, type Outcome, success } from '../model/outcome.ts';
import { isEndState, type RequestState } from '../model/states.ts';
import type { AwaitDecisionInput, DecisionEnding } from './await-decision.ts';
import { denied, type Ending, failed, plannedOnly, undecided } from './endings.ts';
import { approvalInstanceIdOf, orchestrationNames } from './names.ts';
import { type DoneValue, poll } from './poll-until-done.ts';
import { Saga } from './saga.ts';
import {
  type Bounds,
  callRetrying,
  type OwnInput,
  secondsFromNow,
  unexpected,
  type Workflow,
  wait,
} from './workflow.ts';

export interface AllocateInput {
  readonly requestId: string;
  readonly bounds: Bounds;
  readonly approvalTimeLimitSeconds: number;
}

/** The `allocate` operation: steps 1 to 9 of the design. Ends always with a recorded, published state. */
export function* allocateVnet(context: OrchestrationContext): Workflow<string> {
  const input = context.df.getInput() as AllocateInput;
  const run = new AllocateRun(context, input);
  return yield* run.toItsEnd();
}

class AllocateRun {
  readonly #context: OrchestrationContext;
  readonly #input: AllocateInput;
  readonly #saga = new Saga();
  #mayHoldClaim = false;

  constructor(context: OrchestrationContext, input: AllocateInput) {
    this.#context = context;
    this.#input = input;
  }

  /** Answers the state that the request ended in. */
  *toItsEnd(): Workflow<RequestState> {
    const state = yield* this.#enter('planning', 'Checking every prerequisite in both tenants.');
    if (isEndState(state)) {
      yield* this.#publishOutcome();
      return state;
    }
    const ending = yield* isBeyondApproval(state) ? this.#resume(state) : this.#planAndDeploy();
    const hasToUndo = ending.state !== 'succeeded' && !this.#saga.isEmpty;
    const ended = hasToUndo ? yield* this.#compensate(ending) : ending;
    yield* this.#report(ended);
    return ended.state;
  }

  /**
   * An earlier run of this request was lost after it had begun to deploy: goes on where that one was.
   * Nothing is planned or checked anew, because what exists already must be finished or taken back.
   */
  *#resume(state: StateBeyondApproval): Workflow<Ending> {
    this.#mayHoldClaim = true;
    this.#registerUndoDeployment();
    switch (state) {
      case 'deploying': {
        const { planHash } = requireValue(yield* this.#call('planRequest', 'plan', {}));
        return yield* this.#deploy(planHash);
      }
      case 'verifying':
        return yield* this.#verify();
      case 'compensating': {
        const earlier = requireValue(yield* this.#call('readError', 'compensating', {}));
        const lost = 'An earlier run of this request was lost while it took back.';
        return failed(earlier ?? vendingError('Unexpected', lost));
      }
    }
  }

  /** Steps 1 to 8. */
  *#planAndDeploy(): Workflow<Ending> {
    yield* this.#publish('planning', 'request.submitted');
    const planned = yield* this.#call('planRequest', 'plan', {});
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

  /** Steps 3 and 4, then the deployment, with the VNet claimed for this request alone. */
  *#deployClaimed({ planHash }: PlanSummary): Workflow<Ending> {
    const claimed = yield* this.#call('claimVirtualNetwork', 'claim', {});
    if (!claimed.ok) return failed(claimed.error);
    this.#mayHoldClaim = true;
    const rechecked = yield* this.#call('recheckPlan', 're-check', { planHash });
    if (!rechecked.ok) return failed(rechecked.error);

    yield* this.#enter('deploying', 'Deploying the VNet with the tokens of both tenants.');
    this.#registerUndoDeployment();
    return yield* this.#deploy(planHash);
  }

  /** Steps 5 to 8; the compensation is registered. */
  *#deploy(planHash: string): Workflow<Ending> {
    const deployed = yield* this.#call('deployVirtualNetwork', 'deploy', { planHash });
    if (!deployed.ok) return failed(deployed.error);
    yield* this.#waitAsAsked(deployed.value);

    const tracked = yield* this.#poll('trackDeployment', 'track', {
      what: 'The deployment',
      boundSeconds: this.#input.bounds.deploySeconds,
      timedOut: 'OperationTimedOut',
    });
    if (!tracked.ok) return failed(tracked.error);

    yield* this.#enter('verifying', 'Waiting until VNet and pool agree on the prefix.');
    return yield* this.#verify();
  }

  /** Steps 7 and 8. */
  *#verify(): Workflow<Ending> {
    const agreed = yield* this.#poll('awaitPrefix', 'await-prefix', {
      what: 'The agreement of VNet and pool',
      boundSeconds: this.#input.bounds.awaitPrefixSeconds,
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
    yield* this.#enter('compensating', `Taking back what was made. ${message}`, error);
    const leftovers = yield* this.#saga.compensate();
    if (leftovers.length === 0) {
      return {
        state: state === 'cancelled' ? 'cancelled' : 'failed',
        event: 'allocation.compensated',
        message: `${message} Nothing is left in either tenant.`,
        ...(error ? { error } : {}),
      };
    }
    const cause = leftovers.join('; ');
    const named = yield* this.#call('nameLeftovers', 'compensate-leftovers', {});
    return {
      state: 'compensation-failed',
      event: 'allocation.compensation-failed',
      message: `What was made could not be taken back: ${cause}.`,
      error: vendingError('CompensationFailed', `The compensation failed. ${message}`, { cause }),
      leftovers: named.ok && named.value.length > 0 ? named.value : leftovers,
    };
  }

  #registerUndoDeployment(): void {
    this.#saga.register({
      leftover: 'the VNet of this request and its allocation may still exist',
      run: () => this.#undoDeployment(),
    });
  }

  /** Deletes the VNet that this request created, then waits until the pool has its space back. */
  *#undoDeployment(): Workflow<Outcome<null>> {
    const { releaseSeconds } = this.#input.bounds;
    // What stays behind is worse than what takes long: every call may be tried for the whole bound.
    const deleted = yield* this.#call(
      'deleteVirtualNetwork',
      'compensate-delete',
      {},
      releaseSeconds,
    );
    if (!deleted.ok) return deleted;
    yield* this.#waitAsAsked(deleted.value);
    for (const [activity, step, what] of [
      ['trackDeletion', 'compensate-track', 'The deletion of the VNet'],
      ['confirmRelease', 'compensate-confirm', 'The release of the allocation'],
    ] as const) {
      const ended = yield* this.#poll(activity, step, {
        what,
        boundSeconds: releaseSeconds,
        retrySeconds: releaseSeconds,
        timedOut: 'OperationTimedOut',
      });
      if (!ended.ok) return ended;
    }
    return success(null);
  }

  /**
   * Step 9: the ledger first, with the event that tells of it, so that the sweep publishes what this
   * run could not. The VNet is free once the end is recorded, lest a lost run find it taken. A parked
   * request gives it up as well: what it left behind is safe, because no request touches a VNet that
   * it did not create, and once that is removed the name must be free for others.
   */
  *#report(ending: Ending): Workflow<void> {
    const { state, message, event, error, result, leftovers } = ending;
    const recorded = yield* this.#call('recordState', 'report', {
      state,
      message,
      pendingEvent: event,
      ...(error ? { error } : {}),
      ...(result ? { result } : {}),
      ...(leftovers ? { leftovers } : {}),
    });
    requireValue(recorded);
    if (this.#mayHoldClaim) {
      yield* this.#call('releaseVirtualNetwork', 'release-claim', {});
    }
    yield* this.#publishOutcome();
  }

  *#publishOutcome(): Workflow<void> {
    requireValue(yield* this.#call('publishOutcome', 'report', {}));
  }

  /** Records a state; answers the one that the request is in then. Nothing may happen before. */
  *#enter(state: RequestState, message: string, error?: VendingError): Workflow<RequestState> {
    const own = { state, message, ...(error ? { error } : {}) };
    return requireValue(yield* this.#call('recordState', state, own));
  }

  #publish(step: string, type: RequestEventType): Workflow<Outcome<null>> {
    return this.#call('publishEvent', step, { type });
  }

  #call<N extends ActivityName>(
    name: N,
    step: string,
    own: OwnInput<N>,
    retrySeconds = this.#input.bounds.retrySeconds,
  ) {
    const { requestId } = this.#input;
    return callRetrying(this.#context, name, { requestId, step, retrySeconds }, own);
  }

  /** Retry-After of an accepted call: before it nobody needs to look at the operation. */
  *#waitAsAsked({ retryAfterSeconds }: Acceptance): Workflow<void> {
    if (retryAfterSeconds !== undefined) yield* wait(this.#context, retryAfterSeconds);
  }

  /** Looks until an activity is done, and says why the workflow stops when it never is. */
  *#poll<N extends PollingActivityName>(
    activity: N,
    step: string,
    { what, boundSeconds, retrySeconds, timedOut }: PollLimits,
  ): Workflow<Outcome<DoneValue<N>>> {
    const { requestId, bounds } = this.#input;
    const ended = yield* poll(this.#context, activity, {
      requestId,
      step,
      boundSeconds,
      pollSeconds: bounds.pollSeconds,
      retrySeconds: retrySeconds ?? bounds.retrySeconds,
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
  /** How long failures in a row are borne; the bound for all calls unless given. */
  readonly retrySeconds?: number;
  /** Error code when it does not come to pass within the bound. */
  readonly timedOut: 'OperationTimedOut' | 'AllocationNotConfirmed';
}

const decisionEvents: Readonly<Partial<Record<DecisionEnding['status'], RequestEventType>>> = {
  approved: 'approval.granted',
  rejected: 'approval.denied',
  expired: 'approval.expired',
};

/**
 * What must not fail: what cannot be recorded must not go on. A run that throws is started again by the
 * sweep, and goes on from the state that is recorded.
 */
function requireValue<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Error(`${outcome.error.code}: ${outcome.error.message}`);
}

/** From here on there may be a VNet of this request. */
const statesBeyondApproval = ['deploying', 'verifying', 'compensating'] as const;
type StateBeyondApproval = (typeof statesBeyondApproval)[number];

const isBeyondApproval = (state: RequestState): state is StateBeyondApproval =>
  (statesBeyondApproval as readonly RequestState[]).includes(state);
