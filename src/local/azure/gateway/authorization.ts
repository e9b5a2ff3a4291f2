import {
  ArmError,
  type ArmOperation,
  type AzureServices,
  type LinkedScope,
  type Principal,
} from '../contracts.ts';
import type { SubscriptionDocument } from '../documents.ts';
import { isAllowed } from './access.ts';
import { scopeOfPath, subscriptionIdOf } from './resource-ids.ts';

/** Check 3: the action on the resource's own scope (azure-ipam 8.2). */
export function checkAction(
  services: AzureServices,
  principal: Principal,
  action: string,
  scope: string,
): void {
  if (isAllowed(services, principal.objectId, action, scope)) return;
  throw new ArmError(
    403,
    'AuthorizationFailed',
    `The client '${principal.appId}' with object id '${principal.objectId}' does not have authorization to perform action '${action}' over scope '${scope || '/'}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
    'gateway',
  );
}

/**
 * Check 4: every pool that the body links to, with the token of the tenant that owns it
 * (azure-ipam 8.2, 8.3). A right on the pool's tenant is worth nothing without that token.
 */
export function checkLinkedScopes(
  services: AzureServices,
  operation: ArmOperation,
  path: string,
  links: readonly LinkedScope[],
  primary: Principal,
  auxiliary: readonly Principal[],
): void {
  const scope = scopeOfPath(path);
  const action = operation.action ?? operation.name;
  for (const link of distinct(links)) {
    const subscriptionId = subscriptionIdOf(link.resourceId);
    if (subscriptionId === undefined) {
      throw new ArmError(
        400,
        'LinkedInvalidPropertyId',
        `Property id '${link.resourceId}' is invalid. Expect fully qualified resource Id that start with '/subscriptions/{subscriptionId}' or '/providers/{resourceProviderNamespace}/'.`,
        'gateway',
      );
    }
    const subscription = services.store.get<SubscriptionDocument>('subscriptions', subscriptionId);
    if (!subscription) {
      throw linkedAuthorizationFailed(
        `The client has permission to perform action '${action}' on scope '${scope}', however the linked subscription '${subscriptionId}' was not found. `,
      );
    }
    const principal = [primary, ...auxiliary].find(
      (each) => each.tenantId.toLowerCase() === subscription.tenantId.toLowerCase(),
    );
    if (!principal) {
      throw linkedAuthorizationFailed(
        `The client has permission to perform action '${action}' on scope '${scope}', however the current tenant '${primary.tenantId}' is not authorized to access linked subscription '${subscriptionId}'.`,
      );
    }
    if (!isAllowed(services, principal.objectId, link.action, link.resourceId)) {
      throw linkedAuthorizationFailed(
        `The client '${principal.appId}' with object id '${principal.objectId}' has permission to perform action '${action}' on scope '${scope}'; however, it does not have permission to perform action(s) '${link.action}' on the linked scope(s) '${link.resourceId}' (respectively) or the linked scope(s) are invalid.`,
      );
    }
  }
}

function distinct(links: readonly LinkedScope[]): readonly LinkedScope[] {
  const byKey = links.map(
    (link) => [`${link.resourceId}|${link.action}`.toLowerCase(), link] as const,
  );
  return [...new Map(byKey).values()];
}

function linkedAuthorizationFailed(message: string): ArmError {
  return new ArmError(403, 'LinkedAuthorizationFailed', message, 'gateway');
}
