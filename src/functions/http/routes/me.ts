import { meSchema } from '../../../model/api/callers.ts';
import { ok } from '../answer.ts';
import { defineRoute } from '../route.ts';

/** Programs come with a token; who comes with a cookie has a session that can be ended. */
export const me = defineRoute({
  name: 'me',
  method: 'GET',
  path: 'api/me',
  summary: 'Who the caller is, and which app roles they have',
  access: 'signed-in',
  answers: { 200: { description: 'The caller.', schema: meSchema } },
  handle: async ({ caller, headers }) => {
    const { name, objectId, tenantId, roles } = caller;
    const hasSession = headers.get('cookie') !== null && headers.get('authorization') === null;
    return ok({
      name,
      objectId,
      tenantId,
      roles,
      ...(hasSession ? { signOutUrl: '/.auth/logout' } : {}),
    });
  },
});
