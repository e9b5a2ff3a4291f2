import type { AzureServices } from '../contracts.ts';
import { parentIdOf, sameId, subscriptionOf } from './arm-ids.ts';
import { durations, scaled } from './operation-timing.ts';
import {
  collections,
  type NetworkManagerConnectionRecord,
  type ScopeConnectionRecord,
} from './records.ts';

/** Of a `networkManagerConnections/n`: the scope that it is in. */
export const scopeOfConnection = (id: string): string => id.split('/').slice(0, -4).join('/');

const scopeConnections = (services: AzureServices): readonly ScopeConnectionRecord[] =>
  services.store.list<ScopeConnectionRecord>(collections.scopeConnections);

const managerConnections = (services: AzureServices): readonly NetworkManagerConnectionRecord[] =>
  services.store.list<NetworkManagerConnectionRecord>(collections.networkManagerConnections);

/** The two sides belong together: same network manager, same scope, same tenant (azure-ipam 12). */
const arePair = (
  managementSide: ScopeConnectionRecord,
  managedSide: NetworkManagerConnectionRecord,
): boolean =>
  sameId(parentIdOf(managementSide.id), managedSide.networkManagerId) &&
  sameId(managementSide.resourceId, scopeOfConnection(managedSide.id)) &&
  sameId(managementSide.targetTenantId, managedSide.tenantId);

export const managedSidesOf = (
  services: AzureServices,
  side: ScopeConnectionRecord,
): NetworkManagerConnectionRecord[] =>
  managerConnections(services).filter((other) => arePair(side, other));

export const managementSidesOf = (
  services: AzureServices,
  side: NetworkManagerConnectionRecord,
): ScopeConnectionRecord[] => scopeConnections(services).filter((other) => arePair(other, side));

interface Side {
  readonly createdAt: number;
  readonly forcedState?: string;
  readonly otherSideRemoved?: boolean;
}

function stateOf(services: AzureServices, side: Side, others: readonly Side[]): string {
  if (side.forcedState !== undefined) return side.forcedState;
  const [other] = others;
  if (other === undefined) {
    return side.otherSideRemoved ? services.switches.connectionAfterRemoval : 'Pending';
  }
  if (other.forcedState !== undefined) return other.forcedState;
  const connectsAt =
    Math.max(side.createdAt, other.createdAt) + scaled(services, durations.connection);
  return services.clock.now() >= connectsAt ? 'Connected' : 'Pending';
}

export const scopeConnectionState = (
  services: AzureServices,
  side: ScopeConnectionRecord,
): string => stateOf(services, side, managedSidesOf(services, side));

export const managerConnectionState = (
  services: AzureServices,
  side: NetworkManagerConnectionRecord,
): string => stateOf(services, side, managementSidesOf(services, side));

/** State of the connection between a network manager and the subscription of a resource. */
export function connectionStateFor(
  services: AzureServices,
  networkManagerId: string,
  resourceId: string,
): string | undefined {
  const scope = `/subscriptions/${subscriptionOf(resourceId)}`;
  const side = scopeConnections(services).find(
    (connection) =>
      sameId(parentIdOf(connection.id), networkManagerId) && sameId(connection.resourceId, scope),
  );
  return side && scopeConnectionState(services, side);
}
