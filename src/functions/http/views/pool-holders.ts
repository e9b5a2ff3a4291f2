import type { RequestRecord } from '../../../ledger/ledger.ts';
import type { PoolBlock } from '../../../model/api/pool-views.ts';
import type { Landscape } from '../../../model/landscape.ts';
import type { ApiApp } from '../../app.ts';
import { type Caller, isRequester } from '../principal.ts';

/** Who a caller may know to hold space of a pool; undefined for those they may not. */
export type HolderOf = (resourceId: string) => PoolBlock['holder'] | undefined;

/** So many of the newest requests are looked through for the one behind a VNet. */
const mostRequests = 2_000;

/** @param onlyOf whose requests alone may be shown as holders; everybody's if absent */
export async function holdersFor(
  { ledger, landscape }: Pick<ApiApp, 'ledger' | 'landscape'>,
  onlyOf: Caller | undefined,
): Promise<HolderOf> {
  const requests = await requestsByVirtualNetwork(ledger);
  return (resourceId) => {
    const request = requests.get(virtualNetworkIn(resourceId));
    if (onlyOf && (request === undefined || !isRequester(request, onlyOf))) return undefined;
    const tenant = tenantOf(resourceId, landscape);
    return {
      resourceId,
      name: nameOf(resourceId),
      ...(tenant === undefined ? {} : { tenant }),
      ...(request === undefined ? {} : { requestId: request.id }),
    };
  };
}

/**
 * The newest request that gave a VNet its prefixes, by the id of the VNet in lower case; none where it was
 * removed since. Those of all requesters count: who once held a VNet must not be shown a later one of its name.
 */
async function requestsByVirtualNetwork(
  ledger: ApiApp['ledger'],
): Promise<ReadonlyMap<string, RequestRecord | undefined>> {
  const found = new Map<string, RequestRecord | undefined>();
  let continuation: string | undefined;
  let looked = 0;
  do {
    const page = await ledger.listRequests({
      states: ['succeeded'],
      pageSize: 500,
      ...(continuation === undefined ? {} : { continuation }),
    });
    for (const record of page.requests) {
      const { result } = record;
      if (result === undefined) continue;
      const id = result.virtualNetworkId.toLowerCase();
      if (!found.has(id)) found.set(id, 'allocations' in result ? record : undefined);
    }
    looked += page.requests.length;
    continuation = page.continuation;
  } while (continuation !== undefined && looked < mostRequests);
  return found;
}

/** The VNet that a resource is, or is a part of. */
const virtualNetworkIn = (resourceId: string): string =>
  (/^.*?\/virtualNetworks\/[^/]+/i.exec(resourceId)?.[0] ?? resourceId).toLowerCase();

/** `vnet-payments`, `vnet-payments/app` for a subnet, else the last name of the id. */
function nameOf(resourceId: string): string {
  const [, network, subnet] =
    /\/virtualNetworks\/([^/]+)(?:\/subnets\/([^/]+))?/i.exec(resourceId) ?? [];
  if (network === undefined) return resourceId.split('/').at(-1) ?? resourceId;
  return subnet === undefined ? network : `${network}/${subnet}`;
}

function tenantOf(resourceId: string, { managedTenants }: Landscape): string | undefined {
  const subscription = /^\/subscriptions\/([^/]+)/i.exec(resourceId)?.[1]?.toLowerCase();
  return managedTenants.find(({ subscriptions }) =>
    subscriptions.some(({ subscriptionId }) => subscriptionId === subscription),
  )?.alias;
}
