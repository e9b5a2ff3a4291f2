import { vendingError } from '../../model/errors.ts';
import { failure, type Outcome, success } from '../../model/outcome.ts';
import { type JsonObject, parseRequest } from '../../model/parse-message.ts';
import type { VendingRequest } from '../../model/requests.ts';
import type { Caller } from './principal.ts';

/**
 * The request that a body asks for. Who asks is the caller, whatever the body says: other ids in it are
 * refused, and the name is that of the caller. `id` stands in for one that the body does not give.
 */
export function requestOfBody(
  body: JsonObject,
  caller: Caller,
  id: string | undefined,
): Outcome<VendingRequest> {
  const { requester } = body;
  if (requester !== undefined && !isObject(requester)) {
    return failure(
      vendingError('SchemaInvalid', 'The message is refused: /requester must be a JSON object.', {
        details: { pointers: '/requester' },
      }),
    );
  }
  if (requester && !isCaller(requester, caller)) {
    return failure(
      vendingError('Unauthorized', 'The requester in the body is somebody else than the caller.', {
        cause: 'Through the API everybody asks for themselves.',
        remedy: 'Leave objectId and tenantId of the requester out, or sign in as the requester.',
      }),
    );
  }
  const { name, objectId, tenantId } = caller;
  const parsed = parseRequest({
    ...(id === undefined ? {} : { id }),
    ...body,
    requester: { ...requester, name, objectId, tenantId },
  });
  if (!parsed.ok) return failure(parsed.error);
  const { message } = parsed;
  if (message.operation === 'decide' || message.operation === 'resume') {
    return failure(
      vendingError(
        'UnknownOperation',
        `This address takes requests; to ${message.operation} has one of its own.`,
        { remedy: 'Use POST /api/requests/{id}/decisions, /cancel or /resume.' },
      ),
    );
  }
  return success(message);
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isCaller(requester: JsonObject, caller: Caller): boolean {
  return (['objectId', 'tenantId'] as const).every((name) => {
    const said = requester[name];
    return said === undefined || (typeof said === 'string' && said.toLowerCase() === caller[name]);
  });
}
