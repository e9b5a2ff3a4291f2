import {
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineRequest,
} from '@azure/core-rest-pipeline';
import { z } from 'zod';
import { type VendingError, vendingError } from '../model/errors.ts';
import { failure, type Outcome, success } from '../model/outcome.ts';
import type { ReadPem } from './certificate-source.ts';
import type { Cloud } from './clouds.ts';
import { translateFault } from './error-translation.ts';
import type { ManagedIdentity } from './managed-identity.ts';
import { redact } from './redact.ts';

/** Of the vaults' API; any later one answers the same. */
const apiVersion = '7.4';

const secretSchema = z.object({ value: z.string(), contentType: z.string().optional() });
const errorSchema = z.object({ error: z.object({ message: z.string() }) });

/**
 * Reads a secret of Key Vault as the app's managed identity. Its token is sent to vaults of the cloud
 * alone, whatever address the landscape has.
 */
export function keyVaultSecret(
  address: string,
  options: {
    readonly cloud: Pick<Cloud, 'keyVaultSuffix' | 'keyVaultScope'>;
    readonly identity: ManagedIdentity;
    readonly timeoutSeconds: number;
  },
): ReadPem {
  const { cloud, identity, timeoutSeconds } = options;
  const url = new URL(address);
  const client = createDefaultHttpClient();
  return async (doing) => {
    if (!url.hostname.endsWith(`.${cloud.keyVaultSuffix}`)) {
      return failure(unusable(doing, `'${url.hostname}' is no vault of ${cloud.keyVaultSuffix}.`));
    }
    const token = await identity.tokenFor(cloud.keyVaultScope, doing);
    if (!token.ok) return token;
    const request = createPipelineRequest({
      url: `${url.origin}${url.pathname}?api-version=${apiVersion}`,
      headers: createHttpHeaders({ authorization: `Bearer ${token.value}` }),
      timeout: timeoutSeconds * 1000,
    });
    try {
      const { status, bodyAsText } = await client.sendRequest(request);
      const body = asJson(bodyAsText ?? '');
      return status === 200 ? pemOf(body, doing, url) : failure(refused(status, body, doing, url));
    } catch (error) {
      return failure(translateFault(error, { doing, tenantId: '', clientId: '' }));
    }
  };
}

function pemOf(body: unknown, doing: string, { href }: URL): Outcome<string> {
  const secret = secretSchema.safeParse(body);
  if (!secret.success) return failure(unusable(doing, `'${href}' answers without a secret.`));
  const { value, contentType } = secret.data;
  if (contentType !== 'application/x-pkcs12') return success(value);
  return failure(
    unusable(
      doing,
      `The secret '${href}' is in PKCS #12, not in PEM.`,
      'Make the certificate in Key Vault anew with the content type application/x-pem-file in its policy.',
    ),
  );
}

function refused(status: number, body: unknown, doing: string, { href }: URL): VendingError {
  const parsed = errorSchema.safeParse(body);
  const words = parsed.success ? redact(parsed.data.error.message) : 'without a reason';
  const cause = `Key Vault answered ${status} to '${href}': ${words}`;
  if (status === 429 || status >= 500) {
    return vendingError('TokenUnavailable', `${doing} failed: Key Vault does not answer.`, {
      cause,
    });
  }
  return unusable(
    doing,
    cause,
    status === 404
      ? 'Correct the address of the secret in the landscape, or make the certificate.'
      : "Assign the role Key Vault Secrets User on the vault to the app's managed identity, and let the vault's firewall admit the app.",
  );
}

const unusable = (doing: string, cause: string, remedy?: string): VendingError =>
  vendingError(
    'CertificateUnusable',
    `${doing} failed: the certificate of the application cannot be read from Key Vault.`,
    { cause, ...(remedy === undefined ? {} : { remedy }) },
  );

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
