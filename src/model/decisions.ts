import { approvalProgress, type DecisionOnPlan } from './approval-progress.ts';
import { vendingError } from './errors.ts';
import type { Landscape } from './landscape.ts';
import { failure, type Outcome, success } from './outcome.ts';
import {
  type Decider,
  groupsOf,
  hasRole,
  type Identity,
  isOperator,
  isSamePerson,
  isSuperuser,
} from './people.ts';
import type { Plan } from './plan.ts';
import type { DecideMessage, VendingRequest } from './requests.ts';
import { isEndState, type RequestState, workingStates } from './states.ts';

/** What of a request's record a decision is judged by. */
export interface DecidableRequest {
  readonly id: string;
  readonly request: Pick<VendingRequest, 'requester'>;
  readonly state: RequestState;
  readonly plan?: Pick<Plan, 'planHash' | 'stages' | 'madeAt'>;
}

/** `apply`: record it and wake the request up. `ignore`: it changes nothing (any more). */
export type Judgement =
  | {
      readonly effect: 'apply';
      /** For `approve` and `break-glass`: the plan that the decision is bound to. */
      readonly planHash?: string;
      /** For `approve` and `reject`: the stage that was open. */
      readonly stage?: string;
    }
  | { readonly effect: 'ignore'; readonly reason: string };

export interface JudgedDecision {
  readonly decision: DecideMessage['decision'];
  readonly by: Decider;
  readonly planHash?: string | undefined;
  readonly reason?: string | undefined;
}

type JudgingLandscape = Pick<Landscape, 'policy' | 'operators' | 'superusers'>;

/**
 * Whether a decision of a person counts (rules 2 and 3 of the design). Ask the ledger first whether the
 * decision was recorded before: a repetition is no new decision. `decisions` are all that were recorded
 * before this one; whoever records it makes sure that none comes in between.
 */
export function judgeDecision(
  request: DecidableRequest,
  decision: JudgedDecision,
  decisions: readonly DecisionOnPlan[],
  landscape: JudgingLandscape,
): Outcome<Judgement> {
  const missing = missingRole(request, decision);
  if (missing) return unauthorized(missing.message, missing.remedy);
  if (isEndState(request.state)) {
    return ignored(`The request is over (${request.state}); a decision changes nothing any more.`);
  }
  switch (decision.decision) {
    case 'cancel':
      return judgeCancellation(request, decisions);
    case 'reject':
      return judgeRejection(request, decision, decisions, landscape);
    case 'approve':
    case 'break-glass':
      return judgeApproval(request, decision, decisions, landscape);
  }
}

/** What the app roles of somebody who comes through the API do not allow. Who sends to the queue is trusted. */
function missingRole(request: DecidableRequest, { decision, by }: JudgedDecision) {
  if (by.roles === undefined) return undefined;
  const needed = {
    approve: ['Vnet.Approve'],
    reject: ['Vnet.Approve'],
    'break-glass': ['Vnet.Approve', 'Vnet.Operate'],
    cancel: isRequester(request, by) ? ['Vnet.Request', 'Vnet.Operate'] : ['Vnet.Operate'],
  }[decision];
  if (needed.some((role) => hasRole(by, role))) return undefined;
  return {
    message: `${by.name} lacks the app role ${needed.join(' or ')}, so may not ${verbs[decision]} ${request.id}.`,
    remedy: `Have an administrator of Entra ID assign the app role ${needed.join(' or ')}, or have somebody decide who has it.`,
  };
}

const verbs = {
  approve: 'approve',
  reject: 'reject',
  'break-glass': 'override the approval of',
  cancel: 'cancel',
} as const;

function judgeCancellation(
  { state }: DecidableRequest,
  decisions: readonly DecisionOnPlan[],
): Outcome<Judgement> {
  if (state === 'compensating') return ignored('The request is being taken back already.');
  return decisions.some(({ decision }) => decision === 'cancel')
    ? ignored('The request is cancelled already.')
    : success({ effect: 'apply' });
}

function judgeRejection(
  request: DecidableRequest,
  { by, reason }: JudgedDecision,
  decisions: readonly DecisionOnPlan[],
  landscape: JudgingLandscape,
): Outcome<Judgement> {
  if (request.state !== 'awaiting-approval') {
    return failure(
      vendingError(
        'DecisionNotPossible',
        `The request ${request.id} is ${request.state} and waits for no decision, so it cannot be rejected.`,
      ),
    );
  }
  // A rejection by an unnamed requester does no harm: it only stops what they asked for.
  if (isRequester(request, by)) return ownDecision(request.id, 'reject');
  if (reason === undefined) return reasonMissing(request.id, 'reject');
  const progress = request.plan && approvalProgress(request.plan, decisions);
  if (progress === undefined) return success({ effect: 'apply' });
  const notAsked = whyNotAsked(request.id, by, progress.approvers, landscape);
  if (notAsked) return unauthorized(notAsked.message, notAsked.remedy);
  // An approval that is complete can be rejected still, as long as nothing has begun.
  if (progress.status !== 'open' && progress.status !== 'approved') return over(progress.status);
  return success({ effect: 'apply', stage: progress.stage.name });
}

