import { type ArmAnswer, type ArmContext, ArmError, type ArmOperation } from '../contracts.ts';
import type { ResourceGroupDocument } from '../documents.ts';
import { canonicalLocation } from '../network/arm-ids.ts';
import { listNetworkResourcesOf } from '../network/network-operations.ts';
import { deletionStatus, startDeletion } from './resource-group-deletion.ts';

const groupsPath = '/subscriptions/{subscriptionId}/resourceGroups';
const groupPath = `${groupsPath}/{resourceGroup}`;
const action = 'Microsoft.Resources/subscriptions/resourceGroups';

/** Resource groups (azure-ipam 4, 6.1, 7). */
export const resourceGroupOperations: readonly ArmOperation[] = [
  {
    name: 'ResourceGroups_CreateOrUpdate',
    method: 'PUT',
    path: groupPath,
    action: `${action}/write`,
    service: 'gateway',
    needsResourceGroup: false,
    handle: createOrUpdate,
  },
  {
    name: 'ResourceGroups_Get',
    method: 'GET',
    path: groupPath,
    action: `${action}/read`,
    service: 'gateway',
    handle: (context) => ({ status: 200, body: groupBody(existingGroup(context)) }),
  },
  {
    name: 'ResourceGroups_CheckExistence',
    method: 'HEAD',
    path: groupPath,
    action: `${action}/read`,
    service: 'gateway',
    handle: () => ({ status: 204 }),
  },
  {
    name: 'ResourceGroups_List',
    method: 'GET',
    path: groupsPath,
    action: `${action}/read`,
    service: 'gateway',
    handle: ({ azure, parameters }) => ({
      status: 200,
      body: {
        value: azure.store
          .list<ResourceGroupDocument>(
            'resourceGroups',
            `/subscriptions/${parameters['subscriptionId']}/`,
          )
          .map(groupBody),
      },
    }),
  },
  {
    name: 'Resources_ListByResourceGroup',
    method: 'GET',
    path: `${groupPath}/resources`,
    action: `${action}/resources/read`,
    service: 'gateway',
    handle: (context) => ({
      status: 200,
      body: { value: listNetworkResourcesOf(context.azure, existingGroup(context).id) },
    }),
  },
  {
    name: 'ResourceGroups_Delete',
    method: 'DELETE',
    path: groupPath,
    action: `${action}/delete`,
    service: 'gateway',
    handle: (context) => startDeletion(context, existingGroup(context)),
  },
  {
    name: 'ResourceGroups_DeletionStatus',
    method: 'GET',
    path: '/subscriptions/{subscriptionId}/operationresults/{job}',
    action: undefined,
    service: 'gateway',
    handle: deletionStatus,
  },
];

function idOf({ parameters }: ArmContext): string {
  return `/subscriptions/${parameters['subscriptionId']}/resourceGroups/${parameters['resourceGroup']}`;
}

function existingGroup(context: ArmContext): ResourceGroupDocument {
  const group = context.azure.store.get<ResourceGroupDocument>('resourceGroups', idOf(context));
  if (group) return group;
  throw new ArmError(
    404,
    'ResourceGroupNotFound',
    `Resource group '${context.parameters['resourceGroup']}' could not be found.`,
    'gateway',
  );
}

function createOrUpdate(context: ArmContext): ArmAnswer {
  const { store } = context.azure;
  const id = idOf(context);
  const name = context.parameters['resourceGroup'] ?? '';
  if (!/^[-\p{L}\p{N}._()]{1,90}$/u.test(name) || name.endsWith('.')) {
    const message = `The provided resource group name '${name}' has these invalid characters or is too long. The name can only be a letter, digit, '-', '.', '(', ')' or '_'.`;
    throw new ArmError(400, 'InvalidResourceGroup', message, 'gateway');
  }
  const { location, tags } = requestedGroup(context.body);
  const existing = store.get<ResourceGroupDocument>('resourceGroups', id);
  if (existing?.provisioningState === 'Deleting') {
    const message = `The resource group '${existing.name}' is in deprovisioning state and cannot perform this operation.`;
    throw new ArmError(409, 'ResourceGroupBeingDeleted', message, 'gateway');
  }
  if (existing && existing.location !== location) {
    const message = `Invalid resource group location '${location}'. The Resource group already exists in location '${existing.location}'.`;
    throw new ArmError(409, 'InvalidResourceGroupLocation', message, 'gateway');
  }
  const group: ResourceGroupDocument = {
    id: existing?.id ?? id,
    name: existing?.name ?? name,
    location,
    ...(tags === undefined ? {} : { tags }),
    provisioningState: 'Succeeded',
  };
  store.put('resourceGroups', id, group);
  return { status: existing ? 200 : 201, body: groupBody(group) };
}

function requestedGroup(body: unknown): {
  readonly location: string;
  readonly tags?: Record<string, string>;
} {
  const { location, tags } = (body ?? {}) as { location?: unknown; tags?: unknown };
  if (typeof location !== 'string' || location === '') {
    const message = 'The location property is required for this definition.';
    throw new ArmError(400, 'LocationRequired', message, 'gateway');
  }
  const canonical = { location: canonicalLocation(location) };
  if (tags === undefined || tags === null) return canonical;
  const isTags =
    typeof tags === 'object' && Object.values(tags).every((value) => typeof value === 'string');
  if (isTags) return { ...canonical, tags: tags as Record<string, string> };
  const message = 'The tags of a resource group are names with a text each.';
  throw new ArmError(400, 'InvalidRequestContent', message, 'gateway');
}

function groupBody(group: ResourceGroupDocument): unknown {
  const { id, name, location, tags, provisioningState } = group;
  return {
    id,
    name,
    type: 'Microsoft.Resources/resourceGroups',
    location,
    ...(tags === undefined ? {} : { tags }),
    properties: { provisioningState },
  };
}
