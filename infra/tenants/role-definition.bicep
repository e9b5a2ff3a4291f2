metadata description = 'A custom role from a file of infra/roles, assignable in this subscription alone.'

targetScope = 'subscription'

import { Role } from 'types.bicep'

param role Role

resource definition 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, role.roleName)
  properties: {
    roleName: '${role.roleName} ${subscription().subscriptionId}'
    description: role.description
    type: 'CustomRole'
    permissions: [
      {
        actions: role.actions
        notActions: role.notActions
        dataActions: []
        notDataActions: []
      }
    ]
    assignableScopes: [subscription().id]
  }
}

output id string = definition.id
