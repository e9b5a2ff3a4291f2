import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  eventReader,
  missing,
  type Prediction,
  predict,
  type Resource,
  ticketSystem,
  timeout,
  variants,
} from './predict.ts';

/** Built-in roles, by the names that Azure gives them. */
const roles: Readonly<Record<string, string>> = {
  '3913510d-42f4-4e42-8a64-420c390055eb': 'Monitoring Metrics Publisher',
  'b7e6dc6d-f1e8-4753-8033-0f276bb0955b': 'Storage Blob Data Owner',
  '974c5e8b-45b9-4653-ba55-5f855dd0fb88': 'Storage Queue Data Contributor',
  '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3': 'Storage Table Data Contributor',
  '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0': 'Azure Service Bus Data Receiver',
  '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39': 'Azure Service Bus Data Sender',
  '0ad04412-c4d5-4796-b79c-f76d14c8d402': 'Durable Task Data Contributor',
};

/** What each identity may do, and where: this much and no more. docs/deploy.md has the same table. */
const assignments = {
  both: [
    'app: Azure Service Bus Data Receiver at queues/vnet-requests',
    'app: Azure Service Bus Data Receiver at topics/vnet-events/subscriptions/callbacks',
    'app: Azure Service Bus Data Sender at queues/vnet-callbacks-failed',
    'app: Azure Service Bus Data Sender at queues/vnet-requests',
    'app: Azure Service Bus Data Sender at queues/vnet-requests-rejected',
    'app: Azure Service Bus Data Sender at topics/vnet-events',
    'app: Monitoring Metrics Publisher at components/appi',
    'app: Storage Blob Data Owner at storageAccounts/sthost',
    'app: Storage Table Data Contributor at storageAccounts/sthost',
    'app: Storage Table Data Contributor at storageAccounts/stledger',
    'event reader: Azure Service Bus Data Receiver at topics/vnet-events/subscriptions/all',
    'ticket system: Azure Service Bus Data Sender at queues/vnet-requests',
  ],
  standard: ['app: Storage Queue Data Contributor at storageAccounts/sthost'],
  scheduler: ['app: Durable Task Data Contributor at taskHubs/vnetvending'],
};

/** Types of resources that have diagnostic settings, and those that have none to turn on. */
const diagnosed = [
  'Microsoft.Network/networkSecurityGroups',
  'Microsoft.Network/virtualNetworks',
  'Microsoft.OperationalInsights/workspaces',
  'Microsoft.ServiceBus/namespaces',
  'Microsoft.Storage/storageAccounts',
  'Microsoft.Storage/storageAccounts/blobServices',
  'Microsoft.Storage/storageAccounts/queueServices',
  'Microsoft.Storage/storageAccounts/tableServices',
  'Microsoft.Web/sites',
];
const withoutDiagnostics = [
  'Microsoft.Authorization/locks',
  'Microsoft.Authorization/roleAssignments',
  // Whether it takes diagnostic settings is not documented.
  'Microsoft.DurableTask/schedulers',
  'Microsoft.DurableTask/schedulers/taskHubs',
  // It is what the others are diagnosed with; its data lies in the workspace.
  'Microsoft.Insights/components',
  'Microsoft.Insights/diagnosticSettings',
  'Microsoft.Insights/metricAlerts',
  'Microsoft.Insights/scheduledQueryRules',
  'Microsoft.ManagedIdentity/userAssignedIdentities',
  'Microsoft.Network/privateDnsZones',
  'Microsoft.Network/privateDnsZones/virtualNetworkLinks',
  'Microsoft.Network/privateEndpoints',
  'Microsoft.Network/privateEndpoints/privateDnsZoneGroups',
  'Microsoft.Resources/resourceGroups',
  // The namespace tells about its entities.
  'Microsoft.ServiceBus/namespaces/queues',
  'Microsoft.ServiceBus/namespaces/topics',
  'Microsoft.ServiceBus/namespaces/topics/subscriptions',
  'Microsoft.Storage/storageAccounts/blobServices/containers',
  // On Flex Consumption the metrics are those of the app.
  'Microsoft.Web/serverfarms',
  'Microsoft.Web/sites/basicPublishingCredentialsPolicies',
  'Microsoft.Web/sites/config',
];

