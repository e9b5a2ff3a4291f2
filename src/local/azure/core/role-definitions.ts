import { ArmError, type ArmOperation } from '../contracts.ts';
import { findRole, type RoleDefinition, roleDefinitions } from '../gateway/roles.ts';

const path = '/{+scope}/providers/Microsoft.Authorization/roleDefinitions';
const action = 'Microsoft.Authorization/roleDefinitions/read';

/** The built-in roles, at any scope. */
export const roleDefinitionOperations: readonly ArmOperation[] = [
  {
    name: 'RoleDefinitions_List',
    method: 'GET',
    path,
    action,
    service: 'gateway',
    handle: ({ parameters, query }) => ({
      status: 200,
      body: {
        value: roleDefinitions
          .filter((role) => isAskedFor(role, query.get('$filter')))
          .map((role) => definitionBody(role, parameters['scope'] ?? '')),
      },
    }),
  },
  {
    name: 'RoleDefinitions_Get',
    method: 'GET',
    path: `${path}/{roleDefinition}`,
    action,
    service: 'gateway',
    handle: ({ parameters }) => {
      const role = findRole(parameters['roleDefinition'] ?? '');
      if (!role) {
        const message = `The specified role definition with ID '${parameters['roleDefinition']}' does not exist.`;
        throw new ArmError(404, 'RoleDefinitionDoesNotExist', message, 'gateway');
      }
      return { status: 200, body: definitionBody(role, parameters['scope'] ?? '') };
    },
  },
];

/** `/subscriptions/{sub}/providers/.../roleDefinitions/{guid}`, or without subscription at the root. */
export function roleDefinitionId(roleId: string, scope: string): string {
  const subscription = /^\/subscriptions\/[^/]+/i.exec(scope)?.[0] ?? '';
  return `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${roleId}`;
}

function isAskedFor(role: RoleDefinition, filter: string | null): boolean {
  const name = /roleName\s+eq\s+'((?:[^']|'')*)'/i.exec(filter ?? '')?.[1]?.replaceAll("''", "'");
  if (name !== undefined) return role.name.toLowerCase() === name.toLowerCase();
  const type = /type\s+eq\s+'([^']*)'/i.exec(filter ?? '')?.[1];
  return type === undefined || type.toLowerCase() === 'builtinrole';
}

function definitionBody(role: RoleDefinition, scope: string): unknown {
  return {
    properties: {
      roleName: role.name,
      type: 'BuiltInRole',
      description: role.description,
      assignableScopes: ['/'],
      permissions: [permissionOf(role)],
      createdOn: '2015-02-02T21:55:09.8806423Z',
      updatedOn: '2024-10-16T15:02:53.4461371Z',
      createdBy: null,
      updatedBy: null,
    },
    id: roleDefinitionId(role.roleId, scope),
    type: 'Microsoft.Authorization/roleDefinitions',
    name: role.roleId,
  };
}

/** What the permissions API and the definition say of a role. */
export function permissionOf({ actions, notActions }: RoleDefinition): unknown {
  return { actions, notActions, dataActions: [], notDataActions: [] };
}
