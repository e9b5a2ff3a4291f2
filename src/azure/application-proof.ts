import {
  ClientAssertionCredential,
  type ClientAssertionCredentialOptions,
  ClientCertificateCredential,
  ClientSecretCredential,
  type TokenCredential,
} from '@azure/identity';
import { type VendingError, vendingError } from '../model/errors.ts';
import type { ApplicationCredential } from '../model/landscape-credential.ts';
import { failure, type Outcome, success } from '../model/outcome.ts';
import { CertificateSource, certificateFile, type ReadPem } from './certificate-source.ts';
import type { Cloud } from './clouds.ts';
import { keyVaultSecret } from './key-vault.ts';
import { ManagedIdentity } from './managed-identity.ts';

/** With what the application proves who it is, as it is now. */
export interface Proof {
  /** Another one after a rotation. */
  readonly version: string;
  /**
   * @param told is told why there is no assertion: the SDK throws something of its own
   */
  open(tenantId: string, options: SdkOptions, told: (error: VendingError) => void): TokenCredential;
}

export type SdkOptions = Pick<
  ClientAssertionCredentialOptions,
  'authorityHost' | 'disableInstanceDiscovery' | 'retryOptions' | 'additionalPolicies'
>;

export interface ProofSource {
  /** @param doing for the message of an error */
  current(doing: string): Promise<Outcome<Proof>>;
  /** Reads it again, because Entra ID refused it. */
  renew(doing: string): Promise<Outcome<Proof>>;
}

export interface ProofOptions {
  readonly clientId: string;
  readonly cloud: Cloud;
  readonly settings: Readonly<Record<string, string | undefined>>;
  readonly requestTimeoutSeconds: number;
  /** How long a certificate counts as current without being read again. */
  readonly rereadSeconds: number;
  readonly now: () => number;
}

/** Where the proof that the landscape names comes from. */
export function proofSource(credential: ApplicationCredential, options: ProofOptions): ProofSource {
  switch (credential.type) {
    case 'clientSecret':
      return fromSetting(credential.setting, options);
    case 'certificate':
      return fromCertificate(readerOf(credential, options), options);
    case 'federatedIdentity':
      return fromManagedIdentity(identityOf(options, credential.managedIdentityClientId), options);
  }
}

function fromSetting(setting: string, { clientId, settings }: ProofOptions): ProofSource {
  const read = async (doing: string): Promise<Outcome<Proof>> => {
    const secret = settings[setting];
    if (!secret) {
      return failure(
        vendingError('CredentialInvalid', `${doing} failed: the app has no credential.`, {
          cause: `The app setting '${setting}', which the landscape names for the client secret, is missing or empty.`,
          remedy: `Set '${setting}' to a client secret of application ${clientId}.`,
          details: { setting },
        }),
      );
    }
    return success({
      version: setting,
      open: (tenantId, options) => new ClientSecretCredential(tenantId, clientId, secret, options),
    });
  };
  return { current: read, renew: read };
}

function fromCertificate(read: ReadPem, options: ProofOptions): ProofSource {
  const source = new CertificateSource(read, options);
  const proofOf = (certificate: Awaited<ReturnType<typeof source.current>>): Outcome<Proof> => {
    if (!certificate.ok) return certificate;
    const { pem, fingerprint } = certificate.value;
    return success({
      version: fingerprint,
      open: (tenantId, sdkOptions) =>
        new ClientCertificateCredential(
          tenantId,
          options.clientId,
          { certificate: pem },
          sdkOptions,
        ),
    });
  };
  return {
    current: async (doing) => proofOf(await source.current(doing)),
    renew: async (doing) => proofOf(await source.renew(doing)),
  };
}

function fromManagedIdentity(
  identity: ManagedIdentity,
  { clientId, cloud }: ProofOptions,
): ProofSource {
  const scope = `${cloud.tokenExchangeAudience}/.default`;
  const read = async (doing: string): Promise<Outcome<Proof>> =>
    success({
      version: 'managed identity',
      open: (tenantId, options, told) =>
        new ClientAssertionCredential(
          tenantId,
          clientId,
          async () => {
            const assertion = await identity.tokenFor(scope, doing);
            if (assertion.ok) return assertion.value;
            told(assertion.error);
            throw new Error(assertion.error.message);
          },
          options,
        ),
    });
  return { current: read, renew: read };
}

function readerOf(
  { file, keyVaultSecret: address }: ApplicationCredential & { type: 'certificate' },
  options: ProofOptions,
): ReadPem {
  if (file !== undefined) return certificateFile(file);
  return keyVaultSecret(address ?? '', {
    cloud: options.cloud,
    identity: identityOf(options),
    timeoutSeconds: options.requestTimeoutSeconds,
  });
}

function identityOf({ settings, requestTimeoutSeconds }: ProofOptions, clientId?: string) {
  return new ManagedIdentity({
    clientId: clientId ?? (settings['AZURE_CLIENT_ID'] || undefined),
    timeoutSeconds: requestTimeoutSeconds,
  });
}
