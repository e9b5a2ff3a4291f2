import type {
  Azure,
  LockView,
  PoolAssociation,
  VirtualNetworkAllocation,
  VirtualNetworkView,
} from '../../src/azure/azure.ts';
import { virtualNetworkSchema } from '../../src/azure/virtual-network-view.ts';
import { vendingError } from '../../src/model/errors.ts';
import { failure, type Outcome, success } from '../../src/model/outcome.ts';
import { familyOf } from '../../src/model/prefixes.ts';
import { isSameId } from '../../src/model/resource-ids.ts';
import type { VirtualNetworkDocument } from '../../src/model/virtual-network-document.ts';
import { poolIds } from '../model/samples.ts';
import { sampleNetwork } from './sample-network.ts';

// biome-ignore lint/suspicious/noExplicitAny: wire JSON, written by the tests themselves
export type Json = Record<string, any>;

export const startedOperation = (operationUrl: string | undefined) => ({
  operationUrl,
  retryAfterSeconds: undefined,
  requestId: undefined,
});

/** Azure in memory, where everything is as it should be; a test replaces the answers it is about. */
export class AzureInMemory implements Azure {
  /** The VNet as Azure writes it; `virtualNetwork` is the same in the form that the workflow reads. */
  document: Json | null = null;
  /** By pool id. */
  readonly associations = new Map<string, readonly PoolAssociation[]>();
  locks: readonly LockView[] = [];
  /** The writes, in order. */
  readonly writes: string[] = [];

  get virtualNetwork(): VirtualNetworkView | null {
    return this.document && virtualNetworkSchema.parse(this.document);
  }

  set virtualNetwork(view: VirtualNetworkView | null) {
    this.document = view && documentOf(view);
  }

  /** The document of a VNet that is there, to change it as somebody else would. */
  get wire(): Json {
    if (!this.document) throw new Error('There is no VNet.');
    return this.document;
  }

  checkToken: Azure['checkToken'] = async () => success({ objectId: 'us' });
  listPermissions: Azure['listPermissions'] = async () =>
    success([{ actions: ['*'], notActions: [] }]);
  getResourceGroup: Azure['getResourceGroup'] = async () => success({ location: 'centralus' });
  getVirtualNetwork: Azure['getVirtualNetwork'] = async () => success(this.virtualNetwork);
  readVirtualNetwork: Azure['readVirtualNetwork'] = async (target) => {
    const got = await this.getVirtualNetwork(target);
    if (!got.ok) return got;
    const document = this.document as VirtualNetworkDocument;
    return success(got.value && { view: got.value, document: structuredClone(document) });
  };
  createVirtualNetwork: Azure['createVirtualNetwork'] = async ({ tags, allocations }) => {
    this.writes.push('PUT');
    this.virtualNetwork = sampleNetwork({
      tags,
      allocations: allocations.map(({ poolId, numberOfIpAddresses }) => ({
        poolId,
        numberOfIpAddresses,
        prefixes: [],
      })),
    });
    return success(startedOperation('https://azure.example/put'));
  };
  /** The pools hold what the body says that they hold; the VNet is settled at once. */
  updateVirtualNetwork: Azure['updateVirtualNetwork'] = async (_target, document, etag) => {
    this.writes.push(`PUT ${etag}`);
    const stale = this.#refuseUnless(etag);
    if (stale) return stale;
    this.document = allocated({ ...structuredClone(document), etag: `${etag}'` });
    this.#associate();
    return success(startedOperation('https://azure.example/update'));
  };
  deleteVirtualNetwork: Azure['deleteVirtualNetwork'] = async (_target, etag) => {
    this.writes.push(`DELETE ${etag}`);
    return success(startedOperation('https://azure.example/delete'));
  };
  deletePeering: Azure['deletePeering'] = async (_target, name) => {
    this.writes.push(`DELETE peering ${name}`);
    const peerings = this.#peerings();
    const index = peerings.findIndex((peering) => isSameId(peering['name'], name));
    if (index < 0) return success(null);
    peerings.splice(index, 1);
    return success(startedOperation('https://azure.example/delete-peering'));
  };
  createPeering: Azure['createPeering'] = async (_target, name, document) => {
    this.writes.push(`PUT peering ${name}`);
    if (!this.document) return failure(vendingError('NotFound', 'There is no VNet.'));
    this.#peerings().push({ ...structuredClone(document), name });
    return success(startedOperation('https://azure.example/put-peering'));
  };
  listLocks: Azure['listLocks'] = async () => success(this.locks);
  pollOperation: Azure['pollOperation'] = async () =>
    success({ status: 'succeeded', retryAfterSeconds: undefined });
  getPool: Azure['getPool'] = async () =>
    success({ location: 'centralus', family: 'IPv4', addressPrefixes: ['10.0.0.0/16'] });
  getPoolUsage: Azure['getPoolUsage'] = async () =>
    success({
      addressPrefixes: ['10.0.0.0/16'],
      availableAddressPrefixes: ['10.0.0.0/16'],
      numberOfAllocatedIpAddresses: '0',
      numberOfAvailableIpAddresses: '65536',
      totalNumberOfIpAddresses: '65536',
    });
  listPoolAssociations: Azure['listPoolAssociations'] = async (poolId) =>
    success(this.associations.get(poolId) ?? []);
  listScopeConnections: Azure['listScopeConnections'] = async () =>
    success([{ name: 'fabrikam', state: 'Connected' }]);

