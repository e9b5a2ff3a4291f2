import { overlaps } from '../../../model/prefixes.ts';
import { type ArmContext, ArmError, type AzureServices } from '../contracts.ts';
import { nameOf, networkIdOf, sameId } from './arm-ids.ts';
import {
  networkResourceNotFound,
  preconditionFailed,
  refused,
  resourceNotFound,
} from './errors.ts';
import { operationOf, operationUrl } from './long-running-operations.ts';
import { tombstoneMs } from './operation-timing.ts';
import {
  collections,
  type JsonObject,
  type PeeringRecord,
  type Tombstone,
  type VirtualNetworkRecord,
} from './records.ts';
import { parameter } from './request-values.ts';
import { type RemoteNetwork, virtualNetworkView } from './virtual-network-view.ts';

export const virtualNetworkIdIn = (context: ArmContext): string =>
  networkIdOf(
    parameter(context, 'subscriptionId'),
    parameter(context, 'resourceGroup'),
    `virtualNetworks/${parameter(context, 'virtualNetwork')}`,
  );

export const virtualNetworkOf = (
  services: AzureServices,
  id: string,
): VirtualNetworkRecord | undefined =>
  services.store.get<VirtualNetworkRecord>(collections.virtualNetworks, id);

/** Remembers a deletion: for a while the service answers the 404, afterwards the gateway does. */
export function bury(services: AzureServices, id: string, deletedAt: number): void {
  services.store.put(collections.tombstones, id, { id, deletedAt } satisfies Tombstone);
}

/** @param withinMs on the platform's clock. */
export function wasJustDeleted(
  services: AzureServices,
  id: string,
  withinMs = tombstoneMs,
): boolean {
  const tombstone = services.store.get<Tombstone>(collections.tombstones, id);
  return tombstone !== undefined && services.clock.now() < tombstone.deletedAt + withinMs;
}

/** The VNet of the path, or its 404. */
export function requireVirtualNetwork(context: ArmContext): VirtualNetworkRecord {
  const id = virtualNetworkIdIn(context);
  const network = virtualNetworkOf(context.azure, id);
  if (network !== undefined) return network;
  throw wasJustDeleted(context.azure, id) ? networkResourceNotFound(id) : resourceNotFound(id);
}

/** `If-Match` and `If-None-Match`; whether a VNet honours them is a switch (azure-ipam 17.10). */
export function requirePreconditions(
  context: ArmContext,
  id: string,
  current: VirtualNetworkRecord | undefined,
): void {
  if (!context.azure.switches.honourEtagsOnVirtualNetworks) return;
  const matches = (header: string): boolean =>
    current !== undefined &&
    header.split(',').some((etag) => ['*', current.etag].includes(etag.trim()));
  const ifMatch = context.headers.get('if-match');
  if (ifMatch !== null && !matches(ifMatch)) throw preconditionFailed(id, 'If-Match');
  const ifNoneMatch = context.headers.get('if-none-match');
  if (ifNoneMatch !== null && matches(ifNoneMatch)) throw preconditionFailed(id, 'If-None-Match');
}

/**
 * Refuses a second write while an operation runs (azure-ipam 14). An operation that hangs blocks the
 * VNet no longer than it should have taken; the next write supersedes it.
 */
export function requireNotBusy(context: ArmContext, network: VirtualNetworkRecord): void {
  const { azure } = context;
  const operation = operationOf(azure, network.operationId);
  const now = azure.clock.now();
  if (operation?.status !== 'InProgress' || now >= operation.busyUntil) return;
  if (azure.switches.busyAnswer === 409) {
    throw refused(
      'AnotherOperationInProgress',
      `Another operation on this or dependent resource is in progress. To retrieve status of the operation use uri: ${operationUrl(context, operation)}`,
      409,
    );
  }
  const seconds = Math.max(1, Math.ceil((operation.busyUntil - now) / 1000));
  throw new ArmError(429, 'RetryableError', 'A retryable error occurred.', 'nrp', {
    details: [
      {
        code: 'RetryableErrorDueToAnotherOperation',
        message: `Operation ${operation.name} (${operation.id}) is updating resource ${network.id}. The call can be retried in ${seconds} seconds.`,
      },
    ],
  });
}

export function remoteOf(
  services: AzureServices,
  network: VirtualNetworkRecord,
  peering: PeeringRecord,
): RemoteNetwork | undefined {
  const remote = virtualNetworkOf(services, peering.remoteVirtualNetworkId);
  return (
    remote && {
      addressPrefixes: remote.addressPrefixes,
      peersBack: remote.peerings.some(
        (back) => sameId(back.remoteVirtualNetworkId, network.id) && !back.disconnected,
      ),
    }
  );
}

export const answerOf = (services: AzureServices, network: VirtualNetworkRecord): JsonObject =>
  virtualNetworkView(services, network, (peering) => remoteOf(services, network, peering));

/** A VNet may not get a prefix that a VNet it is peered with has; plain VNets may overlap. */
export function requireNoPeeredOverlap(
  services: AzureServices,
  network: Pick<VirtualNetworkRecord, 'id' | 'addressPrefixes' | 'peerings'>,
): void {
  for (const peering of network.peerings) {
    const remote = virtualNetworkOf(services, peering.remoteVirtualNetworkId);
    if (remote && overlaps(remote.addressPrefixes, network.addressPrefixes)) {
      throw refused(
        'VnetAddressSpaceOverlapsWithAlreadyPeeredVnet',
        `Address space of virtual network ${network.id} overlaps with the address space of virtual network ${nameOf(remote.id)}, which is peered with it by ${peering.name}.`,
      );
    }
  }
}
