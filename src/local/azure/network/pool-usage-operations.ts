import { totalAddressCount } from '../../../model/prefixes.ts';
import type { ArmAnswer, ArmContext, ArmOperation } from '../contracts.ts';
import { sameId } from './arm-ids.ts';
import { poolPath, requirePool } from './pool-operations.ts';
import { allocationsOf, reservedPrefixes, shownPrefixes, usageOf } from './pool-space.ts';
import {
  collections,
  type JsonObject,
  type PoolRecord,
  type VirtualNetworkRecord,
} from './records.ts';

/** Associations on a page; the next page is a GET of `nextLink`. */
const pageSize = 50;

function associationsOf(context: ArmContext, pool: PoolRecord): JsonObject[] {
  const { azure } = context;
  return allocationsOf(azure, pool.id).flatMap((allocation) => {
    const prefixes = shownPrefixes(azure, allocation);
    const reserved = reservedPrefixes(azure, allocation);
    if (prefixes.length === 0 && reserved.length === 0) return [];
    const { reservation } = allocation;
    const item = {
      resourceId: allocation.resourceId,
      poolId: pool.id,
      description: '',
      addressPrefixes: prefixes,
      reservedPrefixes: reserved,
      totalNumberOfIPAddresses: String(totalAddressCount([...prefixes, ...reserved])),
      numberOfReservedIPAddresses: String(totalAddressCount(reserved)),
      createdAt: new Date(allocation.createdAt).toISOString(),
      ...(reserved.length > 0 &&
        reservation && { reservationExpiresAt: new Date(reservation.expiresAt).toISOString() }),
    };
    return azure.switches.subnetsAsAssociations
      ? [item, ...subnetItems(context, allocation.resourceId, item)]
      : [item];
  });
}

function subnetItems(
  context: ArmContext,
  virtualNetworkId: string,
  item: { readonly poolId: string } & JsonObject,
): JsonObject[] {
  const network = context.azure.store.get<VirtualNetworkRecord>(
    collections.virtualNetworks,
    virtualNetworkId,
  );
  return (network?.subnets ?? []).flatMap((subnet) =>
    subnet.allocations
      .filter(({ poolId }) => sameId(poolId, item.poolId))
      .map(({ prefixes }) => ({
        ...item,
        resourceId: `${virtualNetworkId}/subnets/${subnet.name}`,
        addressPrefixes: prefixes,
        reservedPrefixes: [],
        totalNumberOfIPAddresses: String(totalAddressCount(prefixes)),
        numberOfReservedIPAddresses: '0',
      })),
  );
}

function listAssociations(context: ArmContext): ArmAnswer {
  const pool = requirePool(context);
  const items = associationsOf(context, pool);
  const skip = Number(context.query.get('skipToken') ?? 0);
  const next = skip + pageSize;
  const nextLink =
    next < items.length
      ? `${context.origin}${context.path}?api-version=${context.apiVersion}&skipToken=${next}`
      : '';
  return { status: 200, body: { value: items.slice(skip, next), nextLink } };
}

const listAction = 'Microsoft.Network/networkManagers/ipamPools/listAssociatedResources/action';

export const poolUsageOperations: readonly ArmOperation[] = [
  {
    name: 'IpamPools_GetPoolUsage',
    method: 'POST',
    path: `${poolPath}/getPoolUsage`,
    action: 'Microsoft.Network/networkManagers/ipamPools/getPoolUsage/action',
    service: 'ipam',
    handle: (context): ArmAnswer => ({
      status: 200,
      body: usageOf(context.azure, requirePool(context)),
    }),
  },
  {
    name: 'IpamPools_ListAssociatedResources',
    method: 'POST',
    path: `${poolPath}/listAssociatedResources`,
    action: listAction,
    service: 'ipam',
    handle: listAssociations,
  },
  {
    name: 'IpamPools_ListAssociatedResourcesNext',
    method: 'GET',
    path: `${poolPath}/listAssociatedResources`,
    action: listAction,
    service: 'ipam',
    handle: listAssociations,
  },
];
