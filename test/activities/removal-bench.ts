import { recheckPlan } from '../../src/activities/planning/recheck-plan.ts';
import type { VirtualNetworkView } from '../../src/azure/azure.ts';
import { contentHash } from '../../src/ledger/content-hash.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { type AllocationResult, ownershipTag, type Removal } from '../../src/model/plan.ts';
import type { RequestState } from '../../src/model/states.ts';
import { poolIds, sampleRemoveRequest, sampleRequest } from '../model/samples.ts';
import {
  requestId,
  sampleNetwork,
  sampleSubnet,
  startWorkbenchOf,
  stepInput,
  virtualNetworkId,
} from './workbench.ts';

/** The request that created the VNet which the sample removes. */
export const creatorId = 'RITM0000001';

const allocation = (prefix: string, numberOfIpAddresses: string) => ({
  poolId: poolIds.ipv4,
  numberOfIpAddresses,
  prefixes: [prefix],
});

/** The VNet that the creator left behind. */
export const managedNetwork = (change: Partial<VirtualNetworkView> = {}): VirtualNetworkView =>
  sampleNetwork({
    tags: { [ownershipTag]: creatorId },
    allocations: [allocation('10.0.0.0/25', '128')],
    subnets: [sampleSubnet({ allocations: [allocation('10.0.0.0/27', '32')] })],
    ...change,
  });

export const hubId =
  '/subscriptions/h/resourceGroups/rg-hub/providers/Microsoft.Network/virtualNetworks/hub';

export const peeredNetwork = (change: Partial<VirtualNetworkView> = {}): VirtualNetworkView =>
  managedNetwork({
    peerings: [
      { name: 'to-hub', remoteId: hubId },
      { name: 'TO-BACKUP', remoteId: `${hubId}-2` },
    ],
    ...change,
  });

const created: AllocationResult = {
  virtualNetworkId,
  allocations: [{ poolAlias: 'corp-centralus', poolId: poolIds.ipv4, prefixes: ['10.0.0.0/25'] }],
};

/** A request that created a VNet, in a ledger; it succeeded unless another state is given. */
export async function recordCreator(
  ledger: Ledger,
  {
    id = creatorId,
    state = 'succeeded',
    result = created,
  }: { id?: string; state?: 'succeeded' | 'verifying'; result?: AllocationResult } = {},
): Promise<void> {
  const at = '2026-11-01T00:00:00Z';
  const request = sampleRequest({ id });
  const claim = {
    id,
    request,
    contentHash: contentHash(request),
    instanceId: id,
    tenant: 'fabrikam',
  };
  await ledger.claimRequest(claim, at);
  const path: readonly RequestState[] = ['planning', 'deploying', 'verifying'];
  for (const before of path) await ledger.updateRequest(id, { state: before }, at);
  await ledger.updateRequest(id, { state, result }, at);
  await ledger.putStepState(id, 'deploy', { created: 'true', resourceGuid: 'guid-1' });
}

/** A request that removes the VNet of the creator, which is there and as it was left. */
export async function startRemoval(change: object = {}) {
  const bench = await startWorkbenchOf(sampleRemoveRequest(change));
  const { azure, dependencies, ledger } = bench;
  await recordCreator(ledger);
  azure.virtualNetwork = managedNetwork();
  azure.associations.set(poolIds.ipv4, [
    { resourceId: virtualNetworkId, prefixes: ['10.0.0.0/25'] },
  ]);
  return {
    ...bench,
    /** What was planned. */
    async change(): Promise<Removal> {
      const planned = (await ledger.getRequest(requestId))?.plan?.change;
      if (planned?.operation !== 'remove') throw new Error('unreachable');
      return planned;
    },
    /** Plans, and goes on to the state in which things are removed. */
    async begin(): Promise<{ planHash: string }> {
      const planHash = await bench.planApproved();
      const rechecked = await recheckPlan({ ...stepInput, planHash }, dependencies);
      if (!rechecked.ok) throw new Error(rechecked.error.message);
      if (rechecked.value.changed) throw new Error('unreachable');
      await bench.become('removing');
      return { planHash };
    },
  };
}

export type RemovalBench = Awaited<ReturnType<typeof startRemoval>>;
