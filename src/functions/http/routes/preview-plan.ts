import { prerequisitesNotMet } from '../../../activities/planning/findings.ts';
import { computePlan } from '../../../activities/planning/plan-request.ts';
import { contentHash } from '../../../ledger/content-hash.ts';
import { requestBodySchema } from '../../../model/api/request-bodies.ts';
import { planPreviewSchema } from '../../../model/api/request-views.ts';
import { riskFlagsOf } from '../../../model/risk-flags.ts';
import { ok } from '../answer.ts';
import { idOfKey, readIdempotencyKey } from '../idempotency.ts';
import { problemAnswer } from '../problems.ts';
import { anyObject } from '../read-body.ts';
import { requestOfBody } from '../request-of-body.ts';
import { defineRoute } from '../route.ts';
import { errorView } from '../views/error-view.ts';
import { planView } from '../views/plan-view.ts';

export const previewPlan = defineRoute({
  name: 'previewPlan',
  method: 'POST',
  path: 'api/plans',
  summary: 'What a request would do, without making it',
  description:
    'Checks every prerequisite in both tenants and asks the policy, as the workflow does; nothing is recorded. The ' +
    'hash of the plan is that of a request with the same id, or Idempotency-Key.',
  access: 'requests.create',
  cost: 5,
  body: anyObject,
  documentedBody: requestBodySchema,
  headers: { 'Idempotency-Key': 'The one that the request is going to have.' },
  answers: { 200: { description: 'The plan, or why there is none.', schema: planPreviewSchema } },
  handle: async ({ app, caller, body, headers }) => {
    const key = readIdempotencyKey(headers.get('idempotency-key'));
    if (!key.ok) return problemAnswer(key.error);
    const id =
      key.value === undefined
        ? `preview-${contentHash(body).slice(0, 24)}`
        : idOfKey('req', caller, key.value);
    const request = requestOfBody(body, { caller, landscape: app.landscape, id });
    if (!request.ok) return problemAnswer(request.error);
    const planned = await computePlan(app, request.value);
    if (!planned.ok) return ok({ error: errorView(planned.error), riskFlags: [] });
    const plan = planned.value;
    const refusal = prerequisitesNotMet(plan.findings);
    return ok({
      plan: planView(plan),
      ...(refusal === undefined ? {} : { error: errorView(refusal) }),
      riskFlags: riskFlagsOf({ request: request.value, plan }, app.landscape),
    });
  },
});
