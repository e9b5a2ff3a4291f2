metadata description = 'vnet-vending in one resource group: function app, Service Bus, storage, monitoring. docs/deploy.md is the page to follow.'

targetScope = 'subscription'

@description('Name of the environment; names of resources are derived from it.')
@minLength(1)
@maxLength(24)
param environmentName string

@description('Region. It must offer Flex Consumption.')
param location string

@description('Resource group; made when there is none.')
param resourceGroupName string = 'rg-${environmentName}'

@description('Tags of every resource.')
param tags object = {}

@description('Client id of the app registration that people and ticketing systems sign in to (docs/deploy.md, step 2).')
@minLength(36)
@maxLength(36)
param signInClientId string

@description('Application id URI of that registration.')
param signInIdentifierUri string = 'api://${signInClientId}'

@description('Tenants whose people may sign in. Unless given: the tenant of this subscription alone.')
param allowedTenants string[] = []

@description('Durable back end. It can not be changed later while requests are running, and the package must be built for it.')
@allowed(['azureStorage', 'azureManaged'])
param durableBackEnd string = 'azureStorage'

@description('Who may reach Durable Task Scheduler at all (addresses or ranges); a token is needed beside it.')
param schedulerIpAllowlist string[] = ['0.0.0.0/0']

@description('Object ids of the service principals of ticketing systems: each may send to the request queue and nothing else.')
param senderPrincipalIds string[] = []

@description('Object ids of service principals that may read all events.')
param eventReaderPrincipalIds string[] = []

@description('Resource ids of the action groups that alerts tell. Without any, alerts show in the portal alone.')
param actionGroupIds string[] = []

@description('Share of a pool, in percent, from which it counts as nearly full.')
@minValue(1)
@maxValue(100)
param poolUsedPercent int = 85

