import { z } from 'zod';
import { type Outcome, success } from '../model/outcome.ts';
import { subscriptionOf } from './arm-ids.ts';
import type { EffectivePermission, TenantScope } from './azure.ts';
import type { CrossTenantClient } from './cross-tenant-client.ts';
import { parseAnswer, stringsSchema } from './parse-answer.ts';

const apiVersion = '2022-04-01';
/** A principal has a handful of role assignments; more pages than this are a loop. */
const mostPages = 20;

const pageSchema = z.object({
  value: z.array(z.object({ actions: stringsSchema, notActions: stringsSchema })),
  nextLink: z.string().nullish(),
});

/**
 * See `Azure.listPermissions`. Not through `@azure/arm-authorization`: its calls know resource groups
 * and nested resources, but no subscriptions and no resources right below a provider.
 */
export async function listPermissions(
  arm: CrossTenantClient,
  at: TenantScope,
): Promise<Outcome<readonly EffectivePermission[]>> {
  const call = {
    doing: `Listing our permissions on '${at.scope}'`,
    tenantId: at.tenantId,
    subscriptionId: subscriptionOf(at.scope),
  };
  const permissions: EffectivePermission[] = [];
  let url: string | undefined =
    `${at.scope}/providers/Microsoft.Authorization/permissions?api-version=${apiVersion}`;
  for (let page = 0; url && page < mostPages; page++) {
    const link: string = url;
    const got = await arm.call(call, async ({ raw }, onResponse) => {
      await raw.pathUnchecked(link).get({ onResponse });
    });
    if (!got.ok) return got;
    const { answer } = got.value;
    const parsed = parseAnswer(pageSchema, answer.body, arm.contextOf(call), answer);
    if (!parsed.ok) return parsed;
    permissions.push(...parsed.value.value);
    url = parsed.value.nextLink || undefined;
  }
  return success(permissions);
}

/**
 * Whether the permissions cover the action: some element has a matching action and no matching
 * notAction in the same element (azure-ipam 9). Deny assignments are not shown to us.
 */
export const allows = (permissions: readonly EffectivePermission[], action: string): boolean =>
  permissions.some(
    (permission) =>
      permission.actions.some((pattern) => matches(pattern, action)) &&
      !permission.notActions.some((pattern) => matches(pattern, action)),
  );

/** `*` stands for any characters, slashes too; case does not count. */
function matches(pattern: string, action: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'is').test(action);
}
