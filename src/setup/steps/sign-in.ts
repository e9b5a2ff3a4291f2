import type { TenantName } from '../administration.ts';
import type { SetupContext } from '../context.ts';
import type { Step } from '../step.ts';

export const signInId = ({ tenantId }: TenantName): string => `sign-in ${tenantId}`;

/** Without a person who is signed in to the tenant nothing can be done there. */
export const signInStep = ({ administration }: SetupContext, tenant: TenantName): Step => ({
  id: signInId(tenant),
  tenant,
  needs: [],
  async look() {
    const person = await administration.signIn(tenant);
    return { status: 'present', detail: `${person}, tenant ${tenant.tenantId}` };
  },
  make: async () => {},
});
