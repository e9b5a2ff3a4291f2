import { type CustomRole, customRoles } from './custom-role-files.ts';
import { guidOf } from './marker.ts';

/** A role that the application gets. */
export interface Role {
  readonly name: string;
  /** GUID of its definition; of a custom role the one that the set-up gives it. */
  readonly roleId: string;
  /** Absent: built in. */
  readonly definition?: CustomRole;
  /**
   * Of a custom role: its name in Azure, which is the same as in infra/. A tenant has each name once, and a
   * definition shows at its own subscription alone; so every subscription has one of its own.
   */
  readonly fullName?: string;
}

const builtIn = {
  ipamPoolUser: { name: 'IPAM Pool User', roleId: '7b3e853f-ad5d-4fb5-a7b8-56a3581c7037' },
  networkContributor: {
    name: 'Network Contributor',
    roleId: '4d97b98b-1d4f-4787-a291-c67834d212e7',
  },
  reader: { name: 'Reader', roleId: 'acdd72a7-3385-48ef-bd42-f606fba81ae7' },
} as const;

const custom = (definition: CustomRole, tenantId: string, subscriptionId: string): Role => ({
  name: definition.roleName,
  roleId: guidOf('role', tenantId, subscriptionId, definition.roleName),
  definition,
  fullName: `${definition.roleName} ${subscriptionId}`,
});

/** The roles of the management tenant: at each pool, and at the network manager to see its connections. */
export const managementRoles = (
  kind: 'custom' | 'built-in',
  tenantId: string,
  subscriptionId: string,
): { readonly pool: Role; readonly networkManager: Role } =>
  kind === 'custom'
    ? {
        pool: custom(customRoles.management, tenantId, subscriptionId),
        networkManager: custom(customRoles.connections, tenantId, subscriptionId),
      }
    : { pool: builtIn.ipamPoolUser, networkManager: builtIn.reader };

/** The role at a subscription or resource group of a managed tenant. */
export const managedRole = (
  kind: 'custom' | 'built-in',
  tenantId: string,
  subscriptionId: string,
): Role =>
  kind === 'custom'
    ? custom(customRoles.managed, tenantId, subscriptionId)
    : builtIn.networkContributor;
