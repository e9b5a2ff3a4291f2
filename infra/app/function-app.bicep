metadata description = 'The function app on Flex Consumption, with App Service authentication in front of it.'

import { SignIn } from './types.bicep'

param name string
param planName string
param location string
param tags object
param workspaceId string

@description('The user-assigned identity of the app.')
param identityName string

@description('Storage of the Functions host: its blobs, the package, and with "azureStorage" the task hub.')
param hostBlobEndpoint string
param hostQueueEndpoint string
param hostTableEndpoint string
param packageContainer string

@description('Table endpoint of the storage account that holds the ledger.')
param ledgerTableEndpoint string

@description('Host name of the Service Bus namespace.')
param serviceBusHost string

@description('Durable back end, and for "azureManaged" the scheduler with its task hub.')
@allowed(['azureStorage', 'azureManaged'])
param durableBackEnd string
param schedulerName string
param taskHubName string

param componentName string

param signIn SignIn

@description('App settings that are secrets: the name of the setting, and the URI of the secret in a key vault.')
param keyVaultReferences object

@description('Other app settings, by name. A setting that this template makes keeps its value.')
param extraSettings object

@description('Where the app is published, such as https://vnets.contoso.com; empty for its own address.')
param publicOrigin string

@allowed(['22', '24'])
param nodeVersion string

@minValue(40)
@maxValue(1000)
param maximumInstanceCount int

@description('Subnet for what the app calls; empty without private networking.')
param subnetId string

@description('Whether the app is reachable from the internet.')
param isPublic bool

var clouds = {
  AzureCloud: 'public'
  AzureUSGovernment: 'usgovernment'
  AzureChinaCloud: 'china'
}
var usesScheduler = durableBackEnd == 'azureManaged'
var isMultiTenant = length(signIn.allowedTenants) > 1

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: identityName
}

resource component 'Microsoft.Insights/components@2020-02-02' existing = {
  name: componentName
}

resource scheduler 'Microsoft.DurableTask/schedulers@2026-02-01' existing = if (usesScheduler) {
  name: schedulerName
}

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'app' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    publicNetworkAccess: isPublic ? 'Enabled' : 'Disabled'
    keyVaultReferenceIdentity: identity.id
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      http20Enabled: true
      remoteDebuggingEnabled: false
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${hostBlobEndpoint}${packageContainer}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identity.id
          }
        }
      }
      runtime: { name: 'node', version: nodeVersion }
      scaleAndConcurrency: {
        instanceMemoryMB: 2048
        maximumInstanceCount: maximumInstanceCount
        // With Azure Storage as the durable back end Microsoft asks for one instance that is always
        // there for orchestrations and activities: timers and continuations wait in queues.
        alwaysReady: usesScheduler ? [] : [{ name: 'durable', instanceCount: 1 }]
      }
    }
  }

  // Neither a password for FTP nor one for deployment: azd and the Azure CLI use Entra ID.
  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }

  resource settings 'config' = {
    name: 'appsettings'
    // This replaces all settings, those made by hand as well. Of two with one name the later one counts.
    properties: union(
      extraSettings,
      {
        AzureWebJobsStorage__blobServiceUri: hostBlobEndpoint
        AzureWebJobsStorage__queueServiceUri: hostQueueEndpoint
        AzureWebJobsStorage__tableServiceUri: hostTableEndpoint
        AzureWebJobsStorage__credential: 'managedidentity'
        AzureWebJobsStorage__clientId: identity.properties.clientId
        AzureWebJobsDisableHomepage: 'true'
        FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '1048576'
        APPLICATIONINSIGHTS_CONNECTION_STRING: component.properties.ConnectionString
        APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.properties.clientId};Authorization=AAD'
        ServiceBusConnection__fullyQualifiedNamespace: serviceBusHost
        ServiceBusConnection__credential: 'managedidentity'
        ServiceBusConnection__clientId: identity.properties.clientId
        // The host keeps every line of the log: alerts look for single ones. A newer host takes this name for
        // a sampler that keeps all; without it, one that keeps some each second. The app's own SDK has no such
        // sampler, and keeps all as well.
        OTEL_TRACES_SAMPLER: 'microsoft.fixed_percentage'
        OTEL_TRACES_SAMPLER_ARG: '1.0'
        AZURE_CLIENT_ID: identity.properties.clientId
        VNETV_CLOUD: clouds[environment().name]
        VNETV_LANDSCAPE_FILE: '/home/site/wwwroot/landscape.json'
        VNETV_LEDGER_TABLE_ENDPOINT: ledgerTableEndpoint
        VNETV_LEDGER_TABLE: 'vnetvending'
        VNETV_PUBLIC_ORIGIN: empty(publicOrigin) ? 'https://${app.properties.defaultHostName}' : publicOrigin
        VNETV_ALLOWED_TENANTS: join(signIn.allowedTenants, ',')
        WEBSITE_AUTH_AAD_ALLOWED_TENANTS: join(signIn.allowedTenants, ',')
        // Not a secret: App Service proves the sign-in application with this identity.
        OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID: identity.properties.clientId
      },
      usesScheduler
        ? {
            DURABLE_TASK_SCHEDULER_CONNECTION_STRING: 'Endpoint=${scheduler!.properties.endpoint};Authentication=ManagedIdentity;ClientID=${identity.properties.clientId}'
            TASKHUB_NAME: taskHubName
          }
        : {},
      // App Service fetches them as the identity of the app; no template and no deployment sees them.
      toObject(items(keyVaultReferences), secret => secret.key, secret => '@Microsoft.KeyVault(SecretUri=${secret.value})')
    )
  }

  // Everybody gets through to the app, which refuses by route and role: health and page are for
  // all. App Service takes away what callers write into its own headers.
  resource authentication 'config' = {
    name: 'authsettingsV2'
    properties: {
      platform: { enabled: true, runtimeVersion: '~1' }
      globalValidation: {
        requireAuthentication: false
        unauthenticatedClientAction: 'AllowAnonymous'
      }
      httpSettings: { requireHttps: true }
      identityProviders: {
        azureActiveDirectory: {
          enabled: true
          registration: {
            clientId: signIn.clientId
            clientSecretSettingName: 'OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID'
            openIdIssuer: '${environment().authentication.loginEndpoint}${isMultiTenant ? 'organizations' : signIn.allowedTenants[0]}/v2.0'
          }
          validation: {
            allowedAudiences: [signIn.clientId, signIn.identifierUri]
          }
        }
      }
      login: {
        // The app needs to know who somebody is; it uses no token of theirs.
        tokenStore: { enabled: false }
        preserveUrlFragmentsForLogins: false
      }
    }
    dependsOn: [settings]
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: app
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    // The logs of the app itself go to Application Insights.
    logs: [{ category: 'AppServiceAuthenticationLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output id string = app.id
output name string = app.name
output hostName string = app.properties.defaultHostName
