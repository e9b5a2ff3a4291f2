import type { ArmOperation } from '../contracts.ts';
import { rolesAt } from '../gateway/access.ts';
import { permissionOf } from './role-definitions.ts';

/** What the caller itself may do at a scope: a resource group or any resource (azure-ipam 9). */
export const permissionOperations: readonly ArmOperation[] = [
  {
    name: 'Permissions_List',
    method: 'GET',
    path: '/{+scope}/providers/Microsoft.Authorization/permissions',
    action: undefined,
    service: 'gateway',
    handle: ({ azure, principal, parameters, demand }) => {
      const scope = parameters['scope'] ?? '';
      if (azure.switches.permissionsNeedAuthorizationRead) {
        demand('Microsoft.Authorization/permissions/read', scope);
      }
      const value = rolesAt(azure, principal.objectId, scope).map(permissionOf);
      return { status: 200, body: { value, nextLink: null } };
    },
  },
];
