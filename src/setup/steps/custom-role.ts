import type { TenantName } from '../administration.ts';
import type { SetupContext } from '../context.ts';
import {
  authorizationApiVersion,
  definitionMark,
  definitionPath,
  findDefinition,
  gapsOf,
  type RoleDefinition,
} from '../role-definitions.ts';
import type { Role } from '../roles.ts';
import { SetupError } from '../setup-error.ts';
import type { Step } from '../step.ts';
import { signInId } from './sign-in.ts';

export const customRoleId = ({ name, fullName = name }: Role): string => `custom role ${fullName}`;

const countOf = ({ definition }: Role): string => {
  const count = definition?.actions.length ?? 0;
  return `${count} ${count === 1 ? 'action' : 'actions'}`;
};

/** The definition of a custom role, assignable in the subscription. */
export function customRoleStep(
  context: SetupContext,
  tenant: TenantName,
  role: Role,
  subscriptionId: string,
): Step {
  const { administration } = context;
  const mark = definitionMark(context);
  const isOurs = ({ properties }: RoleDefinition): boolean =>
    properties.description?.includes(mark) === true;
  const find = () => findDefinition(context, tenant, role, subscriptionId);
  const write = async (existing: RoleDefinition | undefined) => {
    const { description, actions, notActions } = role.definition ?? {};
    const scopes = existing?.properties.assignableScopes ?? [];
    const missing = existing
      ? gapsOf(existing, role, subscriptionId).scopes
      : [`/subscriptions/${subscriptionId}`];
    await administration.arm(tenant, {
      method: 'PUT',
      path: definitionPath(subscriptionId, existing?.name ?? role.roleId),
      apiVersion: authorizationApiVersion,
      body: {
        properties: {
          roleName: existing?.properties.roleName ?? role.fullName,
          description: `${description} ${mark}`,
          type: 'CustomRole',
          permissions: [{ actions, notActions, dataActions: [], notDataActions: [] }],
          assignableScopes: [...scopes, ...missing],
        },
      },
      doing: `Writing the role '${role.name}'`,
    });
  };
  return {
    id: customRoleId(role),
    tenant,
    needs: [signInId(tenant)],
    rights: [
      {
        action: 'Microsoft.Authorization/roleDefinitions/write',
        scopes: [`/subscriptions/${subscriptionId}`],
      },
    ],
    async look() {
      const found = await find();
      if (!found) return { status: 'missing', detail: countOf(role) };
      const { actions, excess, scopes } = gapsOf(found, role, subscriptionId);
      if (!isOurs(found) && (actions.length > 0 || scopes.length > 0)) {
        throw otherRole(role, actions, scopes);
      }
      const gaps = [
        ...actions.map((action) => `+ ${action}`),
        ...excess.map((action) => `- ${action}`),
        ...scopes.map((scope) => `+ ${scope}`),
      ];
      return isOurs(found) && gaps.length > 0
        ? { status: 'differs', detail: gaps.join(', ') }
        : { status: 'present', detail: countOf(role) };
    },
    make: async () => await write(await find()),
    async find() {
      const found = await find();
      return found && { isOurs: isOurs(found), detail: countOf(role) };
    },
    async remove() {
      const found = await find();
      if (!found) return;
      const answer = await administration.arm(tenant, {
        method: 'DELETE',
        path: definitionPath(subscriptionId, found.name),
        apiVersion: authorizationApiVersion,
        accept: [400, 404, 409],
        doing: `Deleting the role '${role.name}'`,
      });
      if (answer.status === 400 || answer.status === 409) {
        throw new SetupError('Conflict', `The role '${role.name}' is in use.`, {
          why: 'Somebody has it still: another subscription or application.',
          remedy: 'Nothing has to be done; it goes when the last set-up that uses it is undone.',
        });
      }
    },
  };
}

const otherRole = (
  { name }: Role,
  actions: readonly string[],
  scopes: readonly string[],
): SetupError =>
  new SetupError('Conflict', `There is a role '${name}' that the set-up did not make.`, {
    why: [
      actions.length > 0 ? `It lacks ${actions.join(', ')}.` : '',
      scopes.length > 0 ? `It cannot be assigned on ${scopes.join(', ')}.` : '',
    ]
      .join(' ')
      .trim(),
    remedy:
      'Add what is missing, delete it so that the set-up can make it, or use --roles built-in.',
  });