describe('What is deployed', { timeout }, () => {
  const predictions = new Map<keyof typeof variants, Prediction>();
  const of = (variant: keyof typeof variants): Prediction => {
    const found = predictions.get(variant);
    if (found === undefined) throw new Error(`${variant} was not worked out.`);
    return found;
  };

  beforeAll(async () => {
    if (missing !== undefined) return;
    for (const name of ['standard', 'scheduler', 'private'] as const) {
      predictions.set(name, await predict('main.bicep', variants[name]));
    }
  }, timeout);

  beforeEach((context) => {
    if (missing !== undefined) context.skip(missing);
  });

  it.each(['standard', 'scheduler'] as const)(
    'gives each identity the rights it needs and no others (%s)',
    (variant) => {
      const given = of(variant).ofType('Microsoft.Authorization/roleAssignments').map(told);

      expect(given.toSorted()).toEqual([...assignments.both, ...assignments[variant]].toSorted());
    },
  );

  it('gives nobody else any right at Service Bus unless a parameter names them', async () => {
    const alone = await predict('main.bicep', {
      ...variants.standard,
      senderPrincipalIds: [],
      eventReaderPrincipalIds: [],
    });
    const given = alone.ofType('Microsoft.Authorization/roleAssignments').map(told);

    expect(given.filter((one) => !one.startsWith('app: '))).toEqual([]);
  });

  it('knows no keys', () => {
    for (const prediction of predictions.values()) {
      for (const { properties } of prediction.ofType('Microsoft.Storage/storageAccounts')) {
        expect(properties).toMatchObject({
          allowSharedKeyAccess: false,
          allowBlobPublicAccess: false,
          allowCrossTenantReplication: false,
        });
      }
      const [namespace, workspace, component] = [
        prediction.one('Microsoft.ServiceBus/namespaces').properties,
        prediction.one('Microsoft.OperationalInsights/workspaces').properties,
        prediction.one('Microsoft.Insights/components').properties,
      ];
      expect(namespace.disableLocalAuth).toBe(true);
      expect(workspace.features.disableLocalAuth).toBe(true);
      expect(component.DisableLocalAuth).toBe(true);
    }
  });

  it('speaks TLS from 1.2 on', () => {
    for (const prediction of predictions.values()) {
      for (const { properties } of prediction.ofType('Microsoft.Storage/storageAccounts')) {
        expect(properties).toMatchObject({
          minimumTlsVersion: 'TLS1_2',
          supportsHttpsTrafficOnly: true,
        });
      }
      expect(prediction.one('Microsoft.ServiceBus/namespaces').properties.minimumTlsVersion).toBe(
        '1.2',
      );
    }
  });

  it('sends its diagnostics to the workspace, every resource that has any', () => {
    for (const prediction of predictions.values()) {
      const settings = prediction.ofType('Microsoft.Insights/diagnosticSettings');
      const scopes = settings.map(({ id }) => scopeOf(id));
      const unknown = prediction.resources.filter(
        ({ type }) => !diagnosed.includes(type) && !withoutDiagnostics.includes(type),
      );
      expect(unknown.map(({ type }) => type)).toEqual([]);

      for (const resource of prediction.resources.filter(({ type }) => diagnosed.includes(type))) {
        // Blobs of the ledger's account are not used, but would be seen.
        expect(scopes, resource.id).toContain(resource.id);
      }
      for (const { properties } of settings) {
        expect(properties.workspaceId).toMatch(/workspaces\/log-test-/);
        expect([...(properties.logs ?? []), ...(properties.metrics ?? [])]).not.toEqual([]);
      }
    }
  });

  it('is reached by private endpoints alone, if private networking is asked for', () => {
    const closed = of('private');
    const accounts = closed.ofType('Microsoft.Storage/storageAccounts');
    const namespace = closed.one('Microsoft.ServiceBus/namespaces');
    const app = closed.one('Microsoft.Web/sites');

    for (const { properties } of [...accounts, namespace, app]) {
      expect(properties.publicNetworkAccess).toBe('Disabled');
    }
    for (const { properties } of accounts) {
      expect(properties.networkAcls).toEqual({ bypass: 'None', defaultAction: 'Deny' });
    }
    // Azure has private endpoints of Service Bus in the Premium tier alone.
    expect(namespace.sku?.name).toBe('Premium');
    expect(app.properties.virtualNetworkSubnetId).toMatch(/subnets\/app$/);
    const endpoints = closed.ofType('Microsoft.Network/privateEndpoints').map(({ properties }) => {
      const { privateLinkServiceId, groupIds } =
        properties.privateLinkServiceConnections[0].properties;
      return `${groupIds} of ${privateLinkServiceId
        .split('/')
        .at(-1)
        .replace(/[a-z0-9]{13}$|-test-.*/, '')}`;
    });
    expect(endpoints.toSorted()).toEqual([
      'blob of sthost',
      'namespace of sb',
      'queue of sthost',
      'sites of func',
      'table of sthost',
      'table of stledger',
    ]);
    expect(closed.ofType('Microsoft.Network/privateDnsZones')).toHaveLength(5);
    expect(closed.ofType('Microsoft.Network/privateEndpoints/privateDnsZoneGroups')).toHaveLength(
      endpoints.length,
    );
  });

  it('delegates the subnet of the app as Flex Consumption asks, and lets nobody from outside in', () => {
    const closed = of('private');
    const [app, endpoints] = closed.one('Microsoft.Network/virtualNetworks').properties.subnets;
    const rules = closed.one('Microsoft.Network/networkSecurityGroups').properties.securityRules;

    expect(app.properties.delegations[0].properties.serviceName).toBe('Microsoft.App/environments');
    expect(app.properties.addressPrefix).toBe('10.100.0.0/26');
    expect(endpoints.properties.addressPrefix).toBe('10.100.0.64/26');
    // Azure's own rules let in the network itself and nobody else.
    expect(rules).toEqual([]);
    expect([app, endpoints].every(({ properties }) => properties.networkSecurityGroup)).toBe(true);
  });

  it('protects the ledger from deletion', () => {
    const lock = of('standard').one('Microsoft.Authorization/locks');

    expect(scopeOf(lock.id)).toMatch(/storageAccounts\/stledger/);
    expect(lock.properties.level).toBe('CanNotDelete');
  });
});

/** `who: role at where`, the name of an environment taken away. */
function told({ id, properties }: Resource): string {
  const role = roles[properties.roleDefinitionId.split('/').at(-1)] ?? properties.roleDefinitionId;
  const who =
    properties.principalId === ticketSystem
      ? 'ticket system'
      : properties.principalId === eventReader
        ? 'event reader'
        : /userAssignedIdentities\/id-test-\w+', '[\d-]+'\)\.principalId\]$/.test(
              properties.principalId,
            )
          ? 'app'
          : properties.principalId;
  const where = scopeOf(id)
    .replace(/^.*\/namespaces\/[^/]+\//, '')
    .replace(/^.*\/(storageAccounts|components|taskHubs)\//, '$1/')
    .replace(/(-test-\w+|[a-z0-9]{13})$/, '');
  return `${who}: ${role} at ${where}`;
}

/** What a role assignment, a lock or a diagnostic setting is about. */
const scopeOf = (id: string): string => id.slice(0, id.lastIndexOf('/providers/'));
