import type { OrchestrationContext } from 'durable-functions';
import type { ApprovalEnding, PlanSummary } from '../activities/activity-contracts.ts';
import { vendingError } from '../model/errors.ts';
import type { RequestEventType } from '../model/events.ts';
import type { Outcome } from '../model/outcome.ts';
import {
  isEndState,
  type RequestState,
  type WorkingState,
  workingStates,
} from '../model/states.ts';
import type { AwaitDecisionInput } from './await-decision.ts';
import {
  compensated,
  denied,
  type Ending,
  type EventFamily,
  eventOf,
  failed,
  parked,
  plannedOnly,
  reasonToCompensate,
  undecided,
} from './endings.ts';
import { approvalInstanceIdOf, orchestrationNames } from './names.ts';
import { type RequestInput, RequestRun, requireValue } from './request-run.ts';
import { Saga, type SagaStep } from './saga.ts';
import { unexpected, type Workflow } from './workflow.ts';

/** What distinguishes the operations: their steps, and how both sides are verified. */
export interface Operation {
  readonly events: EventFamily;
  /** The state in which the steps run. */
  readonly state: WorkingState;
  /** What it does to the quotas when it succeeds. */
  readonly quota: 'takes' | 'gives back';
  /** Told in the timeline when the steps begin, and when they are done. */
  readonly messages: { readonly working: string; readonly verifying: string };
  /** Steps 5 and 6 of the design, in order. */
  steps(run: RequestRun, plan: PlanSummary): readonly SagaStep[];
  /** Steps 7 and 8. */
  verify(run: RequestRun, plan: PlanSummary): Workflow<Ending>;
}

/** Steps 1 to 9 of the design for one request. Ends always with a recorded, published state. */
export function* runRequest(
  context: OrchestrationContext,
  operation: Operation,
): Workflow<RequestState> {
  const run = new RequestRun(context, context.df.getInput() as RequestInput);
  return yield* new RequestWorkflow(run, operation).toItsEnd();
}

class RequestWorkflow {
  readonly #run: RequestRun;
  readonly #operation: Operation;
  readonly #saga: Saga;
  #mayHoldClaim = false;
  #mayHoldQuota = false;

  constructor(run: RequestRun, operation: Operation) {
    this.#run = run;
    this.#operation = operation;
    this.#saga = new Saga((step, outcome) => this.#recordCompensation(step, outcome));
  }

