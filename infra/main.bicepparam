using './main.bicep'

// azd fills the first two; "azd env set NAME value" sets the others, lists with commas. docs/deploy.md tells
// what they mean. For what is not here, add a line.
param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'vnetv')
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')

param signInClientId = readEnvironmentVariable('SIGN_IN_CLIENT_ID', '')
param allowedTenants = filter(split(readEnvironmentVariable('ALLOWED_TENANTS', ''), ','), id => !empty(id))
param durableBackEnd = readEnvironmentVariable('DURABLE_BACK_END', 'azureStorage')
param senderPrincipalIds = filter(split(readEnvironmentVariable('SENDER_PRINCIPAL_IDS', ''), ','), id => !empty(id))
param eventReaderPrincipalIds = filter(
  split(readEnvironmentVariable('EVENT_READER_PRINCIPAL_IDS', ''), ','),
  id => !empty(id)
)
param actionGroupIds = filter(split(readEnvironmentVariable('ACTION_GROUP_IDS', ''), ','), id => !empty(id))
param keyVaultReferences = json(readEnvironmentVariable('KEY_VAULT_REFERENCES', '{}'))
param publicOrigin = readEnvironmentVariable('PUBLIC_ORIGIN', '')
param vnetEnabled = bool(readEnvironmentVariable('VNET_ENABLED', 'false'))
param appIsPublic = bool(readEnvironmentVariable('APP_IS_PUBLIC', 'true'))
