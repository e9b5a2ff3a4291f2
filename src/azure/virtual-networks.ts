import type { VendingError } from '../model/errors.ts';
import { failure, type Outcome, success } from '../model/outcome.ts';
import type { Deployment, PlannedAllocation, VirtualNetworkTarget } from '../model/plan.ts';
import type { VirtualNetworkDocument } from '../model/virtual-network-document.ts';
import type { StartedOperation, VirtualNetworkReading, VirtualNetworkView } from './azure.ts';
import { type AzureAnswer, azureRequestId, isRecord, retryAfterSeconds } from './azure-answer.ts';
import type { ArmCall, ArmClients, CrossTenantClient } from './cross-tenant-client.ts';
import { invalidAnswer } from './error-translation.ts';
import { parseAnswer } from './parse-answer.ts';
import { virtualNetworkSchema } from './virtual-network-view.ts';

/** Of what is read and written in JSON; the SDK's own calls use the same. */
export const networkApiVersion = '2026-01-01';

/**
 * See `Azure.readVirtualNetwork`. Raw JSON, because the SDK's model drops what it does not know
 * (azure-ipam 2.5, trap 3).
 */
export async function readVirtualNetwork(
  arm: CrossTenantClient,
  target: VirtualNetworkTarget,
): Promise<Outcome<VirtualNetworkReading | null>> {
  const call = callOf('Reading', target);
  const got = await arm.call(call, async ({ raw }, onResponse) => {
    await pathOf(raw, target).get({ ...jsonOptions, onResponse });
  });
  if (!got.ok) return isAbsent(got) ? success(null) : got;
  const { answer } = got.value;
  const context = arm.contextOf(call);
  if (!isRecord(answer.body)) return failure(invalidAnswer(context, 'No JSON object.', answer));
  const view = parseAnswer(virtualNetworkSchema, answer.body, context, answer);
  return view.ok ? success({ view: view.value, document: answer.body }) : view;
}

/** See `Azure.getVirtualNetwork`. */
export async function getVirtualNetwork(
  arm: CrossTenantClient,
  target: VirtualNetworkTarget,
): Promise<Outcome<VirtualNetworkView | null>> {
  const read = await readVirtualNetwork(arm, target);
  return read.ok ? success(read.value?.view ?? null) : read;
}

/** See `Azure.updateVirtualNetwork`. */
export async function updateVirtualNetwork(
  arm: CrossTenantClient,
  target: VirtualNetworkTarget,
  document: VirtualNetworkDocument,
  etag: string,
): Promise<Outcome<StartedOperation>> {
  const call = { ...callOf('Updating', target), auxiliary: true };
  const put = await arm.call(call, async ({ raw }, onResponse) => {
    await pathOf(raw, target).put({
      ...jsonOptions,
      headers: { 'If-Match': etag },
      body: document,
      onResponse,
    });
  });
  return put.ok ? success(startedOperation(put.value.answer)) : put;
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

/** Options of every call that reads or writes JSON itself. */
export const jsonOptions = { queryParameters: { 'api-version': networkApiVersion } } as const;

/** A VNet, through the policies of the clients. */
const pathOf = (raw: ArmClients['raw'], target: VirtualNetworkTarget) =>
  raw.pathUnchecked(
    '/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}/providers/Microsoft.Network/virtualNetworks/{virtualNetwork}',
    target.subscriptionId,
    target.resourceGroup,
    target.virtualNetwork,
  );

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
export const startedOperation = ({ headers, body }: AzureAnswer): StartedOperation => ({
  ...resourceGuidIn(body),
  operationUrl: [headers['azure-asyncoperation'], headers['location']].find(
    (url) => url !== undefined && URL.canParse(url),
  ),
  retryAfterSeconds: retryAfterSeconds(headers, Date.now()),
  requestId: azureRequestId(headers),
});

function resourceGuidIn(body: unknown): Pick<StartedOperation, 'resourceGuid'> {
  const properties = isRecord(body) ? body['properties'] : undefined;
  const guid = isRecord(properties) ? properties['resourceGuid'] : undefined;
  return typeof guid === 'string' && guid !== '' ? { resourceGuid: guid } : {};
}

/** A VNet is absent, too, when its resource group is; an unknown subscription is an error. */
export const isAbsent = ({ error: { code, kind } }: { readonly error: VendingError }): boolean =>
  code === 'ResourceGroupMissing' || (code === 'NotFound' && kind === 'terminal');
