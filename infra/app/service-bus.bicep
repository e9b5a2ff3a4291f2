metadata description = 'Service Bus without keys. The entities are those of src/local/platform.ts; a test compares them.'

param name string
param location string
param tags object
param workspaceId string

@description('Whether only private endpoints lead to it. Azure has them in the Premium tier alone.')
param isPrivate bool

@description('User-assigned identity of the function app.')
param identityName string

@description('Service principals of ticketing systems (object ids): each may send to the request queue and nothing else.')
param senderPrincipalIds string[]

@description('Service principals (object ids) that may read the subscription "all" of the topic and nothing else.')
param eventReaderPrincipalIds string[]

var receiver = '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0' // Azure Service Bus Data Receiver
var sender = '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39' // Azure Service Bus Data Sender

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: identityName
}

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: name
  location: location
  tags: tags
  sku: isPrivate ? { name: 'Premium', tier: 'Premium', capacity: 1 } : { name: 'Standard', tier: 'Standard' }
  properties: {
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
  }

  resource requests 'queues' = {
    name: 'vnet-requests'
    properties: {
      lockDuration: 'PT1M'
      maxDeliveryCount: 10
      requiresDuplicateDetection: true
      duplicateDetectionHistoryTimeWindow: 'PT10M'
      deadLetteringOnMessageExpiration: true
    }
  }

  // Nobody reads it by machine: what lies here waits for a person.
  resource rejected 'queues' = {
    name: 'vnet-requests-rejected'
    properties: {
      lockDuration: 'PT1M'
      maxDeliveryCount: 10
      requiresDuplicateDetection: true
      duplicateDetectionHistoryTimeWindow: 'P1D'
    }
  }

  resource failedCallbacks 'queues' = {
    name: 'vnet-callbacks-failed'
    properties: {
      lockDuration: 'PT1M'
      maxDeliveryCount: 10
      requiresDuplicateDetection: true
      duplicateDetectionHistoryTimeWindow: 'P1D'
    }
  }

  resource events 'topics' = {
    name: 'vnet-events'
    properties: {
      requiresDuplicateDetection: true
      duplicateDetectionHistoryTimeWindow: 'P1D'
    }

    // For whoever wants to see everything. Events that nobody takes go after two weeks: a topic
    // that is full takes no more events, and then no request could end. Dead letters never go, and
    // count as well, so a reader that fails may fail for long before it makes any.
    resource all 'subscriptions' = {
      name: 'all'
      properties: {
        lockDuration: 'PT1M'
        maxDeliveryCount: 2000
        defaultMessageTimeToLive: 'P14D'
      }
    }

    resource callbacks 'subscriptions' = {
      name: 'callbacks'
      properties: {
        lockDuration: 'PT1M'
        maxDeliveryCount: 10
        deadLetteringOnMessageExpiration: true
      }
    }
  }
}

resource appReceivesRequests 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: namespace::requests
  name: guid(namespace::requests.id, identity.id, receiver)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', receiver)
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

// The HTTP API queues what it is asked for.
resource appSendsRequests 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: namespace::requests
  name: guid(namespace::requests.id, identity.id, sender)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', sender)
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource appRejects 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: namespace::rejected
  name: guid(namespace::rejected.id, identity.id, sender)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', sender)
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource appKeepsFailedCallbacks 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: namespace::failedCallbacks
  name: guid(namespace::failedCallbacks.id, identity.id, sender)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', sender)
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource appPublishes 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: namespace::events
  name: guid(namespace::events.id, identity.id, sender)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', sender)
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource appReceivesCallbacks 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: namespace::events::callbacks
  name: guid(namespace::events::callbacks.id, identity.id, receiver)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', receiver)
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource ticketsSend 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for principalId in senderPrincipalIds: {
    scope: namespace::requests
    name: guid(namespace::requests.id, principalId, sender)
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', sender)
      principalId: principalId
      principalType: 'ServicePrincipal'
    }
  }
]

resource readersReceive 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for principalId in eventReaderPrincipalIds: {
    scope: namespace::events::all
    name: guid(namespace::events::all.id, principalId, receiver)
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', receiver)
      principalId: principalId
      principalType: 'ServicePrincipal'
    }
  }
]

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: namespace
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output id string = namespace.id
output name string = namespace.name
// Such as contoso.servicebus.windows.net, whatever the cloud: the endpoint without scheme, port and path.
output host string = split(split(namespace.properties.serviceBusEndpoint, '/')[2], ':')[0]
