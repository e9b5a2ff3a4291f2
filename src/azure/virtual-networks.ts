import { z } from 'zod';
import type { VendingError } from '../model/errors.ts';
import { type Outcome, success } from '../model/outcome.ts';
import type { Deployment, PlannedAllocation, VirtualNetworkTarget } from '../model/plan.ts';
import type { StartedOperation, VirtualNetworkView } from './azure.ts';
import { type AzureAnswer, azureRequestId, retryAfterSeconds } from './azure-answer.ts';
import type { ArmCall, CrossTenantClient } from './cross-tenant-client.ts';
import { locationSchema, parseAnswer, stringsSchema } from './parse-answer.ts';

const allocationsSchema = z
  .array(
    z.object({
      id: z.string(),
      numberOfIpAddresses: z.string().default(''),
      allocatedAddressPrefixes: stringsSchema,
    }),
  )
  .nullish()
  .transform((allocations) =>
    (allocations ?? []).map(({ id, numberOfIpAddresses, allocatedAddressPrefixes }) => ({
      poolId: id,
      numberOfIpAddresses,
      prefixes: allocatedAddressPrefixes,
    })),
  );

/** The SDK's model of a VNet: flattened, and the pool's id is the allocation's `id` (azure-ipam 2.2). */
const virtualNetworkSchema = z
  .object({
    id: z.string(),
    location: locationSchema,
    etag: z.string(),
    provisioningState: z.string(),
    tags: z.record(z.string(), z.string()).nullish(),
    addressSpace: z
      .object({ addressPrefixes: stringsSchema, ipamPoolPrefixAllocations: allocationsSchema })
      .nullish(),
    subnets: z
      .array(
        z.object({
          name: z.string(),
          addressPrefix: z.string().nullish(),
          addressPrefixes: stringsSchema,
        }),
      )
      .nullish(),
  })
  .transform(
    (network): VirtualNetworkView => ({
      id: network.id,
      location: network.location,
      etag: network.etag,
      provisioningState: network.provisioningState,
      tags: network.tags ?? {},
      addressPrefixes: network.addressSpace?.addressPrefixes ?? [],
      allocations: network.addressSpace?.ipamPoolPrefixAllocations ?? [],
      subnets: (network.subnets ?? []).map(({ name, addressPrefix, addressPrefixes }) => ({
        name,
        // A plain subnet answers the one member or the other, as it was made.
        addressPrefixes: addressPrefix ? [addressPrefix] : addressPrefixes,
      })),
    }),
  );

/** See `Azure.getVirtualNetwork`. */
export async function getVirtualNetwork(
  arm: CrossTenantClient,
  target: VirtualNetworkTarget,
): Promise<Outcome<VirtualNetworkView | null>> {
  const call = callOf('Reading', target);
  const got = await arm.call(call, ({ network }, onResponse) =>
    network.virtualNetworks.get(target.resourceGroup, target.virtualNetwork, { onResponse }),
  );
  if (!got.ok) return isAbsent(got) ? success(null) : got;
  return parseAnswer(virtualNetworkSchema, got.value.value, arm.contextOf(call), got.value.answer);
}

/** See `Azure.createVirtualNetwork`. */
export async function createVirtualNetwork(
  arm: CrossTenantClient,
  deployment: Deployment,
): Promise<Outcome<StartedOperation>> {
  const { target } = deployment;
  const call = { ...callOf('Creating', target), auxiliary: true };
  const put = await arm.call(call, ({ network }, onResponse) =>
    network.virtualNetworks
      .createOrUpdate(target.resourceGroup, target.virtualNetwork, bodyOf(deployment), {
        requestOptions: { headers: { 'If-None-Match': '*' } },
        onResponse,
      })
      // Polling is ours: the SDK's poller loses codes, details and Retry-After.
      .submitted(),
  );
  return put.ok ? success(startedOperation(put.value.answer)) : put;
}

/** See `Azure.deleteVirtualNetwork`. */
export async function deleteVirtualNetwork(
  arm: CrossTenantClient,
  target: VirtualNetworkTarget,
  etag: string,
): Promise<Outcome<StartedOperation | null>> {
  const call = { ...callOf('Deleting', target), auxiliary: true };
  const deleted = await arm.call(call, ({ network }, onResponse) =>
    network.virtualNetworks
      .delete(target.resourceGroup, target.virtualNetwork, {
        requestOptions: { headers: { 'If-Match': etag } },
        onResponse,
      })
      .submitted(),
  );
  if (!deleted.ok) return isAbsent(deleted) ? success(null) : deleted;
  const { answer } = deleted.value;
  return success(answer.status === 204 ? null : startedOperation(answer));
}

const callOf = (verb: string, target: VirtualNetworkTarget): ArmCall => ({
  doing: `${verb} VNet '${target.virtualNetwork}' in tenant '${target.tenantAlias}'`,
  tenantId: target.tenantId,
  subscriptionId: target.subscriptionId,
});

/** `addressPrefixes: []` is said explicitly: clients that default it next to a pool are refused. */
const bodyOf = (deployment: Deployment) => ({
  location: deployment.target.location,
  tags: { ...deployment.tags },
  addressSpace: addressesOf(deployment.allocations),
  subnets: deployment.subnets.map(({ name, allocations }) => ({
    name,
    ...addressesOf(allocations),
  })),
});

const addressesOf = (allocations: readonly PlannedAllocation[]) => ({
  addressPrefixes: [],
  ipamPoolPrefixAllocations: allocations.map(({ poolId, numberOfIpAddresses }) => ({
    id: poolId,
    numberOfIpAddresses,
  })),
});

/** The status URL says why an operation failed; `Location` does not, so it comes second. */
const startedOperation = ({ headers }: AzureAnswer): StartedOperation => ({
  operationUrl: [headers['azure-asyncoperation'], headers['location']].find(
    (url) => url !== undefined && URL.canParse(url),
  ),
  retryAfterSeconds: retryAfterSeconds(headers, Date.now()),
  requestId: azureRequestId(headers),
});

/** A VNet is absent, too, when its resource group is; an unknown subscription is an error. */
const isAbsent = ({ error: { code, kind } }: { readonly error: VendingError }): boolean =>
  code === 'ResourceGroupMissing' || (code === 'NotFound' && kind === 'terminal');
