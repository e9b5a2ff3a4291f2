import { randomUUID } from 'node:crypto';
import { type ArmAnswer, type ArmContext, ArmError, type AzureServices } from '../contracts.ts';
import type { ResourceGroupDocument, RoleAssignmentDocument } from '../documents.ts';
import { forgetLocksWithin } from '../gateway/locks.ts';
import { isWithin } from '../gateway/resource-ids.ts';
import { deleteNetworkResourcesOf } from '../network/network-operations.ts';
import { retryAfter, scaled } from '../network/operation-timing.ts';
import { requireSignature, signedUrl } from '../network/operation-urls.ts';

/** The deletion of one resource group with everything in it. */
interface DeletionDocument {
  readonly job: string;
  readonly resourceGroupId: string;
  /** Milliseconds since 1970 on the platform's clock; null: never. */
  readonly endsAt: number | null;
  readonly state: 'running' | 'done' | 'failed';
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** At speed 1. */
const deletionMs = 15_000;
const pollAfterSeconds = 15;

/** 202 with a `Location` to poll; the group shows `Deleting` until the end (azure-ipam 7). */
export function startDeletion(context: ArmContext, group: ResourceGroupDocument): ArmAnswer {
  const { azure, fault } = context;
  const running = azure.store
    .list<DeletionDocument>('resourceGroupDeletions')
    .find((each) => each.state === 'running' && each.resourceGroupId === group.id);
  const endsAt = fault.hangOperation ? null : azure.clock.now() + scaled(azure, deletionMs);
  const deletion: DeletionDocument = {
    job: randomUUID(),
    resourceGroupId: group.id,
    state: 'running',
    error: fault.failOperation ?? null,
    ...running,
    // One that hangs goes on when it is asked for once more.
    endsAt: running?.endsAt ?? endsAt,
  };
  azure.store.put('resourceGroupDeletions', deletion.job, deletion);
  azure.store.put('resourceGroups', group.id, { ...group, provisioningState: 'Deleting' });
  return stillRunning(context, deletion);
}

/** 202 with a newly signed `Location` while it runs, then 200; a failure is told as an error. */
export function deletionStatus(context: ArmContext): ArmAnswer {
  requireSignature(context);
  const job = Buffer.from(context.parameters['job'] ?? '', 'base64url').toString();
  const deletion = context.azure.store.get<DeletionDocument>('resourceGroupDeletions', job);
  if (!deletion) {
    throw new ArmError(404, 'NotFound', `The operation '${job}' does not exist.`, 'gateway');
  }
  if (deletion.state === 'running') return stillRunning(context, deletion);
  if (deletion.error) {
    throw new ArmError(409, deletion.error.code, deletion.error.message, 'gateway');
  }
  return { status: 200 };
}

/**
 * Ends the deletions that are due. The cascade is one transaction: when something in the group
 * cannot be deleted, nothing is, and the deletion has failed.
 */
export function endDueDeletions(services: AzureServices): void {
  const due = services.store
    .list<DeletionDocument>('resourceGroupDeletions')
    .filter(
      ({ state, endsAt }) =>
        state === 'running' && endsAt !== null && endsAt <= services.clock.now(),
    );
  for (const deletion of due) {
    try {
      services.store.transaction(() => deleteGroup(services, deletion));
    } catch (error) {
      if (!(error instanceof ArmError)) throw error;
      const { code, message } = error;
      services.store.transaction(() => fail(services, deletion, { code, message }));
    }
  }
}

function deleteGroup(services: AzureServices, deletion: DeletionDocument): void {
  const { store } = services;
  const { resourceGroupId, error } = deletion;
  if (error) {
    fail(services, deletion, error);
    return;
  }
  deleteNetworkResourcesOf(services, resourceGroupId);
  for (const assignment of store.list<RoleAssignmentDocument>('roleAssignments')) {
    if (isWithin(assignment.scope, resourceGroupId)) store.delete('roleAssignments', assignment.id);
  }
  forgetLocksWithin(services, resourceGroupId);
  store.delete('resourceGroups', resourceGroupId);
  store.put('resourceGroupDeletions', deletion.job, { ...deletion, state: 'done' });
}

function fail(
  services: AzureServices,
  deletion: DeletionDocument,
  error: { readonly code: string; readonly message: string },
): void {
  const { store } = services;
  const group = store.get<ResourceGroupDocument>('resourceGroups', deletion.resourceGroupId);
  if (group) store.put('resourceGroups', group.id, { ...group, provisioningState: 'Succeeded' });
  store.put('resourceGroupDeletions', deletion.job, { ...deletion, state: 'failed', error });
}

function stillRunning(context: ArmContext, deletion: DeletionDocument): ArmAnswer {
  const [, , subscriptionId] = deletion.resourceGroupId.split('/');
  const job = Buffer.from(deletion.job).toString('base64url');
  return {
    status: 202,
    headers: {
      Location: signedUrl(context, `/subscriptions/${subscriptionId}/operationresults/${job}`),
      ...retryAfter(context.azure, pollAfterSeconds),
    },
  };
}
