metadata description = 'The management tenant: network manager, IPAM pools, the connections to managed tenants, and what the application may do. Does what "vnetv setup" does there.'

targetScope = 'subscription'

import { Pool, ManagedTenant } from 'tenants/types.bicep'

@description('Region of the network manager. Pools have their own.')
param location string

@description('Resource group of the network manager; made when there is none.')
param resourceGroupName string

param networkManagerName string

@description('True adopts a network manager and pools that are there: neither is changed; connections and roles are added.')
param adopt bool = false

@description('Tags of what is made.')
param tags object = {}

param pools Pool[]

@description('Managed tenants. A connection works once managed-tenant.bicep was deployed to its subscription as well.')
param managedTenants ManagedTenant[]

@description('Object id of the service principal of the application IN THIS TENANT (not the client id).')
@minLength(36)
@maxLength(36)
param applicationPrincipalId string

@description('What the application may do at the pools: exactly what the code calls, or the built-in role that Microsoft\'s tutorial names.')
@allowed(['custom', 'ipamPoolUser'])
param poolRole string = 'custom'

@description('Log Analytics workspace for changes of allocations; empty for none.')
param workspaceId string = ''

var ipamPoolUser = '7b3e853f-ad5d-4fb5-a7b8-56a3581c7037'
var managementRole = loadJsonContent('roles/vnet-vending-management-tenant.json')
var connectionsRole = loadJsonContent('roles/vnet-vending-connection-reader.json')

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = if (!adopt) {
  name: resourceGroupName
  location: location
  tags: tags
}

// Names of roles are unique in a tenant, so each subscription has its own.
module roleOfPools 'tenants/role-definition.bicep' = if (poolRole == 'custom') {
  name: 'vnetv-role-pools'
  params: { role: managementRole }
}

module roleOfConnections 'tenants/role-definition.bicep' = {
  name: 'vnetv-role-connections'
  params: { role: connectionsRole }
}

module manager 'tenants/network-manager.bicep' = if (!adopt) {
  scope: resourceGroup(resourceGroupName)
  name: 'vnetv-network-manager'
  dependsOn: [group]
  params: {
    name: networkManagerName
    location: location
    tags: tags
    pools: pools
  }
}

module access 'tenants/network-manager-access.bicep' = {
  scope: resourceGroup(resourceGroupName)
  name: 'vnetv-access'
  dependsOn: [manager]
  params: {
    networkManagerName: networkManagerName
    poolNames: [for pool in pools: pool.name]
    managedTenants: managedTenants
    principalId: applicationPrincipalId
    poolRoleId: poolRole == 'custom'
      ? roleOfPools!.outputs.id
      : subscriptionResourceId('Microsoft.Authorization/roleDefinitions', ipamPoolUser)
    connectionsRoleId: roleOfConnections.outputs.id
    workspaceId: workspaceId
  }
}

@description('For managed-tenant.bicep.')
output networkManagerId string = access.outputs.networkManagerId

@description('For the landscape: the ids of the pools.')
output pools { alias: string, id: string }[] = [
  for (pool, index) in pools: { alias: pool.name, id: access.outputs.poolIds[index] }
]
