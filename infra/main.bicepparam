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
param extraSettings = json(readEnvironmentVariable('EXTRA_SETTINGS', '{}'))
param publicOrigin = readEnvironmentVariable('PUBLIC_ORIGIN', '')
param vnetEnabled = bool(readEnvironmentVariable('VNET_ENABLED', 'false'))
param appIsPublic = bool(readEnvironmentVariable('APP_IS_PUBLIC', 'true'))
param vnetAddressPrefix = readEnvironmentVariable('VNET_ADDRESS_PREFIX', '10.100.0.0/25')
param lockLedger = bool(readEnvironmentVariable('LOCK_LEDGER', 'true'))
param storageRedundancy = readEnvironmentVariable('STORAGE_REDUNDANCY', 'Standard_ZRS')
param logRetentionDays = int(readEnvironmentVariable('LOG_RETENTION_DAYS', '90'))
param poolUsedPercent = int(readEnvironmentVariable('POOL_USED_PERCENT', '85'))
param nodeVersion = readEnvironmentVariable('NODE_VERSION', '24')
