import { type Outcome, success } from '../model/outcome.ts';
import type { VirtualNetworkTarget } from '../model/plan.ts';
import type { VirtualNetworkDocument } from '../model/virtual-network-document.ts';
import type { StartedOperation } from './azure.ts';
import type { ArmCall, ArmClients, CrossTenantClient } from './cross-tenant-client.ts';
import { isAbsent, jsonOptions, startedOperation } from './virtual-networks.ts';

/** See `Azure.deletePeering`. */
export async function deletePeering(
  arm: CrossTenantClient,
  target: VirtualNetworkTarget,
  peering: string,
): Promise<Outcome<StartedOperation | null>> {
  const deleted = await arm.call(
    callOf('Deleting', target, peering),
    async ({ raw }, onResponse) => {
      await pathOf(raw, target, peering).delete({ ...jsonOptions, onResponse });
    },
  );
  if (!deleted.ok) return isAbsent(deleted) ? success(null) : deleted;
  const { answer } = deleted.value;
  return success(answer.status === 204 ? null : startedOperation(answer));
}

/**
 * See `Azure.createPeering`. With the auxiliary token: the VNet on the other side may be the hub in the
 * management tenant, which Azure looks at as well.
 */
export async function createPeering(
  arm: CrossTenantClient,
  target: VirtualNetworkTarget,
  peering: string,
  document: VirtualNetworkDocument,
): Promise<Outcome<StartedOperation>> {
  const call = { ...callOf('Creating', target, peering), auxiliary: true };
  const put = await arm.call(call, async ({ raw }, onResponse) => {
    await pathOf(raw, target, peering).put({ ...jsonOptions, body: document, onResponse });
  });
  if (!put.ok) return put;
  // The guid in the answer is not known to be that of the VNet.
  const { resourceGuid: _, ...started } = startedOperation(put.value.answer);
  return success(started);
}

const callOf = (verb: string, target: VirtualNetworkTarget, peering: string): ArmCall => ({
  doing: `${verb} peering '${peering}' of VNet '${target.virtualNetwork}' in tenant '${target.tenantAlias}'`,
  tenantId: target.tenantId,
  subscriptionId: target.subscriptionId,
});

const pathOf = (raw: ArmClients['raw'], target: VirtualNetworkTarget, peering: string) =>
  raw.pathUnchecked(
    '/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}/providers/Microsoft.Network/virtualNetworks/{virtualNetwork}/virtualNetworkPeerings/{peering}',
    target.subscriptionId,
    target.resourceGroup,
    target.virtualNetwork,
    peering,
  );
