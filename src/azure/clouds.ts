/**
 * One of Azure's clouds: they share nothing, neither tenants nor endpoints. Sources: the Azure CLI's table of
 * clouds (`az cloud list`: authorities, Resource Manager, Graph, Key Vault), Microsoft's pages "National cloud
 * deployments" of Graph and "Azure Government developer guide", and the federated-credential pages of Entra ID
 * for `tokenExchangeAudience`.
 */
export interface Cloud {
  /** Entra ID, https, without a path. */
  readonly authority: string;
  /** Endpoint of Resource Manager, https, without a path. */
  readonly resourceManager: string;
  /** What a token for Resource Manager is asked for with, whatever address it is reached at. */
  readonly resourceManagerScope: string;
  /** Microsoft Graph, https, without a path and version. */
  readonly graph: string;
  readonly graphScope: string;
  /** Audience of the managed identity's token that an application trusts through a federated credential. */
  readonly tokenExchangeAudience: string;
  /** A vault is `https://NAME.<suffix>`. */
  readonly keyVaultSuffix: string;
  /** Differs from the address of a vault: one token is for all vaults of the cloud. */
  readonly keyVaultScope: string;
  /** A namespace is `NAME.<suffix>`. */
  readonly serviceBusSuffix: string;
  /** Storage accounts: `https://NAME.table.<suffix>`. */
  readonly storageSuffix: string;
  readonly portal: string;
}

export const cloudNames = ['public', 'usgovernment', 'china'] as const;
export type CloudName = (typeof cloudNames)[number];

export const clouds: Readonly<Record<CloudName, Cloud>> = {
  public: {
    authority: 'https://login.microsoftonline.com',
    resourceManager: 'https://management.azure.com',
    resourceManagerScope: 'https://management.azure.com/.default',
    graph: 'https://graph.microsoft.com',
    graphScope: 'https://graph.microsoft.com/.default',
    tokenExchangeAudience: 'api://AzureADTokenExchange',
    keyVaultSuffix: 'vault.azure.net',
    keyVaultScope: 'https://vault.azure.net/.default',
    serviceBusSuffix: 'servicebus.windows.net',
    storageSuffix: 'core.windows.net',
    portal: 'https://portal.azure.com',
  },
  usgovernment: {
    authority: 'https://login.microsoftonline.us',
    resourceManager: 'https://management.usgovcloudapi.net',
    resourceManagerScope: 'https://management.usgovcloudapi.net/.default',
    graph: 'https://graph.microsoft.us',
    graphScope: 'https://graph.microsoft.us/.default',
    tokenExchangeAudience: 'api://AzureADTokenExchangeUSGov',
    keyVaultSuffix: 'vault.usgovcloudapi.net',
    keyVaultScope: 'https://vault.usgovcloudapi.net/.default',
    serviceBusSuffix: 'servicebus.usgovcloudapi.net',
    storageSuffix: 'core.usgovcloudapi.net',
    portal: 'https://portal.azure.us',
  },
  china: {
    authority: 'https://login.chinacloudapi.cn',
    resourceManager: 'https://management.chinacloudapi.cn',
    resourceManagerScope: 'https://management.chinacloudapi.cn/.default',
    graph: 'https://microsoftgraph.chinacloudapi.cn',
    graphScope: 'https://microsoftgraph.chinacloudapi.cn/.default',
    tokenExchangeAudience: 'api://AzureADTokenExchangeChina',
    keyVaultSuffix: 'vault.azure.cn',
    keyVaultScope: 'https://vault.azure.cn/.default',
    serviceBusSuffix: 'servicebus.chinacloudapi.cn',
    storageSuffix: 'core.chinacloudapi.cn',
    portal: 'https://portal.azure.cn',
  },
};
