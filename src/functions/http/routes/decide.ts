import {
  type DecisionBody,
  decisionBodySchema,
  reasonBodySchema,
  requestDetailSchema,
} from '../../../model/api/request-views.ts';
import { acceptDecision } from '../../decisions/accept-decision.ts';
import { acceptResumption } from '../../decisions/accept-resumption.ts';
import type { DecisionOutcome } from '../../decisions/decision-outcome.ts';
import { type Answer, ok } from '../answer.ts';
import { findRequest } from '../find-request.ts';
import { problemAnswer } from '../problems.ts';
import { readTarget } from '../read-target.ts';
import { type Call, defineRoute } from '../route.ts';
import { requestDetail } from '../views/request-detail.ts';
import { deciderOf } from '../visibility.ts';

/** What the three routes have in common for the document. */
const common = {
  method: 'POST',
  headers: {
    'If-Match':
      'Entity tag (or revision, such as "7") that the decision is for; refused with 412 when the request has another.',
    'Idempotency-Key': 'The same key again has the same effect once.',
  },
  answers: {
    200: { description: 'The request after it.', schema: requestDetailSchema },
  },
  problems: [404, 409, 412],
} as const;

export const decide = defineRoute({
  ...common,
  name: 'decide',
  path: 'api/requests/{id}/decisions',
  summary: 'Approve or reject the plan of a request; break-glass approves all stages at once',
  description:
    'Counts for the plan that `planHash` names, and for no other. Nobody decides on their own request, whatever ' +
    'their roles. `break-glass` is for the superusers of the landscape.',
  access: 'requests.decide',
  body: decisionBodySchema,
  handle: (call) => decideOn(call, call.body),
});

export const cancel = defineRoute({
  ...common,
  name: 'cancel',
  path: 'api/requests/{id}/cancel',
  summary: 'Cancel a request; what it has done is taken back',
  access: 'requests.cancel',
  body: reasonBodySchema,
  handle: (call) => decideOn(call, { ...call.body, decision: 'cancel' }),
});

export const resume = defineRoute({
  ...common,
  name: 'resume',
  path: 'api/requests/{id}/resume',
  summary: 'Resume a compensation that failed, once its cause is removed',
  access: 'requests.resume',
  body: reasonBodySchema,
  handle: async (call) => {
    const target = await readTarget(call, 'resumption');
    if (!target.ok) return problemAnswer(target.error);
    const { app, caller, client, body } = call;
    const outcome = await acceptResumption(
      app,
      { ...target.value, by: deciderOf(caller), reason: body.reason, channel: 'api' },
      client,
    );
    return await answerOf(call, outcome);
  },
});

async function decideOn(
  call: Call<unknown, unknown>,
  sent: Omit<DecisionBody, 'decision' | 'planHash'> & {
    readonly decision: DecisionBody['decision'] | 'cancel';
    readonly planHash?: string;
  },
): Promise<Answer> {
  const target = await readTarget(call, 'decision');
  if (!target.ok) return problemAnswer(target.error);
  const { app, caller, client } = call;
  const outcome = await acceptDecision(
    app,
    { ...target.value, ...sent, by: deciderOf(caller), channel: 'api' },
    client,
  );
  return await answerOf(call, outcome);
}

/** The request as it is now, or why nothing came of the decision. */
async function answerOf(
  { app, caller, params }: Call<unknown, unknown>,
  outcome: DecisionOutcome,
): Promise<Answer> {
  if (outcome.status === 'refused' || outcome.status === 'unchanged') {
    return problemAnswer(outcome.error);
  }
  const seen = await findRequest(app, caller, params['id']);
  if (!seen.ok) return problemAnswer(seen.error);
  return {
    ...ok(await requestDetail(app, caller, seen.value)),
    revision: seen.value.record.revision,
  };
}
