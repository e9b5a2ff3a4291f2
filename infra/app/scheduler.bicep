metadata description = 'Durable Task Scheduler: the durable back end "azureManaged".'

param name string
param taskHubName string
param location string
param tags object
param identityName string

@description('Who may reach the scheduler at all; whoever does needs a token with a role beside it. An empty list means nobody.')
param ipAllowlist string[]

// Durable Task Data Contributor: the app runs workflows, starts them and purges what has ended.
var dataContributor = '0ad04412-c4d5-4796-b79c-f76d14c8d402'

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: identityName
}

resource scheduler 'Microsoft.DurableTask/schedulers@2026-02-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    sku: { name: 'Consumption' }
    ipAllowlist: ipAllowlist
  }

  resource taskHub 'taskHubs' = {
    name: taskHubName
    properties: {}
  }
}

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: scheduler::taskHub
  name: guid(scheduler::taskHub.id, identity.id, dataContributor)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', dataContributor)
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}
