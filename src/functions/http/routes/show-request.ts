import { requestDetailSchema } from '../../../model/api/request-views.ts';
import { ok } from '../answer.ts';
import { findRequest } from '../find-request.ts';
import { problemAnswer } from '../problems.ts';
import { defineRoute } from '../route.ts';
import { requestDetail } from '../views/request-detail.ts';

export const showRequest = defineRoute({
  name: 'showRequest',
  method: 'GET',
  path: 'api/requests/{id}',
  summary: 'A request: plan, timeline, decisions, result, and what the caller can do',
  description:
    'The entity tag names the revision of the request, which If-Match of the routes below compares.',
  access: 'requests.read',
  answers: { 200: { description: 'The request.', schema: requestDetailSchema } },
  problems: [404],
  handle: async ({ app, caller, params }) => {
    const seen = await findRequest(app, caller, params['id']);
    if (!seen.ok) return problemAnswer(seen.error);
    return {
      ...ok(await requestDetail(app, caller, seen.value)),
      revision: seen.value.record.revision,
    };
  },
});
