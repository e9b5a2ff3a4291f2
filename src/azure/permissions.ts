import { z } from 'zod';
import type { Outcome } from '../model/outcome.ts';
import { subscriptionOf } from './arm-ids.ts';
import { listPages } from './arm-pages.ts';
import type { EffectivePermission, TenantScope } from './azure.ts';
import type { CrossTenantClient } from './cross-tenant-client.ts';
import { stringsSchema } from './parse-answer.ts';

const apiVersion = '2022-04-01';
const permissionSchema = z.object({ actions: stringsSchema, notActions: stringsSchema });

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
  const url = `${at.scope}/providers/Microsoft.Authorization/permissions?api-version=${apiVersion}`;
  return listPages(arm, call, url, permissionSchema);
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
