import { vendingError } from './errors.ts';
import type { Landscape } from './landscape.ts';
import { failure, type Outcome, success } from './outcome.ts';
import { needsOperator, type Plan } from './plan.ts';
import type { DecideMessage, VendingRequest } from './requests.ts';
import { isEndState, type RequestState, workingStates } from './states.ts';

/** What of a request's record a decision is judged by. */
export interface DecidableRequest {
  readonly id: string;
  readonly request: Pick<VendingRequest, 'requester'>;
  readonly state: RequestState;
  readonly plan?: Pick<Plan, 'planHash' | 'change'>;
}

/** `apply`: record it and wake the request up. `ignore`: it changes nothing (any more). */
export type Judgement =
  | {
      readonly effect: 'apply';
      /** For `approve`: the plan that the approval is bound to. */
      readonly planHash?: string;
    }
  | { readonly effect: 'ignore'; readonly reason: string };

type Operators = Landscape['operators'];
type JudgedDecision = Pick<DecideMessage, 'decision' | 'by' | 'planHash'>;

/**
 * Whether a decision of a person counts (rules 2 and 3 of the design). Who somebody is, is the pair of
 * object id and tenant id. Ask the ledger first whether the decision was recorded before: a repetition
 * is no new decision.
 */
export function judgeDecision(
  request: DecidableRequest,
  decision: JudgedDecision,
  operators: Operators,
): Outcome<Judgement> {
  if (isEndState(request.state)) {
    return ignored(`The request is over (${request.state}); a decision changes nothing any more.`);
  }
  switch (decision.decision) {
    case 'cancel':
      return request.state === 'compensating'
        ? ignored('The request is being taken back already.')
        : success({ effect: 'apply' });
    case 'approve':
      return judgeApproval(request, decision, operators);
    case 'reject':
      return judgeRejection(request, decision);
  }
}

function judgeApproval(
  request: DecidableRequest,
  decision: JudgedDecision,
  operators: Operators,
): Outcome<Judgement> {
  if (beyondApproval.includes(request.state)) {
    return ignored('The request is approved already.');
  }
  const { requester } = request.request;
  if (request.state !== 'awaiting-approval' || request.plan === undefined) {
    return failure(
      vendingError(
        'DecisionNotPossible',
        `The request ${request.id} is ${request.state}; there is no plan yet that could be approved.`,
        { remedy: 'Wait for the event approval.requested, then approve its plan.' },
      ),
    );
  }
  // Four eyes must be provable: a name or mail address in a message proves nothing.
  if (requester.objectId === undefined || requester.tenantId === undefined) {
    return failure(
      vendingError(
        'Unauthorized',
        `The request ${request.id} does not say by object id and tenant id who asked, so nobody can show that the approver is somebody else.`,
        {
          remedy:
            'Send the request again under a new id with requester.objectId and requester.tenantId; this one can be rejected or cancelled.',
        },
      ),
    );
  }
  if (isRequester(request, decision)) {
    return failure(ownDecision(request.id, 'approve'));
  }
  if (needsOperator(request.plan) && !isOperator(operators, decision.by)) {
    return failure(
      vendingError(
        'Unauthorized',
        `The plan of the request ${request.id} sets obstacles aside, which only an operator may approve.`,
        { remedy: 'Have one of the operators decide that the landscape lists.' },
      ),
    );
  }
  if (decision.planHash !== undefined && decision.planHash !== request.plan.planHash) {
    return failure(
      vendingError(
        'PlanChanged',
        `The approval is for the plan ${decision.planHash.slice(0, 12)}, but the plan of the request ${request.id} is ${request.plan.planHash.slice(0, 12)}.`,
        { remedy: 'Look at the plan of the request and approve that one.' },
      ),
    );
  }
  return success({ effect: 'apply', planHash: request.plan.planHash });
}

const beyondApproval: readonly RequestState[] = [...workingStates, 'verifying', 'compensating'];

function judgeRejection(request: DecidableRequest, decision: JudgedDecision): Outcome<Judgement> {
  if (request.state !== 'awaiting-approval') {
    return failure(
      vendingError(
        'DecisionNotPossible',
        `The request ${request.id} is ${request.state} and waits for no decision, so it cannot be rejected.`,
      ),
    );
  }
  // A rejection by an unnamed requester does no harm: it only stops what they asked for.
  if (isRequester(request, decision)) {
    return failure(ownDecision(request.id, 'reject'));
  }
  return success({ effect: 'apply' });
}

/** Whether an operator may and can resume the request. */
export function judgeResumption(
  request: Pick<DecidableRequest, 'id' | 'state'>,
  by: DecideMessage['by'],
  operators: Operators,
): Outcome<Judgement> {
  if (!isOperator(operators, by)) {
    return failure(
      vendingError('Unauthorized', `${by.name} is no operator, so may not resume ${request.id}.`, {
        remedy: 'Have one of the operators resume it that the landscape lists.',
      }),
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

const isOperator = (operators: Operators, by: DecideMessage['by']): boolean =>
  operators.some(
    ({ objectId, tenantId }) =>
      objectId.toLowerCase() === by.objectId.toLowerCase() &&
      tenantId.toLowerCase() === by.tenantId.toLowerCase(),
  );

const isRequester = ({ request: { requester } }: DecidableRequest, { by }: JudgedDecision) =>
  requester.objectId?.toLowerCase() === by.objectId.toLowerCase() &&
  requester.tenantId?.toLowerCase() === by.tenantId.toLowerCase();

const ownDecision = (id: string, verb: 'approve' | 'reject') =>
  vendingError('Unauthorized', `Nobody may ${verb} their own request (${id}).`, {
    remedy: 'Have another person decide; the requester may cancel.',
  });

const ignored = (reason: string): Outcome<Judgement> => success({ effect: 'ignore', reason });
