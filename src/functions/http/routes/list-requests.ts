import { z } from 'zod';
import { InvalidContinuation } from '../../../ledger/paging.ts';
import { requestPageSchema } from '../../../model/api/request-views.ts';
import { vendingError } from '../../../model/errors.ts';
import { requestStates } from '../../../model/states.ts';
import { ok } from '../answer.ts';
import { listSeen } from '../list-requests.ts';
import { linkTo } from '../paging.ts';
import { problemAnswer } from '../problems.ts';
import { defineRoute } from '../route.ts';
import { requestSummary } from '../views/request-summary.ts';

const stateSchema = z.enum(requestStates, { error: 'must be states of requests' });

const guid = '[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';

/** A time, or a day, which begins and ends in UTC. */
const timeSchema = z.union([z.iso.datetime({ offset: true }), z.iso.date()], {
  error: 'must be a time such as 2026-01-31T12:00:00Z, or a day such as 2026-01-31',
});

const querySchema = z.strictObject({
  state: z
    .string()
    .transform((states) => states.split(','))
    .pipe(z.array(stateSchema).min(1))
    .optional()
    .meta({
      description: 'States, separated by commas.',
      example: 'awaiting-approval,deploying',
      override: { type: 'string' },
    }),
  requester: z
    .string()
    .regex(
      new RegExp(`^(me|(${guid}/)?${guid})$`),
      'must be me, an object id, or tenant id/object id',
    )
    .optional()
    .meta({
      description: '`me`, an object id of the tenant of the caller, or `<tenant id>/<object id>`.',
    }),
  tenant: z.string().min(1).max(80).optional().meta({ description: 'Alias of a managed tenant.' }),
  from: timeSchema
    .optional()
    .meta({ description: 'Made at this time or later; a day from its beginning.' }),
  to: timeSchema.optional().meta({ description: 'Made before this time; a day until its end.' }),
  awaiting: z
    .literal('me')
    .optional()
    .meta({ description: 'Only those that wait for the caller to decide.' }),
  pageSize: z.coerce.number().int().min(1).max(200).default(50),
  continuation: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: 'From `next` of the page before.' }),
});

type Query = z.output<typeof querySchema>;

export const listRequests = defineRoute({
  name: 'listRequests',
  method: 'GET',
  path: 'api/requests',
  summary: 'Requests that the caller may see, newest first',
  description:
    'A page may hold fewer requests than asked for, or none, and still have a page behind it: follow `next` until ' +
    'it is absent.',
  access: 'requests.read',
  query: querySchema,
  answers: { 200: { description: 'A page of requests.', schema: requestPageSchema } },
  handle: async ({ app, caller, query }) => {
    try {
      const page = await listSeen(app, caller, {
        pageSize: query.pageSize,
        awaitingCaller: query.awaiting === 'me',
        ...statesOf(query),
        ...requesterOf(query, caller),
        ...(query.tenant === undefined ? {} : { tenant: query.tenant }),
        ...(query.from === undefined ? {} : { createdFrom: timeOf(query.from) }),
        ...(query.to === undefined ? {} : { createdBefore: timeOf(query.to, isDay(query.to)) }),
        ...(query.continuation === undefined ? {} : { continuation: query.continuation }),
      });
      const { continuation } = page;
      return ok({
        requests: page.requests.map((seen) => requestSummary(seen, app.landscape)),
        ...(continuation === undefined ? {} : { next: nextOf(query, continuation) }),
      });
    } catch (error) {
      if (!(error instanceof InvalidContinuation)) throw error;
      return problemAnswer(vendingError('ParameterInvalid', error.message));
    }
  },
});

/** None at all asks for every state; those that cannot wait for anybody wait for nobody. */
function statesOf({ state, awaiting }: Query) {
  if (awaiting === undefined) return state === undefined ? {} : { states: state };
  const waiting = 'awaiting-approval' as const;
  return { states: state === undefined || state.includes(waiting) ? [waiting] : [] };
}

function requesterOf(
  { requester }: Query,
  { objectId, tenantId }: { readonly objectId: string; readonly tenantId: string },
) {
  if (requester === undefined) return {};
  if (requester === 'me') return { requester: { objectId, tenantId } };
  const [first = '', second] = requester.toLowerCase().split('/');
  return {
    requester:
      second === undefined ? { objectId: first, tenantId } : { tenantId: first, objectId: second },
  };
}

const isDay = (time: string): boolean => !time.includes('T');

/** As the ledger writes times; of a day that it ends with, the next one. */
const timeOf = (time: string, isEnd = false): string =>
  new Date(Date.parse(time) + (isEnd ? 24 * 3_600_000 : 0)).toISOString();

const nextOf = ({ state, ...query }: Query, continuation: string): string =>
  linkTo('/api/requests', { ...query, state: state?.join(','), continuation });
