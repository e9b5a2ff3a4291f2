import type { DocumentStore } from '../document-store.ts';
import type { CustomRoleDocument } from '../documents.ts';
import type { BuiltInRoleName } from '../seed.ts';

export interface RoleDefinition {
  /** GUID; of a built-in role the same in every tenant. */
  readonly roleId: string;
  readonly name: string;
  readonly description: string;
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
}

interface BuiltInRole extends RoleDefinition {
  readonly name: BuiltInRoleName;
}

/** Built-in roles of Azure, as far as anything here uses them (azure-ipam 9). */
export const roleDefinitions: readonly BuiltInRole[] = [
  {
    roleId: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
    name: 'Owner',
    description: 'Manages all resources and who may access them.',
    actions: ['*'],
    notActions: [],
  },
  {
    roleId: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
    name: 'Contributor',
    description: 'Manages all resources, but not who may access them.',
    actions: ['*'],
    notActions: [
      'Microsoft.Authorization/*/Delete',
      'Microsoft.Authorization/*/Write',
      'Microsoft.Authorization/elevateAccess/Action',
    ],
  },
  {
    roleId: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
    name: 'Reader',
    description: 'Sees all resources and changes none.',
    actions: ['*/read'],
    notActions: [],
  },
  {
    roleId: '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9',
    name: 'User Access Administrator',
    description: 'Manages who may access resources.',
    actions: ['*/read', 'Microsoft.Authorization/*', 'Microsoft.Support/*'],
    notActions: [],
  },
  {
    roleId: '4d97b98b-1d4f-4787-a291-c67834d212e7',
    name: 'Network Contributor',
    description: 'Manages networks, but not who may access them.',
    actions: [
      'Microsoft.Authorization/*/read',
      'Microsoft.Insights/alertRules/*',
      'Microsoft.Network/*',
      'Microsoft.ResourceHealth/availabilityStatuses/read',
      'Microsoft.Resources/deployments/*',
      'Microsoft.Resources/subscriptions/resourceGroups/read',
      'Microsoft.Support/*',
    ],
    notActions: [],
  },
  {
    roleId: '7b3e853f-ad5d-4fb5-a7b8-56a3581c7037',
    name: 'IPAM Pool User',
    description: 'Reads IPAM pools and associates resources with them.',
    actions: [
      'Microsoft.Network/networkManagers/ipamPools/*/read',
      'Microsoft.Network/networkManagers/ipamPools/*/action',
      'Microsoft.Network/networkManagers/ipamPools/*/write',
    ],
    notActions: [],
  },
];

/** A built-in role, or a custom one of any tenant: their GUIDs do not collide. */
export function findRole(
  store: DocumentStore,
  roleId: string,
): RoleDefinition | CustomRoleDocument | undefined {
  return (
    roleDefinitions.find((role) => role.roleId === roleId.toLowerCase()) ??
    store.get<CustomRoleDocument>('customRoles', roleId)
  );
}

export function roleNamed(name: BuiltInRoleName): RoleDefinition {
  const role = roleDefinitions.find((candidate) => candidate.name === name);
  if (!role) throw new Error(`There is no built-in role '${name}'.`);
  return role;
}
