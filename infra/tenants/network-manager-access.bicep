metadata description = 'Connections of a network manager to managed tenants, and what the application may do at it.'

import { ManagedTenant } from 'types.bicep'

param networkManagerName string
param poolNames string[]
param managedTenants ManagedTenant[]
param principalId string
param poolRoleId string
param connectionsRoleId string
param workspaceId string

var connections = flatten(map(
  managedTenants,
  managed =>
    map(managed.subscriptionIds, id => {
      name: '${managed.alias}-${substring(uniqueString(toLower(id)), 0, 8)}'
      tenantId: managed.tenantId
      scope: '/subscriptions/${id}'
    })
))

resource manager 'Microsoft.Network/networkManagers@2024-07-01' existing = {
  name: networkManagerName
}

resource pools 'Microsoft.Network/networkManagers/ipamPools@2024-07-01' existing = [
  for name in poolNames: {
    parent: manager
    name: name
  }
]

resource scopeConnections 'Microsoft.Network/networkManagers/scopeConnections@2024-07-01' = [
  for connection in connections: {
    parent: manager
    name: connection.name
    properties: {
      tenantId: connection.tenantId
      // A subscription of another tenant: no function makes its id.
      #disable-next-line use-resource-id-functions
      resourceId: connection.scope
      description: 'vnet-vending'
    }
  }
]

resource poolAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (name, index) in poolNames: {
    scope: pools[index]
    name: guid(pools[index].id, principalId, 'pool')
    properties: {
      roleDefinitionId: poolRoleId
      principalId: principalId
      principalType: 'ServicePrincipal'
    }
  }
]

// A role at a pool does not reach the connections, which lie beside the pools.
resource connectionsAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: manager
  name: guid(manager.id, principalId, 'connections')
  properties: {
    roleDefinitionId: connectionsRoleId
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

resource poolDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = [
  for (name, index) in poolNames: if (!empty(workspaceId)) {
    scope: pools[index]
    name: 'vnetv'
    properties: {
      workspaceId: workspaceId
      logs: [{ category: 'PoolAllocationChange', enabled: true }]
      metrics: [{ category: 'AllMetrics', enabled: true }]
    }
  }
]

output networkManagerId string = manager.id
output poolIds string[] = [for (name, index) in poolNames: pools[index].id]
