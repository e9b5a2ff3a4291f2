import { type ArmAnswer, type ArmContext, ArmError, type ArmOperation } from '../contracts.ts';
import type { RoleAssignmentDocument, SubscriptionDocument } from '../documents.ts';
import { findServicePrincipalByObjectId } from '../entra/directory.ts';
import { isWithin, subscriptionIdOf } from '../gateway/resource-ids.ts';
import { findRole } from '../gateway/roles.ts';
import { scaled } from '../network/operation-timing.ts';
import { roleDefinitionId } from './role-definitions.ts';

const listPath = '/{+scope}/providers/Microsoft.Authorization/roleAssignments';
const path = `${listPath}/{roleAssignment}`;
const action = 'Microsoft.Authorization/roleAssignments';

/** Role assignments, at any scope (azure-ipam 9). */
export const roleAssignmentOperations: readonly ArmOperation[] = [
  {
    name: 'RoleAssignments_Create',
    method: 'PUT',
    path,
    action: `${action}/write`,
    service: 'gateway',
    handle: create,
  },
  {
    name: 'RoleAssignments_Get',
    method: 'GET',
    path,
    action: `${action}/read`,
    service: 'gateway',
    handle: (context) => {
      const assignment = find(context);
      if (assignment) return { status: 200, body: assignmentBody(assignment) };
      const message = `The role assignment '${context.parameters['roleAssignment']}' is not found.`;
      throw new ArmError(404, 'RoleAssignmentNotFound', message, 'gateway');
    },
  },
  {
    name: 'RoleAssignments_Delete',
    method: 'DELETE',
    path,
    action: `${action}/delete`,
    service: 'gateway',
    handle: (context) => {
      const assignment = find(context);
      if (!assignment) return { status: 204 };
      context.azure.store.delete('roleAssignments', assignment.id);
      return { status: 200, body: assignmentBody(assignment) };
    },
  },
  {
    name: 'RoleAssignments_List',
    method: 'GET',
    path: listPath,
    action: `${action}/read`,
    service: 'gateway',
    handle: list,
  },
];

export function roleAssignmentId(scope: string, name: string): string {
  return `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`;
}

function find({ azure, parameters }: ArmContext): RoleAssignmentDocument | undefined {
  const { scope = '', roleAssignment = '' } = parameters;
  return azure.store.get('roleAssignments', roleAssignmentId(scope, roleAssignment));
}

function create(context: ArmContext): ArmAnswer {
  const { azure, principal, parameters } = context;
  const { scope = '', roleAssignment: name = '' } = parameters;
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(name)) {
    const message = `The role assignment ID '${name}' is not valid. The role assignment ID must be a GUID.`;
    throw new ArmError(400, 'InvalidRoleAssignmentId', message, 'gateway');
  }
  const wanted = requestedAssignment(context, scope);
  const existing = find(context);
  const isSame = ({ roleId, principalId }: RoleAssignmentDocument) =>
    roleId === wanted.roleId && principalId.toLowerCase() === wanted.principalId.toLowerCase();
  if (existing && !isSame(existing)) {
    const message =
      'Tenant ID, application ID, principal ID, and scope are not allowed to be updated.';
    throw new ArmError(409, 'RoleAssignmentUpdateNotPermitted', message, 'gateway');
  }
  if (existing) return { status: 200, body: assignmentBody(existing) };
  const duplicate = azure.store
    .list<RoleAssignmentDocument>('roleAssignments')
    .find((other) => other.scope.toLowerCase() === scope.toLowerCase() && isSame(other));
  if (duplicate) {
    const message = `The role assignment already exists. The ID of the conflicting role assignment is ${duplicate.name.replaceAll('-', '')}.`;
    throw new ArmError(409, 'RoleAssignmentExists', message, 'gateway');
  }
  const assignment: RoleAssignmentDocument = {
    id: roleAssignmentId(scope, name),
    name,
    scope,
    ...wanted,
    createdOn: new Date(azure.clock.now()).toISOString(),
    createdBy: principal.objectId,
    effectiveAt: azure.clock.now() + scaled(azure, azure.switches.rolePropagationMs),
  };
  azure.store.put('roleAssignments', assignment.id, assignment);
  return { status: 201, body: assignmentBody(assignment) };
}

