import { type ArmAnswer, type ArmContext, ArmError, type ArmOperation } from '../contracts.ts';
import type { LockDocument } from '../documents.ts';
import { lockId, locksFor } from '../gateway/locks.ts';
import { requireExistingNetworkResource } from '../network/network-operations.ts';

const listPath = '/{+scope}/providers/Microsoft.Authorization/locks';
const path = `${listPath}/{lock}`;
const action = 'Microsoft.Authorization/locks';

/** Management locks of subscriptions, resource groups and resources. */
export const lockOperations: readonly ArmOperation[] = [
  {
    name: 'ManagementLocks_CreateOrUpdateByScope',
    method: 'PUT',
    path,
    action: `${action}/write`,
    service: 'gateway',
    handle: createOrUpdate,
  },
  {
    name: 'ManagementLocks_GetByScope',
    method: 'GET',
    path,
    action: `${action}/read`,
    service: 'gateway',
    handle: get,
  },
  {
    name: 'ManagementLocks_DeleteByScope',
    method: 'DELETE',
    path,
    action: `${action}/delete`,
    service: 'gateway',
    handle: remove,
  },
  {
    name: 'ManagementLocks_ListByScope',
    method: 'GET',
    path: listPath,
    action: `${action}/read`,
    service: 'gateway',
    handle: list,
  },
];

const idIn = ({ parameters }: ArmContext): string =>
  lockId(parameters['scope'] ?? '', parameters['lock'] ?? '');

function createOrUpdate(context: ArmContext): ArmAnswer {
  const { azure, parameters, principal } = context;
  const { scope = '', lock: name = '' } = parameters;
  if (!/^[^<>*%&:\\?/+\p{Cc}]{1,260}$/u.test(name)) {
    const message = `The management lock name '${name}' is invalid. It has up to 260 characters, none of them <, >, *, %, &, :, \\, ?, / or +, and no control characters.`;
    throw new ArmError(400, 'InvalidLockName', message, 'gateway');
  }
  requireExistingNetworkResource(azure, scope);
  const wanted = requestedLock(context.body);
  const existing = azure.store.get<LockDocument>('locks', idIn(context));
  const now = new Date(azure.clock.now()).toISOString();
  const { createdBy, createdAt } = existing ?? { createdBy: principal.appId, createdAt: now };
  const lock: LockDocument = {
    id: existing?.id ?? idIn(context),
    name: existing?.name ?? name,
    scope: existing?.scope ?? scope,
    ...wanted,
    createdBy,
    createdAt,
    lastModifiedBy: principal.appId,
    lastModifiedAt: now,
  };
  azure.store.put('locks', lock.id, lock);
  return { status: existing ? 200 : 201, body: lockBody(lock, context.apiVersion) };
}

function requestedLock(body: unknown): Pick<LockDocument, 'level' | 'notes' | 'owners'> {
  const { properties } = (body ?? {}) as { properties?: Record<string, unknown> | null };
  const { level, notes, owners } = properties ?? {};
  if (level !== 'CanNotDelete' && level !== 'ReadOnly') {
    const message = `The management lock level '${String(level ?? '')}' is not supported. The supported levels are 'CanNotDelete' and 'ReadOnly'.`;
    throw new ArmError(400, 'InvalidLockLevel', message, 'gateway');
  }
  if (typeof notes === 'string' && notes.length > 512) {
    const message = 'The notes of a management lock have 512 characters at most.';
    throw new ArmError(400, 'InvalidLockNotes', message, 'gateway');
  }
  return {
    level,
    ...(typeof notes === 'string' && { notes }),
    ...(Array.isArray(owners) && { owners }),
  };
}

function get(context: ArmContext): ArmAnswer {
  const lock = context.azure.store.get<LockDocument>('locks', idIn(context));
  if (lock) return { status: 200, body: lockBody(lock, context.apiVersion) };
  const message = `The management lock '${context.parameters['lock']}' could not be found.`;
  throw new ArmError(404, 'LockNotFound', message, 'gateway');
}

function remove(context: ArmContext): ArmAnswer {
  const id = idIn(context);
  if (!context.azure.store.get('locks', id)) return { status: 204 };
  context.azure.store.delete('locks', id);
  return { status: 200 };
}

/** At the scope, above and below it; `atScope()` leaves out what is below. */
function list({ azure, apiVersion, parameters, query }: ArmContext): ArmAnswer {
  const filter = query.get('$filter')?.trim() ?? '';
  const atScope = /^atScope\(\)$/i.test(filter);
  if (filter !== '' && !atScope) {
    const message = `The filter '${filter}' is not supported. The supported filter is 'atScope()'.`;
    throw new ArmError(400, 'UnsupportedQuery', message, 'gateway');
  }
  const locks = locksFor(azure, parameters['scope'] ?? '', { atScope });
  return { status: 200, body: { value: locks.map((lock) => lockBody(lock, apiVersion)) } };
}

function lockBody(lock: LockDocument, apiVersion: string): unknown {
  const { level, notes, owners, id, name } = lock;
  return {
    properties: { level, ...(notes !== undefined && { notes }), ...(owners && { owners }) },
    id,
    type: 'Microsoft.Authorization/locks',
    name,
    // In versions since then.
    ...(apiVersion >= '2020-05-01' && {
      systemData: {
        createdBy: lock.createdBy,
        createdByType: 'Application',
        createdAt: lock.createdAt,
        lastModifiedBy: lock.lastModifiedBy,
        lastModifiedByType: 'Application',
        lastModifiedAt: lock.lastModifiedAt,
      },
    }),
  };
}
