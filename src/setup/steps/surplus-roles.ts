import type { TenantName } from '../administration.ts';
import type { SetupContext } from '../context.ts';
import { findServicePrincipal } from '../directory.ts';
import { type Assignment, assignmentsOf, isNamed } from '../role-assignments.ts';
import { authorizationApiVersion } from '../role-definitions.ts';
import type { Step } from '../step.ts';
import { type RoleTarget, roleIdOf } from './role-assignment.ts';
import { servicePrincipalId } from './service-principal.ts';

/**
 * Roles in a tenant that a set-up of this landscape gave and that it does not ask for any more: other options,
 * fewer scopes. They go once what is asked for is in place.
 */
export function surplusRolesStep(
  context: SetupContext,
  tenant: TenantName,
  targets: readonly RoleTarget[],
  subscriptionIds: readonly string[],
  needs: readonly string[],
): Step {
  const surplus = async (): Promise<readonly Assignment[]> => {
    const principal = await findServicePrincipal(context, tenant);
    if (!principal) return [];
    const given = await assignmentsOf(
      context,
      tenant,
      principal.id,
      subscriptionIds.map((subscriptionId) => ({ subscriptionId, isOther: false })),
    );
    const ours = given.filter(({ isOurs, scope }) => isOurs && isNamed(context.landscape, scope));
    if (ours.length === 0) return [];
    const wanted = new Set<string>();
    for (const target of targets) {
      wanted.add(`${await roleIdOf(context, target)} ${target.scope.toLowerCase()}`);
    }
    return ours.filter(({ roleId, scope }) => !wanted.has(`${roleId} ${scope.toLowerCase()}`));
  };
  const remove = async () => {
    for (const { id, scope } of await surplus()) {
      await context.administration.arm(tenant, {
        method: 'DELETE',
        path: id,
        apiVersion: authorizationApiVersion,
        accept: [404],
        doing: `Taking away a role on ${scope} that is not asked for`,
      });
    }
  };
  const namesOf = (some: readonly Assignment[]) =>
    `more than asked for: - ${some.map(({ scope, roleId }) => `role ${roleId} on ${scope}`).join(', - ')}`;
  return {
    id: `roles not asked for ${tenant.tenantId}`,
    tenant,
    silent: true,
    needs: [servicePrincipalId(tenant), ...needs],
    async look() {
      const found = await surplus();
      return found.length === 0
        ? { status: 'present', detail: 'none' }
        : { status: 'differs', detail: namesOf(found) };
    },
    make: remove,
    async find() {
      const found = await surplus();
      return found.length === 0 ? undefined : { isOurs: true, detail: namesOf(found) };
    },
    remove,
  };
}