function requestedAssignment(
  { azure, body }: ArmContext,
  scope: string,
): Pick<RoleAssignmentDocument, 'roleId' | 'principalId' | 'principalType' | 'description'> {
  // Old api-versions have the members at the top, all clients send them below `properties`.
  const properties = (body as { properties?: Record<string, unknown> } | undefined)?.properties;
  const {
    roleDefinitionId: definition,
    principalId,
    principalType,
    description,
  } = (properties ?? body ?? {}) as Record<string, unknown> & Partial<Record<string, unknown>>;
  if (typeof definition !== 'string' || typeof principalId !== 'string') {
    const message =
      'The request to create role assignment is not valid. The properties roleDefinitionId and principalId are required.';
    throw new ArmError(400, 'InvalidCreateRoleAssignmentRequest', message, 'gateway');
  }
  const role = findRole(azure.store, definition.slice(definition.lastIndexOf('/') + 1));
  const isAssignable =
    role !== undefined &&
    (!('assignableScopes' in role) || role.assignableScopes.some((each) => isWithin(scope, each)));
  if (!isAssignable) {
    const message = `The specified role definition with ID '${definition.slice(definition.lastIndexOf('/') + 1)}' does not exist.`;
    throw new ArmError(400, 'RoleDefinitionDoesNotExist', message, 'gateway');
  }
  const tenantId = azure.store.get<SubscriptionDocument>(
    'subscriptions',
    subscriptionIdOf(scope) ?? '',
  )?.tenantId;
  if (!tenantId || !findServicePrincipalByObjectId(azure.store, tenantId, principalId)) {
    const message = `Principal ${principalId.replaceAll('-', '')} does not exist in the directory ${tenantId}. Check that you have the correct principal ID. If you are creating this principal and then immediately assigning a role, this error might be related to a replication delay. In this case, set the role assignment principalType property to a value, such as ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype`;
    throw new ArmError(400, 'PrincipalNotFound', message, 'gateway');
  }
  return {
    roleId: role.roleId,
    principalId,
    principalType: typeof principalType === 'string' ? principalType : 'ServicePrincipal',
    description: typeof description === 'string' ? description : null,
  };
}

/** At the scope, above and below it; `atScope()` leaves out what is below. */
function list({ azure, parameters, query }: ArmContext): ArmAnswer {
  const { scope = '' } = parameters;
  const filter = query.get('$filter') ?? '';
  const principalId =
    /principalId\s+eq\s+'([^']*)'/i.exec(filter)?.[1] ??
    /assignedTo\('([^']*)'\)/i.exec(filter)?.[1];
  const atScope = /atScope\(\)/i.test(filter);
  if (filter.trim() !== '' && principalId === undefined && !atScope) {
    const message = `The filter '${filter}' is not supported. Supported filters are either 'atScope()' or 'principalId eq '{value}' or assignedTo('{value}')'.`;
    throw new ArmError(400, 'UnsupportedQuery', message, 'gateway');
  }
  const value = azure.store
    .list<RoleAssignmentDocument>('roleAssignments')
    .filter(
      (assignment) =>
        (isWithin(scope, assignment.scope) || (!atScope && isWithin(assignment.scope, scope))) &&
        (principalId === undefined ||
          assignment.principalId.toLowerCase() === principalId.toLowerCase()),
    )
    .map(assignmentBody);
  return { status: 200, body: { value } };
}

function assignmentBody(assignment: RoleAssignmentDocument): unknown {
  const { id, name, scope, roleId, principalId, principalType, description } = assignment;
  return {
    properties: {
      roleDefinitionId: roleDefinitionId(roleId, scope),
      principalId,
      principalType,
      scope,
      condition: null,
      conditionVersion: null,
      createdOn: assignment.createdOn,
      updatedOn: assignment.createdOn,
      createdBy: assignment.createdBy,
      updatedBy: assignment.createdBy,
      delegatedManagedIdentityResourceId: null,
      description,
    },
    id,
    type: 'Microsoft.Authorization/roleAssignments',
    name,
  };
}
