import type { TenantName } from '../administration.ts';
import { retryWhile, type SetupContext, saysCode } from '../context.ts';
import { findServicePrincipal, rememberServicePrincipal } from '../directory.ts';
import { isMarked, markerText } from '../marker.ts';
import { assignmentsOf, isNamed, withVisible } from '../role-assignments.ts';
import type { Step } from '../step.ts';
import { multiTenantId } from './application.ts';
import { signInId } from './sign-in.ts';

export const servicePrincipalId = ({ tenantId }: TenantName): string =>
  `service principal ${tenantId}`;

/** The stub that stands for the application in a tenant; roles are given to it. */
export function servicePrincipalStep(
  context: SetupContext,
  tenant: TenantName,
  /** Subscriptions where roles that others gave to it are looked for, before it is taken away. */
  subscriptionIds: readonly string[],
): Step {
  const { administration, application } = context;
  return {
    id: servicePrincipalId(tenant),
    tenant,
    needs: [signInId(tenant), multiTenantId],
    async look() {
      const found = await findServicePrincipal(context, tenant);
      return found
        ? { status: 'present', detail: found.id }
        : { status: 'missing', detail: 'by the client id of the application' };
    },
    make: () =>
      // The directory of this tenant may hear later of an application that was just made or opened.
      retryWhile(context.waiting, saysCode('NoBackingApplicationObject'), async () => {
        const { body } = await administration.graph(tenant, {
          method: 'POST',
          path: '/servicePrincipals',
          body: { appId: application.clientId, notes: markerText(context) },
          accept: [409],
          doing: 'Creating the service principal of the application',
        });
        rememberServicePrincipal(context, tenant, body);
      }),
    async find() {
      const found = await findServicePrincipal(context, tenant);
      if (!found) return undefined;
      const assigned = await assignmentsOf(
        context,
        tenant,
        found.id,
        await withVisible(context, tenant, subscriptionIds),
      );
      // Those of this landscape's own steps are gone by then.
      const first = assigned.find(
        ({ isOurs, scope }) => !isOurs || !isNamed(context.landscape, scope),
      );
      return {
        isOurs: isMarked(context, found.notes),
        detail: found.id,
        inUse:
          first && `somebody else, or another landscape, has given it a role on ${first.scope}`,
      };
    },
    async remove() {
      const found = await findServicePrincipal(context, tenant);
      if (!found) return;
      await administration.graph(tenant, {
        method: 'DELETE',
        path: `/servicePrincipals/${found.id}`,
        accept: [404],
        doing: 'Deleting the service principal of the application',
      });
    },
  };
}
