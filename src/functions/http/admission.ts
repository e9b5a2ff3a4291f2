import type { AppRole } from '../../model/api/callers.ts';
import { vendingError } from '../../model/errors.ts';
import type { Landscape } from '../../model/landscape.ts';
import { failure, type Outcome, success } from '../../model/outcome.ts';
import { groupsOf, isSamePerson } from '../../model/people.ts';
import type { Caller } from './principal.ts';

/**
 * What a signed-in caller may be here. An application of several tenants signs in people of every tenant
 * that has its service principal, and there the administrators of that tenant give out its app roles. So
 * only tenants that are allowed are let in, and of the roles that another one than the management tenant gives,
 * those beyond asking for VNets count only for people whom the landscape names.
 */
export function admit(
  caller: Caller,
  allowedTenants: readonly string[],
  landscape: Landscape,
): Outcome<Caller> {
  const { tenantId } = caller;
  if (!allowedTenants.includes(tenantId)) {
    return failure(
      vendingError('TenantNotAllowed', `${caller.name} is of tenant ${tenantId}.`, {
        details: { tenantId },
      }),
    );
  }
  if (tenantId === landscape.managementTenant.tenantId) return success(caller);
  return success({
    ...caller,
    roles: caller.roles.filter((role) => isVouchedFor(role, caller, landscape)),
  });
}

/** Whether the landscape stands behind a role that another tenant has given. */
function isVouchedFor(role: AppRole, caller: Caller, landscape: Landscape): boolean {
  switch (role) {
    case 'Vnet.Request':
      return true;
    case 'Vnet.Approve':
      return groupsOf({ ...caller, roles: [] }, landscape).length > 0;
    case 'Vnet.Operate':
      return landscape.operators.some((operator) => isSamePerson(operator, caller));
    case 'Vnet.Read':
      return false;
  }
}
