import type { AzureServices } from '../contracts.ts';
import type { RoleAssignmentDocument } from '../documents.ts';
import { isWithin } from './resource-ids.ts';
import { findRole, type RoleDefinition } from './roles.ts';

/** The roles that a principal holds at a scope, itself or inherited; each role once. */
export function rolesAt(
  services: AzureServices,
  principalId: string,
  scope: string,
): readonly RoleDefinition[] {
  const roleIds = services.store
    .list<RoleAssignmentDocument>('roleAssignments')
    .filter(
      (assignment) =>
        assignment.principalId.toLowerCase() === principalId.toLowerCase() &&
        (assignment.effectiveAt ?? 0) <= services.clock.now() &&
        isWithin(scope, assignment.scope),
    )
    .map((assignment) => assignment.roleId);
  return [...new Set(roleIds)].flatMap((roleId) => findRole(services.store, roleId) ?? []);
}

/** Whether some role at the scope has a matching action and no matching notAction (azure-ipam 9). */
export function isAllowed(
  services: AzureServices,
  principalId: string,
  action: string,
  scope: string,
): boolean {
  return rolesAt(services, principalId, scope).some(
    (role) =>
      role.actions.some((pattern) => covers(services, pattern, action)) &&
      !role.notActions.some((pattern) => covers(services, pattern, action)),
  );
}

function covers(services: AzureServices, pattern: string, action: string): boolean {
  if (matchesAction(pattern, action)) return true;
  return (
    services.switches.poolUserMayReadPool &&
    pattern === 'Microsoft.Network/networkManagers/ipamPools/*/read' &&
    action.toLowerCase() === 'microsoft.network/networkmanagers/ipampools/read'
  );
}

/** `*` stands for any text, slashes too; case does not matter. */
export function matchesAction(pattern: string, action: string): boolean {
  const source = pattern.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${source}$`, 'i').test(action);
}
