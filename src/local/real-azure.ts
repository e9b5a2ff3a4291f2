import { join } from 'node:path';
import { type CloudName, clouds } from '../azure/clouds.ts';
import { credentialIn, type Landscape } from '../model/landscape.ts';
import { makeDataFolder } from './data-folder.ts';
import { lockDataFolderFor } from './data-folder-use.ts';
import { loadSessionKey } from './easy-auth/sessions.ts';
import type { LocalPerson } from './landscape/local-person.ts';
import { type PartOptions, type Parts, startParts } from './platform.ts';
import type { RealAzureReady } from './ready-file.ts';
import { type Access, accessOf, writeAccessFile } from './real-azure-access.ts';
import { checkCredentials } from './real-azure-credentials.ts';

/** Which Azure to work on, and where it is. */
export interface RealAzure {
  readonly cloud: CloudName;
  readonly resourceManager: string;
  readonly authority: string;
}

export interface RealStartOptions extends PartOptions {
  readonly azure: RealAzure;
  readonly landscape: Landscape;
  /** Who may sign in at the page and the API. */
  readonly people: readonly LocalPerson[];
  /** 0 = any free port. */
  readonly ports: { readonly api: number; readonly amqp: number };
  /** Where client secrets and the id of a managed identity are. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface RealPlatform extends Parts {
  readonly ready: RealAzureReady;
  /** Where the codes and the connection string of Service Bus are. */
  readonly accessFile: string;
}

/**
 * Starts Service Bus and the Functions host with the built app before the real Entra ID and Resource Manager:
 * what it does there, it does in earnest.
 */
export async function startOnRealAzure(options: RealStartOptions): Promise<RealPlatform> {
  const { azure, landscape, people, dataDirectory, environment } = options;
  await checkCredentials(landscape, clouds[azure.cloud], environment);
  let codeOf: Access['codeOf'] = () => '';
  const parts = await startParts(options, async () => {
    makeDataFolder(dataDirectory);
    const unlock = lockDataFolderFor(dataDirectory, {
      azure: 'real',
      resourceManager: azure.resourceManager,
      authority: azure.authority,
      managementTenantId: landscape.managementTenant.tenantId,
    });
    const access = accessOf(loadSessionKey(join(dataDirectory, 'sign-in.key')));
    codeOf = access.codeOf;
    return {
      landscape,
      settings: settingsOf(options),
      people,
      signingKey: undefined,
      access,
      close: async () => unlock(),
    };
  });
  const accessFile = writeAccessFile(dataDirectory, {
    serviceBus: parts.ready.serviceBus,
    people: people.map((person) => ({ key: person.key, code: codeOf(person) })),
  });
  return { ...parts, accessFile, ready: { ...parts.ready, azure, landscape: describe(landscape) } };
}

/** The settings of the app that tell it where Azure is, and the secrets that the landscape names. */
function settingsOf({ azure, landscape, environment }: RealStartOptions): Record<string, string> {
  const { managementTenant, managedTenants } = landscape;
  const secrets = [managementTenant, ...managedTenants].flatMap(({ tenantId }) => {
    const credential = credentialIn(landscape, tenantId);
    if (credential.type !== 'clientSecret') return [];
    return [[credential.setting, environment[credential.setting] ?? ''] as const];
  });
  const isOwnAuthority = azure.authority !== clouds[azure.cloud].authority;
  return {
    VNETV_CLOUD: azure.cloud,
    VNETV_RESOURCE_MANAGER: azure.resourceManager,
    VNETV_AUTHORITY: azure.authority,
    VNETV_DISABLE_INSTANCE_DISCOVERY: String(isOwnAuthority),
    ...Object.fromEntries(secrets),
  };
}

function describe({
  managementTenant,
  managedTenants,
  pools,
}: Landscape): RealAzureReady['landscape'] {
  return {
    managementTenantId: managementTenant.tenantId,
    managementSubscriptionId: managementTenant.subscriptionId,
    managedTenants: managedTenants.map(({ alias, tenantId, subscriptions: [first] }) => ({
      alias,
      tenantId,
      subscriptionId: first?.subscriptionId ?? '',
      resourceGroup: first?.resourceGroups?.[0] ?? '',
    })),
    pools: pools.map(({ alias, id }) => ({ alias, id })),
  };
}
