import { z } from 'zod';
import { sameId } from '../../azure/arm-ids.ts';
import { parsed } from '../answers.ts';
import {
  managementTenantOf,
  noClientId,
  retryWhile,
  type SetupContext,
  saysCode,
} from '../context.ts';
import { markerTag } from '../marker.ts';
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

export const isTagged = (
  { application }: SetupContext,
  tags: Readonly<Record<string, string>>,
): boolean =>
  Object.entries(tags).some(
    ([name, value]) => sameId(name, markerTag) && sameId(value, application.clientId),
  );

export const tagsOf = ({ application }: SetupContext) => ({ [markerTag]: application.clientId });

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
  const { administration } = context;
  const tenant = managementTenantOf(context);
  const path = groupPathOf(context);
  const name = context.landscape.managementTenant.resourceGroup;
  const get = async () => {
    const answer = await administration.arm(tenant, {
      method: 'GET',
      path,
      apiVersion: groupsApiVersion,
      accept: [404],
      doing: `Looking for the resource group '${name}'`,
    });
    if (answer.status === 404) return undefined;
    const { properties, ...group } = parsed(groupSchema, answer);
    return properties.provisioningState === 'Deleting' ? undefined : group;
  };
  const contents = async () =>
    await administration.listArm(tenant, {
      method: 'GET',
      path: `${path}/resources`,
      apiVersion: groupsApiVersion,
      // It may be on its way out.
      accept: [404],
      doing: `Listing the resource group '${name}'`,
    });
  return {
    id: resourceGroupId,
    tenant,
    isContainer: true,
    needs: needsOf(context),
    rights: [
      {
        action: 'Microsoft.Resources/subscriptions/resourceGroups/write',
        scopes: [subscriptionScopeOf(context)],
      },
    ],
    async look() {
      const found = await get();
      return found
        ? { status: 'present', detail: `'${name}' in ${found.location}` }
        : { status: 'missing', detail: `'${name}' in ${locationOf(context)}` };
    },
    async make() {
      await administration.arm(tenant, {
        method: 'PUT',
        path,
        apiVersion: groupsApiVersion,
        body: { location: locationOf(context), tags: tagsOf(context) },
        doing: `Creating the resource group '${name}'`,
      });
    },
    async find() {
      const found = await get();
      if (!found) return undefined;
      const inside = await contents();
      return {
        isOurs: isTagged(context, found.tags),
        detail: `'${name}'`,
        inUse: inside.length > 0 ? `${inside.length} resources are in it` : undefined,
      };
    },
    async remove() {
      // A group takes with it what is in it: what came since the last look must not go.
      if ((await contents()).length > 0) throw stillInUse(`The resource group '${name}'`);
      await administration.arm(tenant, {
        method: 'DELETE',
        path,
        apiVersion: groupsApiVersion,
        accept: [404],
        doing: `Deleting the resource group '${name}'`,
      });
    },
  };
}

export const stillInUse = (what: string): SetupError =>
  new SetupError('Conflict', `${what} is in use.`, {
    remedy: 'Take away what is in it, then undo the set-up again.',
  });

const managerSchema = z.object({
  ...tagsSchema.shape,
  properties: z.object({ description: z.string().nullish() }),
});

/** The network manager; one that is there is used as it is. */
export function networkManagerStep(context: SetupContext): Step {
  const { administration, landscape } = context;
  const tenant = managementTenantOf(context);
  const path = managerPathOf(context);
  const name = landscape.managementTenant.networkManager;
  const request = { path, apiVersion: networkApiVersion };
  const get = async () => {
    const answer = await administration.arm(tenant, {
      ...request,
      method: 'GET',
      accept: [404],
      doing: `Looking for the network manager '${name}'`,
    });
    return answer.status === 404 ? undefined : parsed(managerSchema, answer);
  };
  const inUse = async () => {
    for (const [child, what] of [
      ['ipamPools', 'pools'],
      ['scopeConnections', 'connections'],
    ] as const) {
      const items = await administration.listArm(tenant, {
        method: 'GET',
        path: `${path}/${child}`,
        apiVersion: networkApiVersion,
        doing: `Listing the ${what} of the network manager '${name}'`,
      });
      if (items.length > 0) return `it has ${items.length} ${what}`;
    }
    return undefined;
  };
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
      const found = await get();
      return found
        ? { status: 'present', detail: `'${name}' in ${found.location}` }
        : { status: 'missing', detail: `'${name}' in ${locationOf(context)}` };
    },
    async make() {
      await administration.arm(tenant, {
        ...request,
        method: 'PUT',
        body: {
          location: locationOf(context),
          tags: tagsOf(context),
          properties: {
            description: 'Made by vnetv setup.',
            networkManagerScopes: {
              managementGroups: [],
              subscriptions: [subscriptionScopeOf(context)],
            },
            networkManagerScopeAccesses: [],
          },
        },
        doing: `Creating the network manager '${name}'`,
      });
    },
    async find() {
      const found = await get();
      if (!found) return undefined;
      const isOurs = isTagged(context, found.tags);
      return { isOurs, detail: `'${name}'`, inUse: isOurs ? await inUse() : undefined };
    },
    // Resource Manager's index shows a deleted pool for a while (azure-ipam 11).
    remove: () =>
      retryWhile(context.waiting, saysCode('CannotDeleteResource'), async () => {
        await administration.arm(tenant, {
          ...request,
          method: 'DELETE',
          accept: [404],
          doing: `Deleting the network manager '${name}'`,
        });
      }),
  };
}
