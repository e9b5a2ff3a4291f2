import { z } from 'zod';
import type { AzureServices } from '../contracts.ts';
import type { LockDocument } from '../documents.ts';
import { lockId, locksFor } from '../gateway/locks.ts';
import { sameId } from './arm-ids.ts';
import { type ChangeOf, id } from './change-values.ts';

/** Management locks that somebody sets or takes away; `id` is what is locked. */
export const lockChangeSchemas = [
  z.strictObject({
    change: z.literal('lock'),
    id,
    name: z.string().min(1).default('lock'),
    level: z.enum(['CanNotDelete', 'ReadOnly']).default('CanNotDelete'),
    notes: z.string().optional(),
  }),
  /** Without a name: all locks of exactly this id. */
  z.strictObject({ change: z.literal('unlock'), id, name: z.string().min(1).optional() }),
] as const;

type Change<Kind> = ChangeOf<typeof lockChangeSchemas, Kind>;

const author = 'somebody else';

function lock(services: AzureServices, change: Change<'lock'>): void {
  const { id: scope, name, level, notes } = change;
  const now = new Date(services.clock.now()).toISOString();
  services.store.put('locks', lockId(scope, name), {
    id: lockId(scope, name),
    name,
    scope,
    level,
    ...(notes !== undefined && { notes }),
    createdBy: author,
    createdAt: now,
    lastModifiedBy: author,
    lastModifiedAt: now,
  } satisfies LockDocument);
}

function unlock(services: AzureServices, { id: scope, name }: Change<'unlock'>): void {
  const found = locksFor(services, scope, { atScope: true }).filter(
    (each) => sameId(each.scope, scope) && (name === undefined || sameId(each.name, name)),
  );
  if (found.length === 0) {
    throw new Error(
      `${scope} has no lock${name === undefined ? '' : ` ${name}`}; GET /_control/state lists them`,
    );
  }
  for (const each of found) services.store.delete('locks', each.id);
}

export const lockChanges = { lock, unlock };
