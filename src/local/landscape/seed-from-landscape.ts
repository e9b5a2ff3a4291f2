import { createHash } from 'node:crypto';
import { appRoles } from '../../model/api/callers.ts';
import type { Landscape, ManagedTenant } from '../../model/landscape.ts';
import type { AzureSeed } from '../azure/seed.ts';
import { completeTenant, type EmulatedTenant, type LandscapeFile } from './landscape-file.ts';

/** The set-up of every tenant of a landscape, as complete as the file says. */
export function seedFromLandscape({ landscape, emulatedAzure }: LandscapeFile): AzureSeed {
  const { managementTenant, application, pools, managedTenants } = landscape;
  const networkManagerId = networkManagerIdOf(landscape);
  const emulated = (tenant: ManagedTenant): EmulatedTenant =>
    emulatedAzure.tenants[tenant.alias] ?? completeTenant;
  const subscriptions = managedTenants.flatMap((tenant) =>
    tenant.subscriptions.map(({ subscriptionId }) => ({
      tenant,
      subscriptionId,
      emulated: emulated(tenant),
    })),
  );
  const principalTenants = [
    managementTenant.tenantId,
    ...managedTenants.filter((tenant) => emulated(tenant).servicePrincipal).map((t) => t.tenantId),
  ];
  return {
    tenants: [
      managementTenantOf(landscape),
      ...managedTenants.map((tenant) => managedTenantOf(tenant, emulated(tenant), landscape)),
    ],
    applications: [
      {
        clientId: application.clientId,
        displayName: 'vnet-vending',
        homeTenantId: application.homeTenantId,
        signInAudience: 'AzureADMultipleOrgs',
        clientSecret: secretOf(application.clientId),
        servicePrincipals: principalTenants.map((tenantId) => ({
          tenantId,
          objectId: servicePrincipalOf(application.clientId, tenantId),
        })),
      },
      apiOf(landscape),
      ticketSystemOf(landscape),
    ],
    appRoleAssignments: [
      {
        tenantId: managementTenant.tenantId,
        principalId: ticketSystemOf(landscape).servicePrincipals[0].objectId,
        resourceClientId: apiOf(landscape).clientId,
        role: 'Vnet.Request',
      },
    ],
    roleAssignments: [
      {
        scope: networkManagerId,
        role: 'Reader',
        principalId: servicePrincipalOf(application.clientId, managementTenant.tenantId),
      },
      ...pools.map(({ id }) => ({
        scope: id,
        role: 'IPAM Pool User' as const,
        principalId: servicePrincipalOf(application.clientId, managementTenant.tenantId),
      })),
      ...subscriptions.flatMap(
        ({ tenant, subscriptionId, emulated: { role, servicePrincipal } }) =>
          role === 'none' || !servicePrincipal
            ? []
            : [
                {
                  scope: `/subscriptions/${subscriptionId}`,
                  role,
                  principalId: servicePrincipalOf(application.clientId, tenant.tenantId),
                },
              ],
      ),
    ],
    networkManagers: [
      {
        id: networkManagerId,
        location: pools[0]?.location ?? 'centralus',
        subscriptions: [`/subscriptions/${managementTenant.subscriptionId}`],
      },
    ],
    pools: pools.map(({ alias, id, location, family }, index) => ({
      id,
      location,
      displayName: alias,
      addressPrefixes: emulatedAzure.poolPrefixes[alias] ?? [
        family === 'IPv4' ? `10.${(index % 16) * 16}.0.0/12` : `fd00:${index.toString(16)}::/32`,
      ],
    })),
    scopeConnections: subscriptions
      .filter((entry) => entry.emulated.connection !== 'none')
      .map(({ tenant, subscriptionId }) => ({
        networkManagerId,
        name: `connection-${tenant.alias}-${subscriptionId.slice(-4)}`,
        tenantId: tenant.tenantId,
        resourceId: `/subscriptions/${subscriptionId}`,
      })),
    networkManagerConnections: subscriptions
      .filter((entry) => entry.emulated.connection === 'both-sides')
      .map(({ subscriptionId }) => ({
        subscriptionId,
        name: 'connection-management',
        networkManagerId,
      })),
  };
}

function networkManagerIdOf({ managementTenant }: Landscape): string {
  const { subscriptionId, resourceGroup, networkManager } = managementTenant;
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Network/networkManagers/${networkManager}`;
}

function managementTenantOf({ managementTenant, pools }: Landscape): AzureSeed['tenants'][number] {
  const { tenantId, subscriptionId, resourceGroup } = managementTenant;
  return {
    tenantId,
    displayName: 'Management tenant',
    subscriptions: [
      {
        subscriptionId,
        displayName: 'management',
        resourceGroups: [{ name: resourceGroup, location: pools[0]?.location ?? 'centralus' }],
      },
    ],
    administrator: administratorOf(tenantId),
  };
}

function managedTenantOf(
  { alias, tenantId, subscriptions }: ManagedTenant,
  { resourceGroups }: EmulatedTenant,
  { pools }: Landscape,
): AzureSeed['tenants'][number] {
  const location = pools[0]?.location ?? 'centralus';
  return {
    tenantId,
    displayName: alias,
    subscriptions: subscriptions.map((subscription) => ({
      subscriptionId: subscription.subscriptionId,
      displayName: `${alias}-${subscription.subscriptionId.slice(-4)}`,
      resourceGroups: (subscription.resourceGroups ?? resourceGroups).map((name) => ({
        name,
        location,
      })),
    })),
    administrator: administratorOf(tenantId),
  };
}

/** What people and applications ask tokens of this product for; every tenant knows it. */
function apiOf({ managementTenant, managedTenants }: Landscape) {
  const clientId = guidOf(`API of ${managementTenant.tenantId}`);
  return {
    clientId,
    displayName: 'vnet-vending API',
    homeTenantId: managementTenant.tenantId,
    signInAudience: 'AzureADMultipleOrgs',
    clientSecret: secretOf(clientId),
    identifierUri: 'api://vnet-vending',
    appRoles,
    servicePrincipals: [managementTenant, ...managedTenants].map(({ tenantId }) => ({
      tenantId,
      objectId: servicePrincipalOf(clientId, tenantId),
    })),
  } as const;
}

/** An application that asks for VNets by the HTTP API, as a ticket system would. */
export function ticketSystemOf({ managementTenant: { tenantId } }: Landscape) {
  const clientId = guidOf(`ticket system of ${tenantId}`);
  return {
    clientId,
    displayName: 'ticket-system',
    homeTenantId: tenantId,
    signInAudience: 'AzureADMyOrg',
    clientSecret: secretOf(clientId),
    servicePrincipals: [{ tenantId, objectId: servicePrincipalOf(clientId, tenantId) }],
  } as const;
}

const administratorOf = (tenantId: string) => {
  const clientId = guidOf(`administrator of ${tenantId}`);
  return {
    clientId,
    objectId: servicePrincipalOf(clientId, tenantId),
    clientSecret: secretOf(clientId),
  };
};

const servicePrincipalOf = (clientId: string, tenantId: string): string =>
  guidOf(`service principal of ${clientId} in ${tenantId}`);

/** Guards nothing but an emulator on this machine; written into the ready file. */
const secretOf = (clientId: string): string => `local-only-${guidOf(`secret of ${clientId}`)}`;

/** The same GUID for the same text, so that two starts from one landscape are the same. */
function guidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
