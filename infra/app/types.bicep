metadata description = 'Types that several files share.'

@export()
@description('Sign-in by App Service authentication.')
type SignIn = {
  @description('Client id of the app registration that people and ticketing systems sign in to.')
  @minLength(36)
  @maxLength(36)
  clientId: string

  @description('Its application id URI.')
  identifierUri: string

  @description('Tenants whose people may sign in.')
  @minLength(1)
  @maxLength(10)
  allowedTenants: string[]
}
