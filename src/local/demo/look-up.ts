import {
  NetworkManagementClient,
  type NetworkManagementClientOptionalParams,
} from '@azure/arm-network';
import { ClientSecretCredential } from '@azure/identity';
import type { AzureReady } from '../ready-file.ts';

const poolId =
  /\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.Network\/networkManagers\/([^/]+)\/ipamPools\/([^/]+)/i;

/** What each tenant's own administrator sees: neither the workflow nor its record is asked. */
export class LookUp {
  readonly #ready: AzureReady;

  constructor(ready: AzureReady) {
    this.#ready = ready;
  }

  /** The prefixes of a VNet, as its tenant shows them; undefined when there is no such VNet. */
  async virtualNetworks(tenant: string): Promise<ReadonlyMap<string, readonly string[]>> {
    const { client } = this.managedTenant(tenant);
    const found = new Map<string, readonly string[]>();
    for await (const network of client.virtualNetworks.listAll()) {
      found.set(network.id?.toLowerCase() ?? '', network.addressSpace?.addressPrefixes ?? []);
    }
    return found;
  }

  /** A client of a managed tenant's own administrator, and where its VNets live. */
  managedTenant(tenant: string) {
    const managed = this.#ready.landscape.managedTenants.find(({ alias }) => alias === tenant);
    if (!managed) throw new Error(`The landscape has no managed tenant '${tenant}'.`);
    const client = this.#client(managed.tenantId, managed.subscriptionId);
    return { client, resourceGroup: managed.resourceGroup };
  }

  /** Who holds what of a pool, as the management tenant shows it: VNet id -> prefixes. */
  async associations(alias: string): Promise<ReadonlyMap<string, readonly string[]>> {
    const { client, resourceGroup, networkManager, pool } = this.#pool(alias);
    const found = new Map<string, readonly string[]>();
    for await (const association of client.ipamPools.listAssociatedResources(
      resourceGroup,
      networkManager,
      pool,
    )) {
      found.set(association.resourceId.toLowerCase(), association.addressPrefixes ?? []);
    }
    return found;
  }

  /** How many addresses of a pool are given away. */
  async allocated(alias: string): Promise<string> {
    const { client, resourceGroup, networkManager, pool } = this.#pool(alias);
    const usage = await client.ipamPools.getPoolUsage(resourceGroup, networkManager, pool);
    return usage.numberOfAllocatedIPAddresses ?? '';
  }

  #pool(alias: string) {
    const { pools, managementTenantId } = this.#ready.landscape;
    const [, subscriptionId = '', resourceGroup = '', networkManager = '', pool = ''] =
      poolId.exec(pools.find((candidate) => candidate.alias === alias)?.id ?? '') ?? [];
    const client = this.#client(managementTenantId, subscriptionId);
    return { client, resourceGroup, networkManager, pool };
  }

  #client(tenantId: string, subscriptionId: string): NetworkManagementClient {
    const administrator = this.#ready.administrators.find((one) => one.tenantId === tenantId);
    if (!administrator) throw new Error(`The ready file names no administrator of ${tenantId}.`);
    const { resourceManager, authority } = this.#ready.azure;
    const credential = new ClientSecretCredential(
      tenantId,
      administrator.clientId,
      administrator.clientSecret,
      { authorityHost: authority, disableInstanceDiscovery: true },
    );
    const options: NetworkManagementClientOptionalParams = {
      endpoint: resourceManager,
      credentials: { scopes: ['https://management.azure.com/.default'] },
    };
    return new NetworkManagementClient(credential, subscriptionId, options);
  }
}
