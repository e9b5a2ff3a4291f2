import { z } from 'zod';
import { sameId } from '../azure/arm-ids.ts';
import type { Landscape } from '../model/landscape.ts';
import type { TenantName } from './administration.ts';
import { parsed } from './answers.ts';
import type { SetupContext } from './context.ts';
import { isMarked } from './marker.ts';

const apiVersion = '2022-04-01';

const assignmentSchema = z.object({
  id: z.string(),
  properties: z.object({
    roleDefinitionId: z.string(),
    principalId: z.string(),
    scope: z.string(),
    description: z.string().nullish(),
  }),
});

/** A role that a principal has. */
export interface Assignment {
  readonly id: string;
  /** GUID of the role definition. */
  readonly roleId: string;
  readonly scope: string;
  readonly isOurs: boolean;
}

/** The roles of a principal at, above and below scopes, each once. */
export async function assignmentsAt(
  context: SetupContext,
  tenant: TenantName,
  principalId: string,
  scope: string,
  mayBeRefused = false,
): Promise<readonly Assignment[]> {
  const filter = encodeURIComponent(`principalId eq '${principalId}'`);
  const items = await context.administration.listArm(tenant, {
    method: 'GET',
    path: `${scope}/providers/Microsoft.Authorization/roleAssignments?$filter=${filter}`,
    apiVersion,
    // What it is at may not be there yet.
    accept: mayBeRefused ? [403, 404] : [404],
    doing: `Looking for roles on ${scope}`,
  });
  return items.map((item) => {
    const { id, properties } = parsed(assignmentSchema, { body: item });
    return {
      id,
      roleId: properties.roleDefinitionId.split('/').at(-1)?.toLowerCase() ?? '',
      scope: properties.scope,
      isOurs: isMarked(context, properties.description),
    };
  });
}

export interface SubscriptionToLookAt {
  readonly subscriptionId: string;
  /** Of no concern to the landscape: roles there are looked for as far as one is let. */
  readonly isOther: boolean;
}

/** Also the subscriptions of the tenant that somebody sees and the landscape does not name. */
export async function withVisible(
  { administration }: SetupContext,
  tenant: TenantName,
  subscriptionIds: readonly string[],
): Promise<readonly SubscriptionToLookAt[]> {
  const items = await administration.listArm(tenant, {
    method: 'GET',
    path: '/subscriptions',
    apiVersion: '2022-12-01',
    doing: 'Listing subscriptions',
  });
  const others = items
    .map((item) => parsed(z.object({ subscriptionId: z.string() }), { body: item }).subscriptionId)
    .filter((one) => !subscriptionIds.some((known) => sameId(known, one)));
  return [
    ...subscriptionIds.map((subscriptionId) => ({ subscriptionId, isOther: false })),
    ...others.map((subscriptionId) => ({ subscriptionId, isOther: true })),
  ];
}

export async function assignmentsOf(
  context: SetupContext,
  tenant: TenantName,
  principalId: string,
  subscriptions: readonly SubscriptionToLookAt[],
): Promise<readonly Assignment[]> {
  const found: Assignment[] = [];
  for (const { subscriptionId, isOther } of subscriptions) {
    const scope = `/subscriptions/${subscriptionId}`;
    found.push(...(await assignmentsAt(context, tenant, principalId, scope, isOther)));
  }
  return [...new Map(found.map((one) => [one.id.toLowerCase(), one])).values()];
}

/**
 * Whether a scope is one of those that the landscape gives roles at: in a subscription of a managed tenant, at
 * one of its pools, at its network manager. Another landscape may give roles at other pools of the manager.
 */
export function isNamed(
  { managementTenant, managedTenants, pools }: Landscape,
  scope: string,
): boolean {
  const { subscriptionId, resourceGroup, networkManager } = managementTenant;
  const manager = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Network/networkManagers/${networkManager}`;
  const places = [manager, ...pools.map(({ id }) => id)];
  const managed = managedTenants.flatMap(({ subscriptions }) =>
    subscriptions.map((one) => `/subscriptions/${one.subscriptionId}/`.toLowerCase()),
  );
  return (
    places.some((place) => sameId(place, scope)) ||
    (managed.some((one) => `${scope}/`.toLowerCase().startsWith(one)) &&
      !/\/ipamPools\/|\/networkManagers\//i.test(scope))
  );
}
