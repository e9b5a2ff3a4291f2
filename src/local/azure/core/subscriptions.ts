import { type ArmContext, ArmError, type ArmOperation, type AzureServices } from '../contracts.ts';
import type { RoleAssignmentDocument, SubscriptionDocument, TenantDocument } from '../documents.ts';
import { findServicePrincipal } from '../entra/directory.ts';
import { isWithin } from '../gateway/resource-ids.ts';

/** Subscriptions and tenants, as sign-in and the Azure CLI list them. */
export const subscriptionOperations: readonly ArmOperation[] = [
  {
    name: 'Subscriptions_List',
    method: 'GET',
    path: '/subscriptions',
    action: undefined,
    service: 'gateway',
    handle: (context) => ({
      status: 200,
      body: {
        value: visibleSubscriptions(context).map(subscriptionBody),
        count: { type: 'Total', value: visibleSubscriptions(context).length },
      },
    }),
  },
  {
    name: 'Subscriptions_Get',
    method: 'GET',
    path: '/subscriptions/{subscriptionId}',
    action: 'Microsoft.Resources/subscriptions/read',
    service: 'gateway',
    handle: ({ azure, parameters }) => {
      const id = parameters['subscriptionId'] ?? '';
      const subscription = azure.store.get<SubscriptionDocument>('subscriptions', id);
      if (!subscription) {
        const message = `The subscription '${id}' could not be found.`;
        throw new ArmError(404, 'SubscriptionNotFound', message, 'gateway');
      }
      return { status: 200, body: subscriptionBody(subscription) };
    },
  },
  {
    name: 'Tenants_List',
    method: 'GET',
    path: '/tenants',
    action: undefined,
    service: 'gateway',
    handle: (context) => ({ status: 200, body: { value: tenants(context).map(tenantBody) } }),
  },
];

/** Those of the token's tenant in which the caller holds any role. */
function visibleSubscriptions({ azure, principal }: ArmContext): readonly SubscriptionDocument[] {
  const scopes = assignedScopes(azure, principal.objectId);
  return azure.store.list<SubscriptionDocument>('subscriptions').filter(
    ({ tenantId, subscriptionId }) =>
      tenantId.toLowerCase() === principal.tenantId.toLowerCase() &&
      scopes.some((scope) => {
        const id = `/subscriptions/${subscriptionId}`;
        return isWithin(scope, id) || isWithin(id, scope);
      }),
  );
}

function assignedScopes(services: AzureServices, principalId: string): readonly string[] {
  return services.store
    .list<RoleAssignmentDocument>('roleAssignments')
    .filter((assignment) => assignment.principalId.toLowerCase() === principalId.toLowerCase())
    .map((assignment) => assignment.scope);
}

/** The tenants in which the caller's application has a service principal. */
function tenants({ azure, principal }: ArmContext): readonly TenantDocument[] {
  return azure.store
    .list<TenantDocument>('tenants')
    .filter(({ tenantId }) => findServicePrincipal(azure.store, tenantId, principal.appId));
}

function subscriptionBody(subscription: SubscriptionDocument): unknown {
  const { subscriptionId, displayName, tenantId } = subscription;
  return {
    id: `/subscriptions/${subscriptionId}`,
    authorizationSource: 'RoleBased',
    managedByTenants: [],
    subscriptionId,
    tenantId,
    displayName,
    state: 'Enabled',
    subscriptionPolicies: {
      locationPlacementId: 'Public_2014-09-01',
      quotaId: 'PayAsYouGo_2014-09-01',
      spendingLimit: 'Off',
    },
  };
}

function tenantBody({ tenantId, displayName }: TenantDocument): unknown {
  return {
    id: `/tenants/${tenantId}`,
    tenantId,
    countryCode: 'US',
    displayName,
    domains: [`${tenantId}.onmicrosoft.com`],
    tenantCategory: 'Home',
    defaultDomain: `${tenantId}.onmicrosoft.com`,
    tenantType: 'AAD',
  };
}
