import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import { ManagedIdentityCredential } from '@azure/identity';
import type { Cloud } from '../azure/clouds.ts';
import { credentialIn, type Landscape } from '../model/landscape.ts';
import type { ApplicationCredential } from '../model/landscape-credential.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** A machine without a managed identity has nobody who would answer. */
const patienceMs = 5_000;

/**
 * Checks that this machine has what the landscape names to sign the application in with, before anything
 * starts. @throws with what is missing
 */
export async function checkCredentials(
  landscape: Landscape,
  cloud: Cloud,
  environment: Environment,
): Promise<void> {
  for (const credential of credentialsOf(landscape)) {
    switch (credential.type) {
      case 'clientSecret':
        checkSetting(credential.setting, environment);
        break;
      case 'certificate':
        if (credential.file !== undefined) checkFile(credential.file);
        else await proveIdentity(undefined, cloud.keyVaultScope, environment);
        break;
      case 'federatedIdentity':
        await proveIdentity(
          credential.managedIdentityClientId,
          `${cloud.tokenExchangeAudience}/.default`,
          environment,
        );
    }
  }
}

function credentialsOf(landscape: Landscape): readonly ApplicationCredential[] {
  const { managementTenant, managedTenants } = landscape;
  const all = [managementTenant, ...managedTenants].map(({ tenantId }) =>
    credentialIn(landscape, tenantId),
  );
  return [...new Map(all.map((credential) => [JSON.stringify(credential), credential])).values()];
}

function checkSetting(setting: string, environment: Environment): void {
  if (environment[setting]) return;
  throw new Error(
    `The landscape names the environment variable ${setting} for the client secret of the application, and it is ` +
      'not set. Set it for this start alone, without leaving it in the history of your shell, such as:\n' +
      `  read -rs ${setting} && export ${setting}`,
  );
}

function checkFile(file: string): void {
  try {
    accessSync(file, constants.R_OK);
  } catch (error) {
    throw new Error(
      `The certificate file '${resolve(file)}', which the landscape names, cannot be read: ${(error as Error).message}`,
    );
  }
}

/** Only machines of Azure (and Azure Arc) have a managed identity, and only such a one can vouch for the application. */
async function proveIdentity(
  ofLandscape: string | undefined,
  scope: string,
  environment: Environment,
): Promise<void> {
  const clientId = ofLandscape ?? (environment['AZURE_CLIENT_ID'] || undefined);
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('nobody answers')), patienceMs);
  });
  const retryOptions = { maxRetries: 0 };
  try {
    const credential = new ManagedIdentityCredential(
      clientId === undefined ? { retryOptions } : { clientId, retryOptions },
    );
    await Promise.race([credential.getToken(scope), limit]);
  } catch (error) {
    throw new Error(
      'The landscape has the application signed in by a managed identity, and this machine has none ' +
        `(${(error as Error).message.split('\n')[0]}). Give the landscape another credential for this machine, ` +
        'a certificate or a clientSecret (docs/one-machine.md), or start on a machine of Azure that has the identity. ' +
        'Your own sign-in (az login) cannot stand for it: the application acts, not you.',
    );
  } finally {
    clearTimeout(timer);
  }
}
