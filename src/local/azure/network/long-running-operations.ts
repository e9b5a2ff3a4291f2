import { randomUUID } from 'node:crypto';
import type { ArmContext, AzureServices, OperationFailure } from '../contracts.ts';
import { subscriptionOf } from './arm-ids.ts';
import { retryAfter, scaled } from './operation-timing.ts';
import { signedUrl } from './operation-urls.ts';
import { collections } from './records.ts';

export interface OperationError {
  readonly code: string;
  readonly message: string;
  readonly details: readonly unknown[];
}

/** What is going to happen when an operation ends well. */
export type OperationEffect =
  | { readonly kind: 'virtualNetworkWritten' }
  | { readonly kind: 'subnetDeleted'; readonly name: string }
  | { readonly kind: 'peeringDeleted'; readonly name: string }
  | {
      readonly kind: 'virtualNetworkDeleted';
      readonly freesAllocations: readonly string[];
      /** From the fault of the DELETE: until lists and usage show the release. */
      readonly releaseDelayMs?: number;
    }
  | { readonly kind: 'poolUpdated'; readonly addressPrefixes: readonly string[] }
  | { readonly kind: 'poolDeleted' };

export interface OperationRecord {
  readonly id: string;
  /** As the busy answers name it: `PutSubnetOperation`. */
  readonly name: string;
  readonly resourceId: string;
  readonly location: string;
  readonly effect: OperationEffect;
  readonly startedAt: number;
  /** Until then other writes on the resource are refused; afterwards they supersede the operation. */
  readonly busyUntil: number;
  /** When it ends; null: never. */
  readonly endsAt: number | null;
  readonly status: 'InProgress' | 'Succeeded' | 'Failed' | 'Canceled';
  /** How it is going to fail, or has failed. */
  readonly error?: OperationError;
  /** What it ends as when it is going to fail; `Failed` unless given. */
  readonly failsAs?: 'Failed' | 'Canceled';
  /** The etag of the resource from the end on, chosen early so that evaluating twice gives the same. */
  readonly etagAtEnd: string;
}

export interface NewOperation {
  readonly id: string;
  readonly name: string;
  readonly resourceId: string;
  readonly location: string;
  readonly effect: OperationEffect;
  /** Milliseconds at speed 1. */
  readonly durationMs: number;
}

export const newEtag = (): string => `W/"${randomUUID()}"`;

/** Starts an operation; the fault of the call decides whether it fails or hangs. */
export function startOperation(context: ArmContext, operation: NewOperation): OperationRecord {
  const { azure, fault } = context;
  const now = azure.clock.now();
  const { durationMs, ...rest } = operation;
  const dueAt = now + scaled(azure, durationMs);
  const record: OperationRecord = {
    ...rest,
    startedAt: now,
    busyUntil: dueAt,
    endsAt: fault.hangOperation ? null : dueAt,
    status: 'InProgress',
    ...(fault.failOperation && failureOf(fault.failOperation)),
    etagAtEnd: newEtag(),
  };
  forgetOldOperations(azure);
  azure.store.put(collections.operations, record.id, record);
  azure.store.put(collections.runningOperations, record.id, { id: record.id });
  return record;
}

const failureOf = ({
  code,
  message,
  status = 'Failed',
}: OperationFailure): Pick<OperationRecord, 'error' | 'failsAs'> => ({
  error: { code, message, details: [] },
  failsAs: status,
});

/** How long an operation that has ended can be asked for. */
const retentionMs = 24 * 3_600_000;

function forgetOldOperations(services: AzureServices): void {
  const before = services.clock.now() - retentionMs;
  for (const record of services.store.list<OperationRecord>(collections.operations)) {
    if (record.status !== 'InProgress' && (record.endsAt ?? record.busyUntil) < before) {
      services.store.delete(collections.operations, record.id);
    }
  }
}

export const operationOf = (
  services: AzureServices,
  id: string | undefined,
): OperationRecord | undefined =>
  id === undefined ? undefined : services.store.get<OperationRecord>(collections.operations, id);

/** Operations that are due, in the order in which they end. */
export function dueOperations(services: AzureServices): OperationRecord[] {
  const now = services.clock.now();
  return services.store
    .list<{ id: string }>(collections.runningOperations)
    .map(({ id }) => operationOf(services, id))
    .filter((record) => record !== undefined)
    .filter((record) => record.endsAt !== null && record.endsAt <= now)
    .sort((a, b) => (a.endsAt ?? 0) - (b.endsAt ?? 0));
}

export function endOperation(
  services: AzureServices,
  record: OperationRecord,
  status: 'Succeeded' | 'Failed' | 'Canceled',
  error?: OperationError,
): void {
  services.store.put(collections.operations, record.id, {
    ...record,
    status,
    ...(error && { error }),
  });
  services.store.delete(collections.runningOperations, record.id);
}

/** A later operation takes the place of one that should have ended (azure-ipam 14). */
export function supersede(
  services: AzureServices,
  record: OperationRecord,
  by: { readonly id: string; readonly name: string },
): void {
  const message = `Operation ${record.name} (${record.id}) was canceled and superseded by operation ${by.name} (${by.id}).`;
  endOperation(services, record, 'Canceled', {
    code: 'Canceled',
    message: 'Operation was canceled.',
    details: [{ code: 'CanceledAndSupersededDueToAnotherOperation', message }],
  });
}

const operationPath = (record: OperationRecord, kind: 'operations' | 'operationResults'): string =>
  `/subscriptions/${subscriptionOf(record.resourceId)}/providers/Microsoft.Network/locations/${record.location}/${kind}/${record.id}`;

export const operationUrl = (context: ArmContext, record: OperationRecord): string =>
  signedUrl(context, operationPath(record, 'operations'));

/** Headers of an asynchronous PUT of the network resource provider. */
export const writeHeaders = (
  context: ArmContext,
  record: OperationRecord,
  created: boolean,
): Record<string, string> => ({
  'Azure-AsyncOperation': operationUrl(context, record),
  ...(created && { 'Azure-AsyncNotification': 'Enabled' }),
  'x-ms-request-id': record.id,
  ...retryAfter(context.azure, 3),
});

/** Headers of an asynchronous DELETE of the network resource provider, and of its operationResults. */
export const deleteHeaders = (
  context: ArmContext,
  record: OperationRecord,
): Record<string, string> => ({
  'Azure-AsyncOperation': operationUrl(context, record),
  'Azure-AsyncNotification': 'Enabled',
  Location: signedUrl(context, operationPath(record, 'operationResults')),
  'x-ms-request-id': record.id,
  ...retryAfter(context.azure, 10),
});
