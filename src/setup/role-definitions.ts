import { z } from 'zod';
import { sameId } from '../azure/arm-ids.ts';
import type { TenantName } from './administration.ts';
import { parsed } from './answers.ts';
import type { SetupContext } from './context.ts';
import { landscapeKeyOf } from './marker.ts';
import type { Role } from './roles.ts';

export const authorizationApiVersion = '2022-04-01';

const definitionSchema = z.object({
  name: z.string(),
  properties: z.object({
    roleName: z.string(),
    description: z.string().nullish(),
    assignableScopes: z.array(z.string()),
    permissions: z.array(z.object({ actions: z.array(z.string()).nullish() })),
  }),
});
export type RoleDefinition = z.output<typeof definitionSchema>;

export const definitionPath = (subscriptionId: string, roleId: string): string =>
  `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${roleId}`;

/** In the description; one definition serves all applications of a landscape. */
export const definitionMark = (context: Pick<SetupContext, 'landscape'>): string =>
  `(vnetv setup, landscape ${landscapeKeyOf(context)})`;

/**
 * The definition of a custom role in a tenant: by the GUID that the set-up gives it, or of the same name, as
 * Bicep or a person may have made it.
 */
export async function findDefinition(
  { administration }: SetupContext,
  tenant: TenantName,
  role: Role,
  subscriptionId: string,
): Promise<RoleDefinition | undefined> {
  const { roleId, name, fullName = name } = role;
  const doing = `Looking for the role '${name}'`;
  const request = { method: 'GET', apiVersion: authorizationApiVersion, doing } as const;
  const byId = await administration.arm(tenant, {
    ...request,
    path: definitionPath(subscriptionId, roleId),
    accept: [404],
  });
  if (byId.status !== 404) return parsed(definitionSchema, byId);
  for (const one of [fullName, name]) {
    const filter = encodeURIComponent(`roleName eq '${one.replaceAll("'", "''")}'`);
    const [found] = await administration.listArm(tenant, {
      ...request,
      path: `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions?$filter=${filter}`,
    });
    if (found !== undefined) return parsed(definitionSchema, { body: found });
  }
  return undefined;
}

export interface DefinitionGaps {
  readonly actions: readonly string[];
  /** Actions that the product does not call (any more). */
  readonly excess: readonly string[];
  readonly scopes: readonly string[];
}

/** What a definition lacks, or has too much, for the subscription. */
export function gapsOf(
  { properties }: RoleDefinition,
  { definition }: Role,
  subscriptionId: string,
): DefinitionGaps {
  const held = properties.permissions.flatMap(({ actions }) => actions ?? []);
  const wanted = definition?.actions ?? [];
  const without = (some: readonly string[], others: readonly string[]) =>
    some.filter((one) => !others.some((other) => sameId(one, other)));
  return {
    actions: without(wanted, held),
    excess: without(held, wanted),
    scopes: [`/subscriptions/${subscriptionId}`].filter(
      (scope) => !properties.assignableScopes.some((each) => isWithin(scope, each)),
    ),
  };
}

const isWithin = (scope: string, outer: string): boolean =>
  `${scope}/`.toLowerCase().startsWith(`${outer.replace(/\/$/, '')}/`.toLowerCase());