  #refuseUnless(etag: string): Outcome<never> | undefined {
    return this.document?.['etag'] === etag
      ? undefined
      : failure(vendingError('PreconditionFailed', 'The VNet changed.'));
  }

  #peerings(): Json[] {
    if (!this.document) return [];
    this.document['properties']['virtualNetworkPeerings'] ??= [];
    return this.document['properties']['virtualNetworkPeerings'];
  }

  /** Shows in every pool what the VNet shows. */
  #associate(): void {
    const view = this.virtualNetwork;
    if (!view) return;
    const held = new Map(view.allocations.map(({ poolId, prefixes }) => [poolId, prefixes]));
    for (const poolId of new Set([...this.associations.keys(), ...held.keys()])) {
      const others = (this.associations.get(poolId) ?? []).filter(
        ({ resourceId }) => !isSameId(resourceId, view.id),
      );
      const prefixes = held.get(poolId);
      this.associations.set(
        poolId,
        prefixes ? [...others, { resourceId: view.id, prefixes }] : others,
      );
    }
  }
}

/** A pool gives a VNet or subnet the prefixes that it has of its family. */
function allocated(document: Json): Json {
  const { addressSpace, subnets = [] } = document['properties'] as Json;
  for (const holder of [addressSpace, ...subnets.map((subnet: Json) => subnet['properties'])]) {
    const prefixes: string[] = holder.addressPrefixes ?? [];
    for (const allocation of holder.ipamPoolPrefixAllocations ?? []) {
      const family = isSameId(allocation.pool.id, poolIds.ipv6) ? 'IPv6' : 'IPv4';
      allocation.allocatedAddressPrefixes = prefixes.filter((one) => familyOf(one) === family);
    }
  }
  return document;
}

/** What Azure would write of a VNet that is shown like this. */
function documentOf(view: VirtualNetworkView): Json {
  return {
    name: view.id.split('/').at(-1),
    id: view.id,
    etag: view.etag,
    type: 'Microsoft.Network/virtualNetworks',
    location: view.location,
    tags: { ...view.tags },
    properties: {
      provisioningState: view.provisioningState,
      resourceGuid: view.resourceGuid,
      addressSpace: addressesOf(view),
      subnets: view.subnets.map((subnet) => ({
        name: subnet.name,
        id: `${view.id}/subnets/${subnet.name}`,
        etag: view.etag,
        properties: {
          provisioningState: view.provisioningState,
          ...addressesOf(subnet),
          ...usersIn(subnet, 'ipConfiguration', 'ipConfigurations'),
          ...usersIn(subnet, 'privateEndpoint', 'privateEndpoints'),
          ...usersIn(subnet, 'serviceAssociationLink', 'serviceAssociationLinks'),
          ...usersIn(subnet, 'resourceNavigationLink', 'resourceNavigationLinks'),
          delegations: [],
        },
      })),
      virtualNetworkPeerings: view.peerings.map(({ name, remoteId }) => ({
        name,
        id: `${view.id}/virtualNetworkPeerings/${name}`,
        properties: { peeringState: 'Connected', remoteVirtualNetwork: { id: remoteId } },
      })),
      enableDdosProtection: false,
    },
  };
}

const addressesOf = ({
  addressPrefixes,
  allocations,
}: {
  readonly addressPrefixes: readonly string[];
  readonly allocations: readonly VirtualNetworkAllocation[];
}): Json => ({
  addressPrefixes: [...addressPrefixes],
  ...(allocations.length === 0
    ? {}
    : {
        ipamPoolPrefixAllocations: allocations.map(({ poolId, numberOfIpAddresses, prefixes }) => ({
          numberOfIpAddresses,
          pool: { id: poolId },
          allocatedAddressPrefixes: [...prefixes],
        })),
      }),
});

function usersIn(
  { users }: VirtualNetworkView['subnets'][number],
  kind: VirtualNetworkView['subnets'][number]['users'][number]['kind'],
  member: string,
): Json {
  const ids = users.filter((user) => user.kind === kind).map(({ id }) => ({ id }));
  return ids.length === 0 ? {} : { [member]: ids };
}
