metadata description = 'Types that several files share.'

@export()
type Pool = {
  @minLength(1)
  @maxLength(64)
  name: string

  @description('Region of the VNets that take prefixes from it.')
  location: string

  @description('Address ranges, IPv4 or IPv6, not both.')
  @minLength(1)
  addressPrefixes: string[]

  description: string?

  @description('Name of the pool that this one is a part of.')
  parentPoolName: string?
}

@export()
type ManagedTenant = {
  @description('Short name, as in the landscape.')
  @minLength(1)
  @maxLength(40)
  alias: string

  @minLength(36)
  @maxLength(36)
  tenantId: string

  @description('Subscriptions with which the network manager connects.')
  @minLength(1)
  subscriptionIds: string[]
}

@export()
@description('A file of infra/roles.')
type Role = {
  roleName: string
  description: string
  actions: string[]
  notActions: string[]
}
