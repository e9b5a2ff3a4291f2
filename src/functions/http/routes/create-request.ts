import { requestBodySchema } from '../../../model/api/request-bodies.ts';
import { acceptedSchema } from '../../../model/api/request-views.ts';
import { vendingError } from '../../../model/errors.ts';
import type { VendingRequest } from '../../../model/requests.ts';
import { isEndState } from '../../../model/states.ts';
import { claimRequest } from '../../intake/claim-request.ts';
import { logEvent, wordsOf } from '../../telemetry/log-event.ts';
import { parseTraceparent } from '../../telemetry/request-trace.ts';
import { type Answer, jsonAnswer } from '../answer.ts';
import { idOfKey, readIdempotencyKey } from '../idempotency.ts';
import { problemAnswer } from '../problems.ts';
import { anyObject } from '../read-body.ts';
import { requestOfBody } from '../request-of-body.ts';
import { type Call, defineRoute } from '../route.ts';
import { seenBy } from '../visibility.ts';

/** When to look at a request that was just made: it is planned within seconds. */
const lookAgainSeconds = 2;

export const createRequest = defineRoute({
  name: 'createRequest',
  method: 'POST',
  path: 'api/requests',
  summary: 'Ask for a VNet, an association or a removal',
  description:
    'The request is recorded when the answer comes, and its workflow starts right after. The same request again ' +
    'has the same answer: by its id, or else by the header Idempotency-Key.',
  access: 'requests.create',
  cost: 3,
  body: anyObject,
  documentedBody: requestBodySchema,
  headers: {
    'Idempotency-Key':
      'Needed for a body without id, which is then made of it. A new UUID for a new request.',
  },
  answers: {
    202: {
      description: 'The request is accepted.',
      schema: acceptedSchema,
      headers: {
        location: 'Where the request is.',
        'retry-after': 'After how many seconds it is worth a look.',
      },
    },
  },
  problems: [409, 422],
  handle: async (call) => {
    const { app, caller, body, headers } = call;
    const key = readIdempotencyKey(headers.get('idempotency-key'));
    if (!key.ok) return problemAnswer(key.error);
    const isNamed = body['id'] !== undefined;
    if (!isNamed && key.value === undefined) {
      return problemAnswer(
        vendingError('IdempotencyKeyMissing', 'The request has neither id nor Idempotency-Key.'),
      );
    }
    const id = key.value === undefined ? undefined : idOfKey('req', caller, key.value);
    const request = requestOfBody(body, { caller, landscape: app.landscape, id });
    if (!request.ok) return problemAnswer(request.error);
    const sender = parseTraceparent(headers.get('traceparent'));
    const claim = await claimRequest(app, request.value, sender);
    const { record } = claim;
    const location = `/api/requests/${record.id}`;
    if (claim.status === 'contradiction') {
      const isSeen = (await seenBy(app, caller, record)) !== undefined;
      return problemAnswer(
        isNamed ? idTaken(record.id) : keyReused(),
        isSeen ? { instance: location } : {},
      );
    }
    if (!isEndState(record.state)) await wakeUp(call, request.value);
    return accepted(record, location);
  },
});

const accepted = ({ id, state }: { id: string; state: string }, location: string): Answer =>
  jsonAnswer(202, { id, state, location }, { location, 'retry-after': String(lookAgainSeconds) });

/** The ledger has the request already; a wake-up that is lost is made up by the sweep. */
async function wakeUp({ app }: Call<unknown, unknown>, request: VendingRequest) {
  try {
    await app.serviceBus.queueRequest(request);
  } catch (error) {
    logEvent('request.unqueued', { requestId: request.id, message: wordsOf(error) });
  }
}

const idTaken = (id: string) =>
  vendingError('Contradiction', `A request '${id}' with other content was accepted before.`);

const keyReused = () =>
  vendingError('IdempotencyKeyReused', 'The Idempotency-Key came before, with another request.');
