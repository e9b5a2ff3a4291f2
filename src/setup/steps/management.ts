import { z } from 'zod';
import { sameId } from '../../azure/arm-ids.ts';
import { armThing } from '../arm-thing.ts';
import {
  managementTenantOf,
  noClientId,
  retryWhile,
  type SetupContext,
  saysCode,
} from '../context.ts';
import { markerTag, markerValue } from '../marker.ts';
import { SetupError } from '../setup-error.ts';
import type { Step } from '../step.ts';
import { applicationId } from './application.ts';
import { signInId } from './sign-in.ts';

export const resourceGroupId = 'resource group';
export const networkManagerId = 'network manager';

export const groupsApiVersion = '2021-04-01';
export const networkApiVersion = '2025-05-01';

export const tagsSchema = z.object({
  location: z.string(),
  tags: z
    .record(z.string(), z.string())
    .nullish()
    .transform((tags) => tags ?? {}),
});

export const isTagged = (context: SetupContext, tags: Readonly<Record<string, string>>): boolean =>
  Object.entries(tags).some(
    ([name, value]) => sameId(name, markerTag) && sameId(value, markerValue(context)),
  );

export const tagsOf = (context: SetupContext) => ({ [markerTag]: markerValue(context) });

export const locationOf = ({ location, landscape }: SetupContext): string =>
  location ?? landscape.pools[0]?.location ?? '';

/** What everything that is made there is marked with has to be known first. */
export const needsOf = (context: SetupContext): readonly string[] => [
  signInId(managementTenantOf(context)),
  ...(context.application.clientId === noClientId ? [applicationId] : []),
];

export const groupPathOf = ({ landscape }: SetupContext): string => {
  const { subscriptionId, resourceGroup } = landscape.managementTenant;
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
};

export const managerPathOf = (context: SetupContext): string =>
  `${groupPathOf(context)}/providers/Microsoft.Network/networkManagers/${context.landscape.managementTenant.networkManager}`;

const subscriptionScopeOf = ({ landscape }: SetupContext): string =>
  `/subscriptions/${landscape.managementTenant.subscriptionId}`;

const groupSchema = z.object({
  ...tagsSchema.shape,
  properties: z.object({ provisioningState: z.string().optional() }),
});

/** The resource group of the network manager. */
export function resourceGroupStep(context: SetupContext): Step {
  const tenant = managementTenantOf(context);
  const { resourceGroup } = context.landscape.managementTenant;
  const group = armThing(context, {
    tenant,
    path: groupPathOf(context),
    apiVersion: groupsApiVersion,
    name: `the resource group '${resourceGroup}'`,
    schema: groupSchema,
  });
  const get = async () => {
    const found = await group.get();
    return found?.properties.provisioningState === 'Deleting' ? undefined : found;
  };
  return {
    id: resourceGroupId,
    tenant,
    isContainer: true,
    keepsUnlessAsked: context.deleteResourceGroup
      ? undefined
      : 'only --delete-resource-group deletes it, when nothing is in it',
    needs: needsOf(context),
    rights: [
      {
        action: 'Microsoft.Resources/subscriptions/resourceGroups/write',
        scopes: [subscriptionScopeOf(context)],
      },
    ],
    async look() {
      const found = await get();
      const detail = `'${resourceGroup}' in ${found?.location ?? locationOf(context)}`;
      return { status: found ? 'present' : 'missing', detail };
    },
    make: () => group.put({ location: locationOf(context), tags: tagsOf(context) }),
    async find() {
      const found = await get();
      if (!found) return undefined;
      const isOurs = isTagged(context, found.tags);
      const inside = isOurs ? await group.count('resources') : 0;
      return {
        isOurs,
        detail: `'${resourceGroup}'`,
        inUse: inside > 0 ? `${inside} resources are in it` : undefined,
      };
    },
    async remove() {
      // A group takes with it what is in it: what came since the last look must not go.
      if ((await group.count('resources')) > 0) throw stillInUse(resourceGroup);
      await group.remove();
    },
  };
}

const stillInUse = (group: string): SetupError =>
  new SetupError('Conflict', `The resource group '${group}' is in use.`, {
    why: 'somebody has just put something into it',
    remedy: 'Take away what is in it, then undo the set-up again.',
  });

/** The network manager; one that is there is used as it is. */
export function networkManagerStep(context: SetupContext): Step {
  const tenant = managementTenantOf(context);
  const { networkManager } = context.landscape.managementTenant;
  const manager = armThing(context, {
    tenant,
    path: managerPathOf(context),
    apiVersion: networkApiVersion,
    name: `the network manager '${networkManager}'`,
    schema: tagsSchema,
  });
  return {
    id: networkManagerId,
    tenant,
    isContainer: true,
    needs: [...needsOf(context), resourceGroupId],
    rights: [
      {
        action: 'Microsoft.Network/networkManagers/write',
        scopes: [groupPathOf(context), subscriptionScopeOf(context)],
      },
    ],
    async look() {
      const found = await manager.get();
      const detail = `'${networkManager}' in ${found?.location ?? locationOf(context)}`;
      return { status: found ? 'present' : 'missing', detail };
    },
    make: () => manager.put(managerBody(context)),
    async find() {
      const found = await manager.get();
      if (!found) return undefined;
      const isOurs = isTagged(context, found.tags);
      return {
        isOurs,
        detail: `'${networkManager}'`,
        inUse: isOurs ? await insideOf((kind) => manager.count(kind)) : undefined,
      };
    },
    // Resource Manager's index shows a deleted pool for a while (azure-ipam 11).
    remove: () =>
      retryWhile(context.waiting, saysCode('CannotDeleteResource'), () => manager.remove()),
  };
}

/** What a network manager may hold that deleting it would take with it, or be refused for. */
const kinds = {
  ipamPools: 'pools',
  scopeConnections: 'connections',
  networkGroups: 'network groups',
  connectivityConfigurations: 'connectivity configurations',
  securityAdminConfigurations: 'security admin configurations',
  securityUserConfigurations: 'security user configurations',
  routingConfigurations: 'routing configurations',
  verifierWorkspaces: 'verifier workspaces',
} as const;

async function insideOf(count: (kind: string) => Promise<number>): Promise<string | undefined> {
  const found: string[] = [];
  for (const [kind, words] of Object.entries(kinds)) {
    const number = await count(kind);
    if (number > 0) found.push(`${number} ${words}`);
  }
  return found.length === 0 ? undefined : `it has ${found.join(', ')}`;
}

/** For IPAM alone: it needs no scope accesses, and reaches no more than its own subscription. */
const managerBody = (context: SetupContext) => ({
  location: locationOf(context),
  tags: tagsOf(context),
  properties: {
    description: 'Made by vnetv setup.',
    networkManagerScopes: { managementGroups: [], subscriptions: [subscriptionScopeOf(context)] },
    networkManagerScopeAccesses: [],
  },
});
