metadata description = 'A network manager for IPAM alone, with its pools.'

import { Pool } from 'types.bicep'

param name string
param location string
param tags object
param pools Pool[]

resource manager 'Microsoft.Network/networkManagers@2024-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    networkManagerScopes: { subscriptions: [subscription().id] }
    // IPAM needs none of the features that change networks.
    networkManagerScopeAccesses: []
  }
}

// One after the other, in the order given: a pool with a parent comes after its parent.
@batchSize(1)
resource ipamPools 'Microsoft.Network/networkManagers/ipamPools@2024-07-01' = [
  for pool in pools: {
    parent: manager
    name: pool.name
    location: pool.location
    tags: tags
    properties: {
      addressPrefixes: pool.addressPrefixes
      displayName: pool.name
      description: pool.?description ?? ''
      parentPoolName: pool.?parentPoolName ?? ''
    }
  }
]