  /** Answers the state that the request ended in. */
  *toItsEnd(): Workflow<RequestState> {
    const state = yield* this.#run.enter(
      'planning',
      'Checking every prerequisite in both tenants.',
    );
    if (isEndState(state)) {
      yield* this.#publishOutcome();
      return state;
    }
    const ending = yield* isBeyondApproval(state) ? this.#goOn(state) : this.#planAndCarryOut();
    const ended = this.#hasToUndo(ending) ? yield* this.#compensate(ending) : ending;
    yield* this.#report(ended);
    return ended.state;
  }

  /**
   * An earlier run of this request was lost after its steps had begun, or parked and now resumed: goes
   * on where that one was. Nothing is planned or checked anew, because what has been done already must
   * be finished or taken back.
   */
  *#goOn(state: StateBeyondApproval): Workflow<Ending> {
    this.#mayHoldClaim = true;
    this.#mayHoldQuota = true;
    const plan = requireValue(yield* this.#run.call('planRequest', 'plan', {}));
    if (state === this.#operation.state) return yield* this.#carryOut(plan);
    for (const step of this.#operation.steps(this.#run, plan)) this.#saga.register(step);
    if (state === 'verifying') return yield* this.#operation.verify(this.#run, plan);
    // What a run could not publish when it parked comes first.
    yield* this.#publishOutcome();
    const recorded = requireValue(yield* this.#run.call('readError', 'compensating', {}));
    return failed(reasonToCompensate(recorded));
  }

  /** Steps 1 to 8. */
  *#planAndCarryOut(): Workflow<Ending> {
    yield* this.#run.publish('planning', 'request.submitted');
    const planned = yield* this.#run.call('planRequest', 'plan', {});
    if (!planned.ok) return failed(planned.error);
    // A plan that changed while it waited is decided on anew; the re-check gives up after a few times.
    let plan = planned.value;
    for (let rounds = 0; rounds < mostRounds; rounds++) {
      const ended = yield* this.#decideAndCarryOut(plan);
      if (!('changedTo' in ended)) return ended;
      plan = ended.changedTo;
    }
    return failed(vendingError('PlanChanged', 'The plan was never the one that was decided on.'));
  }

  /** Steps 2 to 8 for one plan. */
  *#decideAndCarryOut(plan: PlanSummary): Workflow<Ending | AnotherPlan> {
    yield* this.#run.publish('plan', 'request.planned');
    if (plan.refusal) return failed(plan.refusal);
    if (plan.policy.effect === 'deny') return denied(plan);
    if (plan.dryRun) return plannedOnly(plan);

    if (plan.policy.effect === 'require-approval') {
      const stopped = yield* this.#awaitApproval(plan);
      if (stopped) return stopped;
    }
    return yield* this.#carryOutClaimed(plan);
  }

  /** Steps 3 and 4, then the operation, with the VNet claimed for this request alone. */
  *#carryOutClaimed(plan: PlanSummary): Workflow<Ending | AnotherPlan> {
    const claimed = yield* this.#run.call('claimVirtualNetwork', 'claim', {});
    if (!claimed.ok) return failed(claimed.error);
    this.#mayHoldClaim = true;
    const { planHash } = plan;
    const rechecked = yield* this.#run.call('recheckPlan', 're-check', { planHash });
    if (!rechecked.ok) return failed(rechecked.error);
    if (rechecked.value.changed) {
      // Nobody else waits for the VNet while people look at the other plan.
      yield* this.#releaseClaim();
      return { changedTo: rechecked.value.plan };
    }
    yield* this.#run.enter(this.#operation.state, this.#operation.messages.working);
    return yield* this.#carryOut(plan);
  }

  /** The quota comes first: a run that was lost before it had it has done nothing yet. */
  *#carryOut(plan: PlanSummary): Workflow<Ending> {
    this.#mayHoldQuota = true;
    if (this.#operation.quota === 'takes') {
      const reserved = yield* this.#run.call('reserveQuota', 'quota', {});
      if (!reserved.ok) {
        // Nobody knows whether a run before had it and began its steps: the next run finds out.
        if (reserved.error.code === 'RetriesExhausted') requireValue(reserved);
        return failed(reserved.error);
      }
    }
    yield* this.#tell('started');
    for (const step of this.#operation.steps(this.#run, plan)) {
      const done = yield* this.#saga.run(step);
      if (!done.ok) return failed(done.error);
    }
    yield* this.#run.enter('verifying', this.#operation.messages.verifying);
    yield* this.#tell('verifying');
    return yield* this.#operation.verify(this.#run, plan);
  }

  /** Step 2 for people: a sub-orchestration that sees all stages of the plan through. */
  *#awaitApproval(plan: PlanSummary): Workflow<Ending | undefined> {
    yield* this.#run.enter('awaiting-approval', `Waiting for a decision: ${plan.policy.reason}`);
    const approval = yield* this.#callAwaitDecision(plan);
    if (!approval.ok) return failed(approval.error);
    const published = approvalEvents[approval.value.status];
    if (published) yield* this.#run.publish('decide', published);
    return approval.value.status === 'approved' ? undefined : undecided(approval.value);
  }

  *#callAwaitDecision({ version }: PlanSummary): Workflow<Outcome<ApprovalEnding>> {
    const { context, input, bounds } = this.#run;
    const { requestId } = input;
    const wait: AwaitDecisionInput = { requestId, retrySeconds: bounds.retrySeconds };
    const call = (instanceId?: string) =>
      context.df.callSubOrchestrator(orchestrationNames.awaitDecision, wait, instanceId);
    try {
      return (yield call(approvalInstanceIdOf(requestId, version))) as Outcome<ApprovalEnding>;
    } catch {
      // The wait of a run that was lost may have the name still. Nobody can wake one without it, but it
      // looks into the ledger on its own.
    }
    try {
      return (yield call()) as Outcome<ApprovalEnding>;
    } catch (error) {
      return unexpected(orchestrationNames.awaitDecision, error);
    }
  }

  /** What is on its way does not wait long for a topic that cannot be reached. */
  *#tell(what: 'started' | 'verifying' | 'compensating'): Workflow<void> {
    yield* this.#run.publish('report', `${this.#operation.events}.${what}`, tellingSeconds);
  }

  #hasToUndo({ state }: Ending): boolean {
    const isDone = state === 'succeeded' || state === 'removed-release-unverified';
    return !isDone && !this.#saga.isEmpty;
  }

  /** Takes back what was done, in reverse order, and says how that went. */
  *#compensate(ending: Ending): Workflow<Ending> {
    const { message, error } = ending;
    yield* this.#run.enter('compensating', `Taking back what was done. ${message}`, error);
    yield* this.#tell('compensating');
    const leftovers = yield* this.#saga.compensate();
    if (leftovers.length === 0) return compensated(ending);
    const named = yield* this.#run.call('nameLeftovers', 'compensate-leftovers', {});
    return parked(ending, named.ok && named.value.length > 0 ? named.value : leftovers);
  }

  *#recordCompensation(step: string, outcome: Outcome<null>): Workflow<void> {
    const own = outcome.ok ? {} : { error: outcome.error };
    requireValue(yield* this.#run.call('recordCompensation', step, own));
  }

  /**
   * Step 9: the ledger first, with the event that tells of it, so that the sweep publishes what this
   * run could not. The VNet is free once the end is recorded, lest a lost run find it taken. A parked
   * request keeps it until an operator has resumed it: nobody else may build on what it left behind.
   */
  *#report(ending: Ending): Workflow<void> {
    const { state, message, error, result, leftovers } = ending;
    if (this.#mayHoldQuota) yield* this.#releaseQuota(state);
    const recorded = yield* this.#run.call('recordState', 'report', {
      state,
      message,
      pendingEvent: eventOf(this.#operation.events, ending),
      ...(error ? { error } : {}),
      ...(result ? { result } : {}),
      ...(leftovers ? { leftovers } : {}),
    });
    requireValue(recorded);
    if (this.#mayHoldClaim && state !== 'compensation-failed') yield* this.#releaseClaim();
    yield* this.#publishOutcome();
  }

  /**
   * Quota comes back with nothing left of a request, and with a VNet that is removed; before the end is
   * recorded, lest a lost run leave it counted. What is left behind goes on counting.
   */
  *#releaseQuota(state: RequestState): Workflow<void> {
    const givesBack = this.#operation.quota === 'gives back';
    if (state === 'compensation-failed' || givesBack !== (state === 'succeeded')) return;
    const release = givesBack ? 'all' : 'own';
    requireValue(yield* this.#run.call('releaseQuota', 'quota', { release }));
  }

  *#releaseClaim(): Workflow<void> {
    yield* this.#run.call('releaseVirtualNetwork', 'release-claim', {});
    this.#mayHoldClaim = false;
  }

  *#publishOutcome(): Workflow<void> {
    requireValue(yield* this.#run.call('publishOutcome', 'report', {}));
  }
}

const tellingSeconds = 60;

/** More than the re-check allows; should it ever disagree with the approval, that must not go on for ever. */
const mostRounds = 10;

/** Another plan was recorded in the place of the one that was decided on. */
interface AnotherPlan {
  readonly changedTo: PlanSummary;
}

const approvalEvents: Readonly<Partial<Record<ApprovalEnding['status'], RequestEventType>>> = {
  approved: 'approval.granted',
  rejected: 'approval.denied',
  expired: 'approval.expired',
};

/** From here on there may be effects of this request. */
const statesBeyondApproval = [...workingStates, 'verifying', 'compensating'] as const;
type StateBeyondApproval = (typeof statesBeyondApproval)[number];

const isBeyondApproval = (state: RequestState): state is StateBeyondApproval =>
  (statesBeyondApproval as readonly RequestState[]).includes(state);
