import { ArmError, type AzureServices } from '../contracts.ts';
import type { LockDocument } from '../documents.ts';
import { isWithin } from './resource-ids.ts';

export const lockId = (scope: string, name: string): string =>
  `${scope}/providers/Microsoft.Authorization/locks/${name}`;

/** The locks at a scope, above it and below it; with `atScope` without those below (as `Get-AzResourceLock -AtScope`). */
export function locksFor(
  services: AzureServices,
  scope: string,
  { atScope }: { readonly atScope: boolean },
): readonly LockDocument[] {
  return services.store
    .list<LockDocument>('locks')
    .filter((lock) => isWithin(scope, lock.scope) || (!atScope && isWithin(lock.scope, scope)));
}

/**
 * Refuses what a management lock forbids, whatever the roles of the caller: deletions at and below
 * any lock and of what has a lock below it; with ReadOnly also writes and actions at and below it.
 * Locks themselves can always be changed.
 *
 * @throws ArmError 409
 */
export function requireUnlocked(
  services: AzureServices,
  method: string,
  action: string | undefined,
  scope: string,
): void {
  if (method === 'GET' || method === 'HEAD') return;
  if (action?.startsWith('Microsoft.Authorization/locks/')) return;
  const isDelete = method === 'DELETE';
  const locks = locksFor(services, scope, { atScope: !isDelete }).filter(
    ({ level }) => isDelete || level === 'ReadOnly',
  );
  const scopes = new Map(locks.map((lock) => [lock.scope.toLowerCase(), lock.scope]));
  if (scopes.size === 0) return;
  throw new ArmError(
    409,
    'ScopeLocked',
    `The scope '${scope}' cannot perform ${isDelete ? 'delete' : 'write'} operation because following scope(s) are locked: '${[...scopes.values()].join(',')}'. Please remove the lock and try again.`,
    'gateway',
  );
}

/** The locks of what is gone go with it. */
export function forgetLocksWithin(services: AzureServices, scope: string): void {
  for (const lock of services.store.list<LockDocument>('locks')) {
    if (isWithin(lock.scope, scope)) services.store.delete('locks', lock.id);
  }
}
