import { z } from 'zod';
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
): Promise<readonly Assignment[]> {
  const filter = encodeURIComponent(`principalId eq '${principalId}'`);
  const items = await context.administration.listArm(tenant, {
    method: 'GET',
    path: `${scope}/providers/Microsoft.Authorization/roleAssignments?$filter=${filter}`,
    apiVersion,
    // What it is at may not be there yet.
    accept: [404],
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

export async function assignmentsOf(
  context: SetupContext,
  tenant: TenantName,
  principalId: string,
  subscriptionIds: readonly string[],
): Promise<readonly Assignment[]> {
  const found: Assignment[] = [];
  for (const subscriptionId of subscriptionIds) {
    const scope = `/subscriptions/${subscriptionId}`;
    found.push(...(await assignmentsAt(context, tenant, principalId, scope)));
  }
  return [...new Map(found.map((one) => [one.id.toLowerCase(), one])).values()];
}