@description('Days that logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 90

@description('App settings that are secrets, such as those that sign callbacks: the name of the setting, and the URI of the secret in a key vault. The identity of the app needs the role Key Vault Secrets User there.')
param keyVaultReferences object = {}

@description('Other app settings, by name, such as addresses of callbacks. One that the template itself makes keeps its value. Each deployment deletes the settings that are neither here nor in keyVaultReferences.')
param extraSettings object = {}

@description('Redundancy of the storage accounts. Regions without zones have no Standard_ZRS.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param storageRedundancy string = 'Standard_ZRS'

@description('Where the app is published, if another host stands before it, such as https://vnets.contoso.com.')
param publicOrigin string = ''

@description('Version of Node on which the app runs.')
@allowed(['22', '24'])
param nodeVersion string = '24'

@description('Most instances that each part of the app may have.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Private networking: storage and Service Bus are reached by private endpoints alone. Service Bus becomes Premium.')
param vnetEnabled bool = false

@description('Address space of that network, at least a /25.')
param vnetAddressPrefix string = '10.100.0.0/25'

@description('Whether the app itself is reachable from the internet. Turned off (only with vnetEnabled), it has a private endpoint.')
param appIsPublic bool = true

@description('Whether a lock keeps people from deleting the ledger. "azd down" needs it taken away first.')
param lockLedger bool = true

var token = toLower(uniqueString(subscription().id, environmentName, location))
var tenants = empty(allowedTenants) ? [tenant().tenantId] : allowedTenants
var allTags = union(tags, { 'azd-env-name': environmentName })
// Names, not outputs, lead from part to part, so that what-if can tell what it would change.
var names = {
  identity: 'id-${environmentName}-${token}'
  component: 'appi-${environmentName}-${token}'
  scheduler: 'dts-${environmentName}-${token}'
  taskHub: 'vnetvending'
}
var packageContainer = 'packages'
var usesScheduler = durableBackEnd == 'azureManaged'
var isAppPrivate = vnetEnabled && !appIsPublic

// Ids of built-in roles.
var blobOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b' // Storage Blob Data Owner: what the host asks for
var queueContributor = '974c5e8b-45b9-4653-ba55-5f855dd0fb88' // Storage Queue Data Contributor
var tableContributor = '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3' // Storage Table Data Contributor

// Names of private DNS zones, by cloud.
var storageSuffix = environment().suffixes.storage
var serviceBusZones = {
  AzureCloud: 'privatelink.servicebus.windows.net'
  AzureUSGovernment: 'privatelink.servicebus.usgovcloudapi.net'
  AzureChinaCloud: 'privatelink.servicebus.chinacloudapi.cn'
}
var appZones = {
  AzureCloud: 'privatelink.azurewebsites.net'
  AzureUSGovernment: 'privatelink.azurewebsites.us'
  AzureChinaCloud: 'privatelink.chinacloudsites.cn'
}
var zones = {
  blob: 'privatelink.blob.${storageSuffix}'
  queue: 'privatelink.queue.${storageSuffix}'
  table: 'privatelink.table.${storageSuffix}'
  namespace: serviceBusZones[environment().name]
  sites: appZones[environment().name]
}

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: resourceGroupName
  location: location
  tags: allTags
}

module identity 'app/identity.bicep' = {
  scope: group
  name: 'identity'
  params: { name: names.identity, location: location, tags: allTags }
}

module monitoring 'app/monitoring.bicep' = {
  scope: group
  name: 'monitoring'
  dependsOn: [identity]
  params: {
    workspaceName: 'log-${environmentName}-${token}'
    componentName: names.component
    location: location
    tags: allTags
    retentionInDays: logRetentionDays
    identityName: names.identity
  }
}

module hostStorage 'app/storage.bicep' = {
  scope: group
  name: 'host-storage'
  dependsOn: [identity]
  params: {
    name: 'sthost${token}'
    redundancy: storageRedundancy
    location: location
    tags: allTags
    workspaceId: monitoring.outputs.workspaceId
    containers: [packageContainer]
    queues: !usesScheduler
    isPrivate: vnetEnabled
    identityName: names.identity
    dataRoles: concat([blobOwner, tableContributor], usesScheduler ? [] : [queueContributor])
  }
}

module ledgerStorage 'app/storage.bicep' = {
  scope: group
  name: 'ledger-storage'
  dependsOn: [identity]
  params: {
    name: 'stledger${token}'
    redundancy: storageRedundancy
    location: location
    tags: allTags
    workspaceId: monitoring.outputs.workspaceId
    isPrivate: vnetEnabled
    lockAgainstDeletion: lockLedger
    identityName: names.identity
    dataRoles: [tableContributor]
  }
}

module serviceBus 'app/service-bus.bicep' = {
  scope: group
  name: 'service-bus'
  dependsOn: [identity]
  params: {
    name: 'sb-${environmentName}-${token}'
    location: location
    tags: allTags
    workspaceId: monitoring.outputs.workspaceId
    isPrivate: vnetEnabled
    identityName: names.identity
    senderPrincipalIds: senderPrincipalIds
    eventReaderPrincipalIds: eventReaderPrincipalIds
  }
}

module scheduler 'app/scheduler.bicep' = if (usesScheduler) {
  scope: group
  name: 'scheduler'
  dependsOn: [identity]
  params: {
    name: names.scheduler
    taskHubName: names.taskHub
    location: location
    tags: allTags
    identityName: names.identity
    ipAllowlist: schedulerIpAllowlist
  }
}

module network 'app/network.bicep' = if (vnetEnabled) {
  scope: group
  name: 'network'
  params: {
    name: 'vnet-${environmentName}-${token}'
    location: location
    tags: allTags
    workspaceId: monitoring.outputs.workspaceId
    addressPrefix: vnetAddressPrefix
    zones: concat(
      [zones.blob, zones.table, zones.namespace],
      usesScheduler ? [] : [zones.queue],
      isAppPrivate ? [zones.sites] : []
    )
  }
}

var privateParts = concat(
  [
    { name: 'host-blob', part: 'blob', resource: 'hostStorage' }
    { name: 'host-table', part: 'table', resource: 'hostStorage' }
    { name: 'ledger-table', part: 'table', resource: 'ledgerStorage' }
    { name: 'service-bus', part: 'namespace', resource: 'serviceBus' }
  ],
  usesScheduler ? [] : [{ name: 'host-queue', part: 'queue', resource: 'hostStorage' }],
  isAppPrivate ? [{ name: 'app', part: 'sites', resource: 'app' }] : []
)

module endpoints 'app/private-endpoint.bicep' = [
  for endpoint in privateParts: if (vnetEnabled) {
    scope: group
    name: 'endpoint-${endpoint.name}'
    params: {
      name: 'pe-${endpoint.name}-${token}'
      location: location
      tags: allTags
      subnetId: network!.outputs.endpointSubnetId
      resourceId: {
        hostStorage: hostStorage.outputs.id
        ledgerStorage: ledgerStorage.outputs.id
        serviceBus: serviceBus.outputs.id
        app: app.outputs.id
      }[endpoint.resource]
      part: endpoint.part
      zoneName: zones[endpoint.part]
    }
  }
]

module app 'app/function-app.bicep' = {
  scope: group
  name: 'function-app'
  dependsOn: [identity, scheduler]
  params: {
    name: 'func-${environmentName}-${token}'
    planName: 'plan-${environmentName}-${token}'
    location: location
    tags: allTags
    workspaceId: monitoring.outputs.workspaceId
    identityName: names.identity
    hostBlobEndpoint: hostStorage.outputs.blobEndpoint
    hostQueueEndpoint: hostStorage.outputs.queueEndpoint
    hostTableEndpoint: hostStorage.outputs.tableEndpoint
    packageContainer: packageContainer
    ledgerTableEndpoint: ledgerStorage.outputs.tableEndpoint
    serviceBusHost: serviceBus.outputs.host
    durableBackEnd: durableBackEnd
    schedulerName: names.scheduler
    taskHubName: names.taskHub
    componentName: names.component
    signIn: { clientId: signInClientId, identifierUri: signInIdentifierUri, allowedTenants: tenants }
    keyVaultReferences: keyVaultReferences
    extraSettings: extraSettings
    publicOrigin: publicOrigin
    nodeVersion: nodeVersion
    maximumInstanceCount: maximumInstanceCount
    subnetId: vnetEnabled ? network!.outputs.appSubnetId : ''
    isPublic: !isAppPrivate
  }
}

module alerts 'app/alerts.bicep' = {
  scope: group
  name: 'alerts'
  params: {
    location: location
    tags: allTags
    actionGroupIds: actionGroupIds
    workspaceId: monitoring.outputs.workspaceId
    serviceBusId: serviceBus.outputs.id
    poolUsedPercent: poolUsedPercent
  }
}

@description('Address of page and API.')
output API_URL string = 'https://${app.outputs.hostName}'

@description('Redirect address for the app registration of the sign-in.')
output SIGN_IN_REDIRECT_URI string = 'https://${app.outputs.hostName}/.auth/login/aad/callback'

output FUNCTION_APP_NAME string = app.outputs.name
output RESOURCE_GROUP_NAME string = group.name
output SERVICE_BUS_HOST string = serviceBus.outputs.host
output DURABLE_BACK_END string = durableBackEnd

@description('Client id of the identity of the app, for the landscape.')
output IDENTITY_CLIENT_ID string = identity.outputs.clientId

@description('What both applications must trust in a federated credential: this subject ...')
output FEDERATED_CREDENTIAL_SUBJECT string = identity.outputs.principalId

@description('... of this issuer.')
output FEDERATED_CREDENTIAL_ISSUER string = '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
