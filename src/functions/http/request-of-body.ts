import { vendingError } from '../../model/errors.ts';
import type { Landscape } from '../../model/landscape.ts';
import { failure, type Outcome, success } from '../../model/outcome.ts';
import { type JsonObject, parseRequest } from '../../model/parse-message.ts';
import { groupsOf } from '../../model/people.ts';
import type { VendingRequest } from '../../model/requests.ts';
import type { Caller } from './principal.ts';

interface RequestContext {
  readonly caller: Caller;
  readonly landscape: Landscape;
  /** For a body that has none. */
  readonly id: string | undefined;
}

/**
 * The request that a body asks for. Who asks is the caller, whatever the body says: other ids in it are
 * refused, and the name is that of the caller.
 */
export function requestOfBody(
  body: JsonObject,
  { caller, landscape, id }: RequestContext,
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
  const memberOf = provenGroups(caller, landscape);
  return success(
    memberOf.length === 0 ? message : { ...message, requester: { ...message.requester, memberOf } },
  );
}

/** Groups of the landscape that the landscape alone does not tell: by groups of Entra ID, and by role. */
function provenGroups(caller: Caller, landscape: Landscape): readonly string[] {
  const { objectId, tenantId } = caller;
  const listed = groupsOf({ objectId, tenantId }, landscape);
  return groupsOf(caller, landscape).filter((name) => !listed.includes(name));
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isCaller(requester: JsonObject, caller: Caller): boolean {
  return (['objectId', 'tenantId'] as const).every((name) => {
    const said = requester[name];
    return said === undefined || (typeof said === 'string' && said.toLowerCase() === caller[name]);
  });
}
