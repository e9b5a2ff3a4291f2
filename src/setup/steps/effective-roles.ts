import { allows } from '../../azure/permissions.ts';
import { type SetupContext, waitUntil } from '../context.ts';
import { SetupError } from '../setup-error.ts';
import type { Step } from '../step.ts';
import { type RoleTarget, roleAssignmentId } from './role-assignment.ts';

/** An action that tells whether a built-in role counts already. */
const telling: Readonly<Record<string, string>> = {
  'IPAM Pool User': 'Microsoft.Network/networkManagers/ipamPools/associateResourcesToPool/action',
  'Network Contributor': 'Microsoft.Network/virtualNetworks/write',
  Reader: 'Microsoft.Network/networkManagers/scopeConnections/read',
};

const notLookedAt = 'needs a credential of the application here; may take 10 minutes';

/**
 * Waits until the roles count for the application; asked as the application, because nobody else can see it.
 * Without its credential at hand this says only that it was not looked at.
 */
export function effectiveRolesStep(
  context: SetupContext,
  id: string,
  targets: readonly RoleTarget[],
): readonly Step[] {
  const [first] = targets;
  if (first === undefined) return [];
  const { permissionsOfApplication, waiting } = context;
  const { tenant } = first;
  /** Where they do not count yet; undefined: nowhere. */
  const pending = async (): Promise<string | undefined | 'unknown'> => {
    for (const { role, scope, subject } of targets) {
      const held = await permissionsOfApplication(tenant.tenantId, scope);
      if (held === undefined) return 'unknown';
      const wanted = role.definition?.actions ?? [telling[role.name] ?? ''];
      if (!wanted.every((action) => allows(held, action))) return subject;
    }
    return undefined;
  };
  return [
    {
      id,
      tenant,
      needs: targets.map(roleAssignmentId),
      async look() {
        const subject = await pending();
        if (subject === 'unknown') return { status: 'unknown', detail: notLookedAt };
        return subject === undefined
          ? { status: 'present', detail: 'they count for the application' }
          : { status: 'missing', detail: `wait until they count at the ${subject}` };
      },
      make: () =>
        waitUntil(
          waiting,
          waiting.propagationSeconds,
          async () => [undefined, 'unknown'].includes(await pending()),
          () =>
            new SetupError('NotYet', `The roles in the ${tenant.name} do not count yet.`, {
              why: 'Azure takes up to 10 minutes for a new role assignment, and was given that.',
              remedy: 'Run the set-up again in a while; vnetv doctor tells, too.',
            }),
        ),
    },
  ];
}
