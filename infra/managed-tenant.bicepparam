using './managed-tenant.bicep'

// An example: copy it, and put your own ids in.
param networkManagerId = '/subscriptions/a0000000-0000-4000-8000-0000000000a2/resourceGroups/rg-ipam/providers/Microsoft.Network/networkManagers/avnm-contoso'
param applicationPrincipalId = 'b0000000-0000-4000-8000-0000000000b2'
param resourceGroupNames = ['rg-payments']
