import { z } from 'zod';
import type { Landscape } from '../model/landscape.ts';
import { failure, type Outcome, success } from '../model/outcome.ts';
import type { Azure } from './azure.ts';
import type { AzureReads } from './azure-reads.ts';
import { type Cloud, clouds } from './clouds.ts';
import { listScopeConnections } from './connections.ts';
import { TenantCredentials } from './credentials.ts';
import { CrossTenantClient } from './cross-tenant-client.ts';
import { invalidAnswer } from './error-translation.ts';
import { IpamPools } from './ipam-pools.ts';
import { listVirtualNetworks } from './list-virtual-networks.ts';
import { listLocks } from './locks.ts';
import type { ObserveAzure } from './observe-calls.ts';
import { pollOperation } from './operations.ts';
import { createPeering, deletePeering } from './peerings.ts';
import { listPermissions } from './permissions.ts';
import { getResourceGroup } from './resource-groups.ts';
import {
  createVirtualNetwork,
  deleteVirtualNetwork,
  getVirtualNetwork,
  readVirtualNetwork,
  updateVirtualNetwork,
} from './virtual-networks.ts';

export interface AzureOptions {
  readonly landscape: Landscape;
  /** App settings: the secret is read from the one that the landscape names. */
  readonly settings: Readonly<Record<string, string | undefined>>;
  /** Whose tokens are asked for; the public one unless given. */
  readonly cloud?: Cloud;
  /** Those of the cloud, or others that stand for them. */
  readonly endpoints: {
    /** https; `https://management.azure.com` in the public cloud. */
    readonly resourceManager: string;
    /** https; `https://login.microsoftonline.com` in the public cloud. */
    readonly authority: string;
    /** True for an authority that is not one of Microsoft's public ones. */
    readonly disableInstanceDiscovery: boolean;
  };
  /** Sees every request to Resource Manager. */
  readonly observe?: ObserveAzure;
  /** Time limit of one request. */
  readonly requestTimeoutSeconds?: number;
}

const defaultRequestTimeoutSeconds = 60;

/**
 * The calls of the workflow against Entra ID and Resource Manager. One object for the whole app: it
 * caches tokens. @throws when an endpoint is not https: the SDK never sends tokens in the clear.
 */
export function createAzure(options: AzureOptions): Azure & AzureReads {
  const { landscape, settings, endpoints } = options;
  const requestTimeoutSeconds = options.requestTimeoutSeconds ?? defaultRequestTimeoutSeconds;
  const { managementTenant } = landscape;
  for (const endpoint of [endpoints.resourceManager, endpoints.authority]) {
    if (new URL(endpoint).protocol !== 'https:') {
      throw new Error(`The endpoint ${endpoint} must be https, because tokens are sent to it.`);
    }
  }
  const credentials = new TenantCredentials({
    landscape,
    settings,
    cloud: options.cloud ?? clouds.public,
    authority: endpoints.authority,
    disableInstanceDiscovery: endpoints.disableInstanceDiscovery,
    requestTimeoutSeconds,
  });
  const arm = new CrossTenantClient({
    credentials,
    managementTenantId: managementTenant.tenantId,
    resourceManager: endpoints.resourceManager,
    requestTimeoutSeconds,
    observe: options.observe,
  });
  const pools = new IpamPools(arm, managementTenant.tenantId);
  return {
    checkToken: (tenantId) => checkToken(credentials, tenantId),
    listPermissions: (at) => listPermissions(arm, at),
    getResourceGroup: (tenantId, subscriptionId, name) =>
      getResourceGroup(arm, tenantId, subscriptionId, name),
    getVirtualNetwork: (target) => getVirtualNetwork(arm, target),
    readVirtualNetwork: (target) => readVirtualNetwork(arm, target),
    updateVirtualNetwork: (target, document, etag) =>
      updateVirtualNetwork(arm, target, document, etag),
    deletePeering: (target, peering) => deletePeering(arm, target, peering),
    createPeering: (target, peering, document) => createPeering(arm, target, peering, document),
    listLocks: (target) => listLocks(arm, target),
    createVirtualNetwork: (deployment) => createVirtualNetwork(arm, deployment),
    deleteVirtualNetwork: (target, etag) => deleteVirtualNetwork(arm, target, etag),
    pollOperation: (target, operationUrl) => pollOperation(arm, target, operationUrl),
    getPool: (poolId) => pools.get(poolId),
    getPoolUsage: (poolId) => pools.usage(poolId),
    listPoolAssociations: (poolId) => pools.associations(poolId),
    listStaticCidrs: (poolId) => pools.staticCidrs(poolId),
    listVirtualNetworks: (tenantId, subscriptionId, resourceGroup) =>
      listVirtualNetworks(arm, tenantId, subscriptionId, resourceGroup),
    listScopeConnections: (tenantId, subscriptionId) =>
      listScopeConnections(arm, managementTenant, tenantId, subscriptionId),
  };
}

const claimsSchema = z.object({ oid: z.string().min(1) });

/** See `Azure.checkToken`. The claims are read, not verified: Resource Manager does that. */
async function checkToken(
  credentials: TenantCredentials,
  tenantId: string,
): Promise<Outcome<{ readonly objectId: string }>> {
  const doing = 'Signing in';
  const obtained = await credentials.obtain(tenantId, 'primary', doing);
  if (!obtained.ok) return obtained;
  const claims = claimsSchema.safeParse(claimsOf(obtained.value.token.token));
  if (claims.success) return success({ objectId: claims.data.oid });
  // The SDK would answer it from its cache for an hour.
  credentials.forget(tenantId, obtained.value.credential);
  const context = { doing, tenantId, clientId: credentials.clientId };
  return failure(invalidAnswer(context, 'The token names no object id (claim oid).'));
}

function claimsOf(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
