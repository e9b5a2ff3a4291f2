import { type ArmAnswer, type ArmContext, ArmError, type ArmOperation } from '../contracts.ts';
import type {
  CustomRoleDocument,
  RoleAssignmentDocument,
  SubscriptionDocument,
} from '../documents.ts';
import { isWithin, subscriptionIdOf } from '../gateway/resource-ids.ts';
import { findRole, type RoleDefinition, roleDefinitions } from '../gateway/roles.ts';

const listPath = '/{+scope}/providers/Microsoft.Authorization/roleDefinitions';
const path = `${listPath}/{roleDefinition}`;
const action = 'Microsoft.Authorization/roleDefinitions';

/** The built-in roles, at any scope, and the custom ones of the tenant. */
export const roleDefinitionOperations: readonly ArmOperation[] = [
  {
    name: 'RoleDefinitions_List',
    method: 'GET',
    path: listPath,
    action: `${action}/read`,
    service: 'gateway',
    handle: list,
  },
  {
    name: 'RoleDefinitions_Get',
    method: 'GET',
    path,
    action: `${action}/read`,
    service: 'gateway',
    handle: (context) => {
      const { azure, parameters, principal } = context;
      const role = findRole(azure.store, parameters['roleDefinition'] ?? '');
      const scope = parameters['scope'] ?? '';
      const shows = (custom: CustomRoleDocument) =>
        isOf(custom, principal.tenantId) &&
        (scope === '' || custom.assignableScopes.some((each) => isWithin(scope, each)));
      if (role && (!isCustom(role) || shows(role))) {
        return { status: 200, body: definitionBody(role, scope) };
      }
      const message = `The specified role definition with ID '${parameters['roleDefinition']}' does not exist.`;
      throw new ArmError(404, 'RoleDefinitionDoesNotExist', message, 'gateway');
    },
  },
  {
    name: 'RoleDefinitions_CreateOrUpdate',
    method: 'PUT',
    path,
    action: `${action}/write`,
    service: 'gateway',
    handle: createOrUpdate,
  },
  {
    name: 'RoleDefinitions_Delete',
    method: 'DELETE',
    path,
    action: `${action}/delete`,
    service: 'gateway',
    handle: remove,
  },
];

/** `/subscriptions/{sub}/providers/.../roleDefinitions/{guid}`, or without subscription at the root. */
export function roleDefinitionId(roleId: string, scope: string): string {
  const subscription = /^\/subscriptions\/[^/]+/i.exec(scope)?.[0] ?? '';
  return `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${roleId}`;
}

type AnyRole = RoleDefinition | CustomRoleDocument;

const isCustom = (role: AnyRole): role is CustomRoleDocument => 'assignableScopes' in role;

const isOf = ({ tenantId }: CustomRoleDocument, other: string): boolean =>
  tenantId.toLowerCase() === other.toLowerCase();

function customRolesOf({ azure, principal }: ArmContext): readonly CustomRoleDocument[] {
  return azure.store
    .list<CustomRoleDocument>('customRoles')
    .filter((role) => isOf(role, principal.tenantId));
}

/** A custom role shows at the scopes where it may be assigned. */
function list(context: ArmContext): ArmAnswer {
  const { parameters, query } = context;
  const scope = parameters['scope'] ?? '';
  const custom = customRolesOf(context).filter(({ assignableScopes }) =>
    assignableScopes.some((each) => isWithin(scope, each)),
  );
  return {
    status: 200,
    body: {
      value: [...roleDefinitions, ...custom]
        .filter((role) => isAskedFor(role, query.get('$filter')))
        .map((role) => definitionBody(role, scope)),
    },
  };
}

function isAskedFor(role: AnyRole, filter: string | null): boolean {
  const name = /roleName\s+eq\s+'((?:[^']|'')*)'/i.exec(filter ?? '')?.[1]?.replaceAll("''", "'");
  if (name !== undefined) return role.name.toLowerCase() === name.toLowerCase();
  const type = /type\s+eq\s+'([^']*)'/i.exec(filter ?? '')?.[1];
  return type === undefined || type.toLowerCase() === typeOf(role).toLowerCase();
}

const typeOf = (role: AnyRole) => (isCustom(role) ? 'CustomRole' : 'BuiltInRole');

