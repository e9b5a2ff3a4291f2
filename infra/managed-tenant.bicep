metadata description = 'One subscription of a managed tenant: its side of the connection, and what the application may do there. Does what "vnetv setup" does there.'

targetScope = 'subscription'

@description('Resource id of the network manager in the management tenant (an output of management-tenant.bicep).')
param networkManagerId string

@description('Name of the connection.')
param connectionName string = 'vnet-vending'

@description('Object id of the service principal of the application IN THIS TENANT (not the client id).')
@minLength(36)
@maxLength(36)
param applicationPrincipalId string

@description('What the application may do: exactly what the code calls, or Network Contributor.')
@allowed(['custom', 'networkContributor'])
param role string = 'custom'

@description('Resource groups in which VNets may be made; they must exist. Empty for the whole subscription.')
param resourceGroupNames string[] = []

var networkContributor = '4d97b98b-1d4f-4787-a291-c67834d212e7'

resource connection 'Microsoft.Network/networkManagerConnections@2024-07-01' = {
  name: connectionName
  properties: {
    networkManagerId: networkManagerId
    description: 'vnet-vending'
  }
}

module customRole 'tenants/role-definition.bicep' = if (role == 'custom') {
  name: 'vnetv-role'
  params: { role: loadJsonContent('roles/vnet-vending-managed-tenant.json') }
}

var roleId = role == 'custom'
  ? customRole!.outputs.id
  : subscriptionResourceId('Microsoft.Authorization/roleDefinitions', networkContributor)

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (empty(resourceGroupNames)) {
  name: guid(subscription().id, applicationPrincipalId, 'vnet-vending')
  properties: {
    roleDefinitionId: roleId
    principalId: applicationPrincipalId
    principalType: 'ServicePrincipal'
  }
}

module assignments 'tenants/role-at-group.bicep' = [
  for name in resourceGroupNames: {
    scope: resourceGroup(name)
    name: 'vnetv-role-${uniqueString(name)}'
    params: { roleId: roleId, principalId: applicationPrincipalId }
  }
]
