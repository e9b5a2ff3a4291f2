import type { TenantName } from '../administration.ts';
import { retryWhile, type SetupContext, saysCode } from '../context.ts';
import { findServicePrincipal } from '../directory.ts';
import { guidOf, markerText } from '../marker.ts';
import { type Assignment, assignmentsAt } from '../role-assignments.ts';
import { authorizationApiVersion, definitionPath, findDefinition } from '../role-definitions.ts';
import type { Role } from '../roles.ts';
import { scopesAbove } from '../scopes.ts';
import type { Step } from '../step.ts';
import { customRoleId } from './custom-role.ts';
import { servicePrincipalId } from './service-principal.ts';

export interface RoleTarget {
  readonly tenant: TenantName;
  readonly role: Role;
  /** ARM id. */
  readonly scope: string;
  /** For people: `pool corp`. */
  readonly subject: string;
  /** Where a custom role is defined. */
  readonly subscriptionIds: readonly string[];
  /** What has to be there before a role can be given at it. */
  readonly needs: readonly string[];
}

export const roleAssignmentId = ({ subject }: Pick<RoleTarget, 'subject'>): string =>
  `role at ${subject}`;

const lower = (text: string) => text.toLowerCase();
const isAtOrAbove = (outer: string, scope: string): boolean =>
  lower(`${scope}/`).startsWith(lower(`${outer.replace(/\/$/, '')}/`));

/** A role of the application at a scope; one that it has there or above already will do, whoever gave it. */
export function roleAssignmentStep(context: SetupContext, target: RoleTarget): Step {
  const { administration, application } = context;
  const { tenant, role, scope, subject, subscriptionIds } = target;
  /** A custom role that others made may have another GUID. */
  const roleIdNow = async () =>
    role.definition === undefined
      ? role.roleId
      : ((await findDefinition(context, tenant, role, subscriptionIds))?.name ?? role.roleId);
  const find = async (): Promise<Assignment | undefined> => {
    const principal = await findServicePrincipal(context, tenant);
    if (!principal) return undefined;
    const roleId = lower(await roleIdNow());
    const found = (await assignmentsAt(context, tenant, principal.id, scope)).filter(
      (one) => one.roleId === roleId && isAtOrAbove(one.scope, scope),
    );
    return found.find((one) => lower(one.scope) === lower(scope)) ?? found[0];
  };
  return {
    id: roleAssignmentId(target),
    tenant,
    needs: [
      servicePrincipalId(tenant),
      ...(role.definition === undefined ? [] : [customRoleId(role, tenant)]),
      ...target.needs,
    ],
    rights: [
      {
        action: 'Microsoft.Authorization/roleAssignments/write',
        scopes: [scope, ...scopesAbove(scope)],
      },
    ],
    async look() {
      const found = await find();
      if (!found) return { status: 'missing', detail: `'${role.name}'` };
      const where = lower(found.scope) === lower(scope) ? '' : ` (inherited from ${found.scope})`;
      return { status: 'present', detail: `'${role.name}'${where}` };
    },
    // The directory may not have told Resource Manager of a service principal that was just made.
    make: () =>
      retryWhile(
        context.waiting,
        saysCode('PrincipalNotFound', 'RoleDefinitionDoesNotExist'),
        async () => {
          const principal = await findServicePrincipal(context, tenant);
          const roleId = await roleIdNow();
          const name = guidOf('assignment', scope, roleId, principal?.id ?? '');
          await administration.arm(tenant, {
            method: 'PUT',
            path: `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`,
            apiVersion: authorizationApiVersion,
            body: {
              properties: {
                roleDefinitionId: definitionPath(scope.split('/')[2] ?? '', roleId),
                principalId: principal?.id,
                principalType: 'ServicePrincipal',
                description: markerText(application.clientId),
              },
            },
            // RoleAssignmentExists: somebody was faster.
            accept: [409],
            doing: `Giving '${role.name}' at ${subject}`,
          });
        },
      ),
    async find() {
      const found = await find();
      const isHere = found !== undefined && lower(found.scope) === lower(scope);
      return found && { isOurs: isHere && found.isOurs, detail: `'${role.name}'` };
    },
    async remove() {
      const found = await find();
      if (!found?.isOurs || lower(found.scope) !== lower(scope)) return;
      await administration.arm(tenant, {
        method: 'DELETE',
        path: found.id,
        apiVersion: authorizationApiVersion,
        accept: [404],
        doing: `Taking '${role.name}' at ${subject} away`,
      });
    },
  };
}
