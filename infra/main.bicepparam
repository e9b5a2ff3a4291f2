using './main.bicep'

// azd fills the first two; "azd env set NAME value" sets the others. docs/deploy.md tells what they mean.
param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'vnetv')
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param signInClientId = readEnvironmentVariable('SIGN_IN_CLIENT_ID', '00000000-0000-0000-0000-000000000000')
param durableBackEnd = readEnvironmentVariable('DURABLE_BACK_END', 'azureStorage')
param vnetEnabled = bool(readEnvironmentVariable('VNET_ENABLED', 'false'))
