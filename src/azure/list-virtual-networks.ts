import { z } from 'zod';
import type { Outcome } from '../model/outcome.ts';
import { listPages } from './arm-pages.ts';
import type { ListedVirtualNetwork } from './azure-reads.ts';
import type { CrossTenantClient } from './cross-tenant-client.ts';
import { locationSchema, stringsSchema } from './parse-answer.ts';
import { networkApiVersion } from './virtual-networks.ts';

/** A subscription may have a thousand VNets; Azure sends some dozens a page. */
const mostPages = 100;

const listedSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    location: locationSchema,
    tags: z.record(z.string(), z.string()).nullish(),
    properties: z.object({
      addressSpace: z
        .object({
          addressPrefixes: stringsSchema,
          ipamPoolPrefixAllocations: z
            .array(z.object({ pool: z.object({ id: z.string() }) }))
            .nullish(),
        })
        .nullish(),
    }),
  })
  .transform(
    ({ id, name, location, tags, properties: { addressSpace } }): ListedVirtualNetwork => ({
      id,
      name,
      resourceGroup: /\/resourceGroups\/([^/]+)/i.exec(id)?.[1] ?? '',
      location,
      addressPrefixes: addressSpace?.addressPrefixes ?? [],
      poolIds: (addressSpace?.ipamPoolPrefixAllocations ?? []).map(({ pool }) => pool.id),
      tags: tags ?? {},
    }),
  );

/** See `AzureReads.listVirtualNetworks`. By URL, because the SDK's model drops what it does not know. */
export async function listVirtualNetworks(
  arm: CrossTenantClient,
  tenantId: string,
  subscriptionId: string,
  resourceGroup?: string,
): Promise<Outcome<readonly ListedVirtualNetwork[]>> {
  const call = {
    doing:
      resourceGroup === undefined
        ? `Listing the VNets of subscription '${subscriptionId}'`
        : `Listing the VNets of resource group '${resourceGroup}'`,
    tenantId,
    subscriptionId,
  };
  const group =
    resourceGroup === undefined ? '' : `/resourceGroups/${encodeURIComponent(resourceGroup)}`;
  const path = `/subscriptions/${subscriptionId}${group}/providers/Microsoft.Network/virtualNetworks`;
  const url = `${path}?api-version=${networkApiVersion}`;
  return await listPages(arm, call, url, listedSchema, mostPages);
}