function judgeApproval(
  request: DecidableRequest,
  { decision, by, reason, planHash }: JudgedDecision,
  decisions: readonly DecisionOnPlan[],
  landscape: JudgingLandscape,
): Outcome<Judgement> {
  const { id, plan, state } = request;
  if (beyondApproval.includes(state)) return ignored('The request is approved already.');
  const progress = plan && approvalProgress(plan, decisions);
  if (state !== 'awaiting-approval' || plan === undefined || progress === undefined) {
    return failure(
      vendingError(
        'DecisionNotPossible',
        `The request ${id} is ${state}; there is no plan yet that could be approved.`,
        { remedy: 'Wait for the event approval.requested, then approve its plan.' },
      ),
    );
  }
  const unproven = whyNotFourEyes(request, by);
  if (unproven) return unauthorized(unproven.message, unproven.remedy);
  const isOverride = decision === 'break-glass';
  const notAsked = isOverride
    ? whyNoOverride(id, by, landscape)
    : whyNotAsked(id, by, progress.approvers, landscape);
  if (notAsked) return unauthorized(notAsked.message, notAsked.remedy);
  if (isOverride && reason === undefined) return reasonMissing(id, 'override the approval of');
  if (planHash !== undefined && planHash !== plan.planHash) {
    return failure(
      vendingError(
        'PlanChanged',
        `The approval is for the plan ${planHash.slice(0, 12)}, but the plan of the request ${id} is ${plan.planHash.slice(0, 12)}.`,
        { remedy: 'Look at the plan of the request and approve that one.' },
      ),
    );
  }
  if (progress.status !== 'open') return over(progress.status);
  if (isOverride) return success({ effect: 'apply', planHash: plan.planHash });
  if (hasApproved(by, plan, decisions)) {
    return ignored(`${by.name} has approved this plan already; another person must, too.`);
  }
  return success({ effect: 'apply', planHash: plan.planHash, stage: progress.stage.name });
}

const beyondApproval: readonly RequestState[] = [...workingStates, 'verifying', 'compensating'];

interface Refused {
  readonly message: string;
  readonly remedy: string;
}

/** Four eyes must be provable: a name or mail address in a message proves nothing. */
function whyNotFourEyes({ id, request }: DecidableRequest, by: Decider): Refused | undefined {
  const { requester } = request;
  if (requester.objectId === undefined || requester.tenantId === undefined) {
    return {
      message: `The request ${id} does not say by object id and tenant id who asked, so nobody can show that the approver is somebody else.`,
      remedy:
        'Send the request again under a new id with requester.objectId and requester.tenantId; this one can be rejected or cancelled.',
    };
  }
  return isSamePerson(requester, by) ? ownDecisionOf(id, 'approve') : undefined;
}

/** Whoever is in no group that the stage asks may neither approve nor reject. */
function whyNotAsked(
  id: string,
  by: Decider,
  approvers: readonly string[],
  landscape: JudgingLandscape,
): Refused | undefined {
  if (approvers.length === 0) return undefined;
  const own = groupsOf(by, landscape);
  if (approvers.some((name) => own.includes(name))) return undefined;
  return {
    message: `${by.name} is in none of the groups that decide on the request ${id} now: ${approvers.join(', ')}.`,
    remedy: `Have somebody of ${approvers.join(' or ')} decide. Who belongs to a group, the landscape says.`,
  };
}

function whyNoOverride(id: string, by: Decider, landscape: JudgingLandscape): Refused | undefined {
  return isSuperuser(by, landscape)
    ? undefined
    : {
        message: `${by.name} is no superuser, so may not override the approval of the request ${id}.`,
        remedy: 'Have one of the superusers decide that the landscape lists.',
      };
}

/**
 * Whether somebody has approved a stage of the plan as it is asked for now. What they approved for a stage that
 * other stages have replaced since counts for none of them, so they are asked once more.
 */
export const hasApproved = (
  by: Identity,
  { planHash, stages }: Pick<Plan, 'planHash' | 'stages'>,
  decisions: readonly DecisionOnPlan[],
): boolean =>
  decisions.some(
    (one) =>
      one.decision === 'approve' &&
      one.planHash === planHash &&
      stages.some(({ name }) => name === one.stage) &&
      isSamePerson(one.by, by),
  );

/** Whether somebody may resume the request, and whether it can be. */
export function judgeResumption(
  request: Pick<DecidableRequest, 'id' | 'state'>,
  by: Decider,
  landscape: Pick<Landscape, 'operators'>,
): Outcome<Judgement> {
  if (!isOperator(by, landscape)) {
    return unauthorized(
      `${by.name} is no operator, so may not resume ${request.id}.`,
      'Have one of the operators resume it that the landscape lists.',
    );
  }
  if (request.state !== 'compensation-failed') {
    return failure(
      vendingError(
        'DecisionNotPossible',
        `The request ${request.id} is ${request.state}; only a request that is compensation-failed can be resumed.`,
      ),
    );
  }
  return success({ effect: 'apply' });
}

/** How often the request was resumed. */
export const countResumptions = (decisions: readonly { readonly decision: string }[]): number =>
  decisions.filter(({ decision }) => decision === 'resume').length;

const isRequester = ({ request }: DecidableRequest, by: Decider): boolean =>
  isSamePerson(request.requester, by);

const ownDecisionOf = (id: string, verb: 'approve' | 'reject'): Refused => ({
  message: `Nobody may ${verb} their own request (${id}).`,
  remedy: 'Have another person decide; the requester may cancel.',
});

function ownDecision(id: string, verb: 'approve' | 'reject'): Outcome<never> {
  const { message, remedy } = ownDecisionOf(id, verb);
  return unauthorized(message, remedy);
}

const unauthorized = (message: string, remedy: string): Outcome<never> =>
  failure(vendingError('Unauthorized', message, { remedy }));

const reasonMissing = (id: string, verb: string): Outcome<never> =>
  failure(
    vendingError('SchemaInvalid', `A reason is needed to ${verb} the request ${id}.`, {
      remedy: 'Say why, in `reason`.',
    }),
  );

const over = (status: string): Outcome<Judgement> =>
  ignored(`The approval is over (${status}); a decision changes nothing any more.`);

const ignored = (reason: string): Outcome<Judgement> => success({ effect: 'ignore', reason });