function createOrUpdate(context: ArmContext): ArmAnswer {
  const { azure, principal, parameters } = context;
  const roleId = (parameters['roleDefinition'] ?? '').toLowerCase();
  const wanted = requestedRole(context);
  const existing = findRole(azure.store, roleId);
  if (existing && (!isCustom(existing) || !isOf(existing, principal.tenantId))) {
    const message = `The role definition '${roleId}' cannot be updated.`;
    throw new ArmError(403, 'RoleDefinitionUpdateNotPermitted', message, 'gateway');
  }
  const isTaken = [...roleDefinitions, ...customRolesOf(context)].some(
    (other) => other.roleId !== roleId && other.name.toLowerCase() === wanted.name.toLowerCase(),
  );
  if (isTaken) {
    const message = `A custom role with the same name already exists in this directory. Use a different name.`;
    throw new ArmError(409, 'RoleDefinitionWithSameNameExists', message, 'gateway');
  }
  // Whoever defines a role must be allowed to at every scope where it may be assigned.
  for (const scope of wanted.assignableScopes) context.demand(`${action}/write`, scope);
  const now = new Date(azure.clock.now()).toISOString();
  const role: CustomRoleDocument = {
    roleId,
    tenantId: principal.tenantId,
    ...wanted,
    createdOn: existing?.createdOn ?? now,
    updatedOn: now,
  };
  azure.store.put('customRoles', roleId, role);
  return { status: 201, body: definitionBody(role, parameters['scope'] ?? '') };
}

function requestedRole({
  azure,
  principal,
  body,
}: ArmContext): Pick<
  CustomRoleDocument,
  'name' | 'description' | 'actions' | 'notActions' | 'assignableScopes'
> {
  const { properties = {} } = (body ?? {}) as { properties?: Record<string, unknown> };
  const { roleName, description, permissions, assignableScopes } = properties;
  const scopes = textsOf(assignableScopes);
  const [permission] = Array.isArray(permissions) ? (permissions as Record<string, unknown>[]) : [];
  if (typeof roleName !== 'string' || permission === undefined || scopes.length === 0) {
    const message =
      'The role definition needs a roleName, permissions and at least one assignable scope.';
    throw new ArmError(400, 'InvalidRoleDefinition', message, 'gateway');
  }
  for (const scope of scopes) {
    const subscriptionId = subscriptionIdOf(scope) ?? '';
    const found = azure.store.get<SubscriptionDocument>('subscriptions', subscriptionId);
    if (found?.tenantId.toLowerCase() === principal.tenantId.toLowerCase()) continue;
    const message = `The scope '${scope}' in the assignable scopes does not exist in this directory.`;
    throw new ArmError(400, 'InvalidRoleDefinitionAssignableScopes', message, 'gateway');
  }
  return {
    name: roleName,
    description: typeof description === 'string' ? description : '',
    actions: textsOf(permission['actions']),
    notActions: textsOf(permission['notActions']),
    assignableScopes: scopes,
  };
}

const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.map(String) : [];

/** Refused while somebody has the role. */
function remove({ azure, principal, parameters }: ArmContext): ArmAnswer {
  const role = findRole(azure.store, parameters['roleDefinition'] ?? '');
  if (!role || !isCustom(role) || !isOf(role, principal.tenantId)) return { status: 204 };
  const isAssigned = azure.store
    .list<RoleAssignmentDocument>('roleAssignments')
    .some(({ roleId }) => roleId.toLowerCase() === role.roleId);
  if (isAssigned) {
    const message = `There are existing role assignments referencing role (code: RoleDefinitionHasAssignments)`;
    throw new ArmError(400, 'RoleDefinitionHasAssignments', message, 'gateway');
  }
  azure.store.delete('customRoles', role.roleId);
  return { status: 200, body: definitionBody(role, parameters['scope'] ?? '') };
}

function definitionBody(role: AnyRole, scope: string): unknown {
  const { createdOn, updatedOn, assignableScopes } = isCustom(role)
    ? role
    : {
        createdOn: '2015-02-02T21:55:09.8806423Z',
        updatedOn: '2024-10-16T15:02:53.4461371Z',
        assignableScopes: ['/'],
      };
  return {
    properties: {
      roleName: role.name,
      type: typeOf(role),
      description: role.description,
      assignableScopes,
      permissions: [permissionOf(role)],
      createdOn,
      updatedOn,
      createdBy: null,
      updatedBy: null,
    },
    id: roleDefinitionId(role.roleId, scope),
    type: 'Microsoft.Authorization/roleDefinitions',
    name: role.roleId,
  };
}

/** What the permissions API and the definition say of a role. */
export function permissionOf({ actions, notActions }: RoleDefinition): unknown {
  return { actions, notActions, dataActions: [], notDataActions: [] };
}
