import type { TenantName } from '../administration.ts';
import { retryWhile, type SetupContext, saysCode } from '../context.ts';
import { findServicePrincipal } from '../directory.ts';
import { guidOf, markerText } from '../marker.ts';
import { type Assignment, assignmentsAt } from '../role-assignments.ts';
import { authorizationApiVersion, definitionPath, findDefinition } from '../role-definitions.ts';
import type { Role } from '../roles.ts';
import { scopesAbove } from '../scopes.ts';
import { SetupError } from '../setup-error.ts';
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
  /** Where a custom role is defined: that of the scope. */
  readonly subscriptionId: string;
  /** What has to be there before a role can be given at it. */
  readonly needs: readonly string[];
}

export const roleAssignmentId = ({ subject }: Pick<RoleTarget, 'subject'>): string =>
  `role at ${subject}`;

const lower = (text: string) => text.toLowerCase();
const isAtOrAbove = (outer: string, scope: string): boolean =>
  lower(`${scope}/`).startsWith(lower(`${outer.replace(/\/$/, '')}/`));

/** A custom role that others made may have another GUID than ours would. */
export async function roleIdOf(context: SetupContext, target: RoleTarget): Promise<string> {
  const { tenant, role, subscriptionId } = target;
  if (role.definition === undefined) return role.roleId;
  const found = await findDefinition(context, tenant, role, subscriptionId);
  return lower(found?.name ?? role.roleId);
}

/** The role at the scope, or else above it. */
async function findAssignment(
  context: SetupContext,
  target: RoleTarget,
): Promise<(Assignment & { readonly isHere: boolean }) | undefined> {
  const { tenant, scope } = target;
  const principal = await findServicePrincipal(context, tenant);
  if (!principal) return undefined;
  const roleId = await roleIdOf(context, target);
  const found = (await assignmentsAt(context, tenant, principal.id, scope))
    .filter((one) => one.roleId === roleId && isAtOrAbove(one.scope, scope))
    .map((one) => ({ ...one, isHere: lower(one.scope) === lower(scope) }))
    // One above that a set-up of this landscape gave goes when it is more than is asked for.
    .filter(({ isHere, isOurs }) => isHere || !isOurs);
  return found.find(({ isHere }) => isHere) ?? found[0];
}

async function giveRole(context: SetupContext, target: RoleTarget): Promise<void> {
  const { administration } = context;
  const { tenant, role, scope, subject } = target;
  const principal = await findServicePrincipal(context, tenant);
  if (!principal) {
    throw new SetupError('NotYet', 'The directory does not show the service principal yet.', {
      remedy: 'Run the set-up again in a while; it goes on where it stopped.',
    });
  }
  const roleId = await roleIdOf(context, target);
  const name = guidOf('assignment', scope, roleId, principal.id);
  await administration.arm(tenant, {
    method: 'PUT',
    path: `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`,
    apiVersion: authorizationApiVersion,
    body: {
      properties: {
        roleDefinitionId: definitionPath(scope.split('/')[2] ?? '', roleId),
        principalId: principal.id,
        principalType: 'ServicePrincipal',
        description: markerText(context),
      },
    },
    // RoleAssignmentExists: somebody was faster.
    accept: [409],
    doing: `Giving '${role.name}' at the ${subject}`,
  });
}

/** A role of the application at a scope; one that it has there or above already will do, whoever gave it. */
export function roleAssignmentStep(context: SetupContext, target: RoleTarget): Step {
  const { tenant, role, scope, subject } = target;
  return {
    id: roleAssignmentId(target),
    tenant,
    needs: [
      servicePrincipalId(tenant),
      ...(role.definition === undefined ? [] : [customRoleId(role)]),
      ...target.needs,
    ],
    rights: [
      {
        action: 'Microsoft.Authorization/roleAssignments/write',
        scopes: [scope, ...scopesAbove(scope)],
      },
    ],
    async look() {
      const found = await findAssignment(context, target);
      if (!found) return { status: 'missing', detail: `'${role.name}'` };
      const where = found.isHere ? '' : ` (inherited from ${found.scope})`;
      return { status: 'present', detail: `'${role.name}'${where}` };
    },
    make: () =>
      // The directory may not have told Resource Manager of what was just made.
      retryWhile(context.waiting, saysCode('PrincipalNotFound', 'RoleDefinitionDoesNotExist'), () =>
        giveRole(context, target),
      ),
    async find() {
      const found = await findAssignment(context, target);
      return found && { isOurs: found.isHere && found.isOurs, detail: `'${role.name}'` };
    },
    async remove() {
      const found = await findAssignment(context, target);
      if (!found?.isHere || !found.isOurs) return;
      await context.administration.arm(tenant, {
        method: 'DELETE',
        path: found.id,
        apiVersion: authorizationApiVersion,
        accept: [404],
        doing: `Taking '${role.name}' at the ${subject} away`,
      });
    },
  };
}
