using './management-tenant.bicep'

// An example: copy it, and put your own ids in.
param location = 'centralus'
param resourceGroupName = 'rg-ipam'
param networkManagerName = 'avnm-contoso'
param applicationPrincipalId = 'a0000000-0000-4000-8000-0000000000a1'
param pools = [
  { name: 'corp', location: 'centralus', addressPrefixes: ['10.0.0.0/8'] }
  { name: 'corp-centralus', location: 'centralus', addressPrefixes: ['10.16.0.0/12'], parentPoolName: 'corp' }
]
param managedTenants = [
  {
    alias: 'fabrikam'
    tenantId: 'b0000000-0000-4000-8000-00000000000b'
    subscriptionIds: ['b0000000-0000-4000-8000-0000000000b1']
  }
]
