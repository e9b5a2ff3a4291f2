import { createHash, X509Certificate } from 'node:crypto';
import {
  decodeJwt,
  decodeProtectedHeader,
  errors,
  jwtVerify,
  type ProtectedHeaderParameters,
} from 'jose';
import type { ApplicationDocument, KeyCredentialDocument } from '../documents.ts';
import { EntraError } from './entra-error.ts';
import type { SigningKey } from './signing-key.ts';

/**
 * Checks the signed JWT with which an application proves who it is: made with a certificate that is
 * registered with the application, or a token of this platform that the application trusts through a
 * federated credential.
 *
 * @throws EntraError when it proves nothing.
 */
export async function checkClientAssertion(
  assertion: string,
  application: ApplicationDocument,
  options: { readonly origin: string; readonly signingKey: SigningKey },
): Promise<void> {
  const { header, issuer } = readAssertion(assertion);
  if (issuer.toLowerCase() === application.clientId.toLowerCase()) {
    await checkCertificateAssertion(assertion, header, application, options.origin);
  } else {
    await checkFederatedAssertion(assertion, application, options.signingKey);
  }
}

function readAssertion(assertion: string): {
  readonly header: ProtectedHeaderParameters;
  readonly issuer: string;
} {
  try {
    const { iss: issuer } = decodeJwt(assertion);
    const header = decodeProtectedHeader(assertion);
    if (typeof issuer === 'string') return { header, issuer };
  } catch {
    // Told below, as for one without an issuer.
  }
  throw new EntraError(700027, 'Client assertion is not a signed JSON web token with an issuer.');
}

async function checkCertificateAssertion(
  assertion: string,
  header: ProtectedHeaderParameters,
  application: ApplicationDocument,
  origin: string,
): Promise<void> {
  const thumbprint = header['x5t#S256'] ?? header.x5t;
  const key = application.keys.find((candidate) => isThumbprintOf(candidate, thumbprint));
  if (!key) {
    throw new EntraError(
      700027,
      `The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Thumbprint of key used by client: '${thumbprintAsHex(thumbprint)}']. App: '${application.clientId}'.`,
    );
  }
  const { publicKey } = new X509Certificate(Buffer.from(key.certificate, 'base64'));
  const claims = await verify(assertion, publicKey);
  const audiences = [claims.aud ?? []].flat();
  if (!audiences.some((audience) => audience.startsWith(`${origin}/`))) {
    throw new EntraError(
      700023,
      `Client assertion audience claim does not match Realm issuer. Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials.`,
    );
  }
}

async function checkFederatedAssertion(
  assertion: string,
  application: ApplicationDocument,
  signingKey: SigningKey,
): Promise<void> {
  const { iss = '', sub = '', aud } = decodeJwt(assertion);
  const advice =
    'Check your federated identity credential Subject, Audience and Issuer against the presented assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation';
  const ofIssuer = application.federatedCredentials.filter((known) => known.issuer === iss);
  if (ofIssuer.length === 0) {
    throw new EntraError(
      700211,
      `No matching federated identity record found for presented assertion issuer '${iss}'. ${advice}`,
    );
  }
  const ofSubject = ofIssuer.filter((known) => known.subject === sub);
  if (ofSubject.length === 0) {
    throw new EntraError(
      700213,
      `No matching federated identity record found for presented assertion subject '${sub}'. ${advice}`,
    );
  }
  const audiences = [aud ?? []].flat();
  if (!ofSubject.some((known) => known.audiences.some((one) => audiences.includes(one)))) {
    throw new EntraError(
      700212,
      `No matching federated identity record found for presented assertion audience '${audiences.join(' ')}'. ${advice}`,
    );
  }
  await verify(assertion, signingKey.publicKey);
}

async function verify(assertion: string, key: Parameters<typeof jwtVerify>[1] & object) {
  try {
    const { payload } = await jwtVerify(assertion, key, { clockTolerance: 5 });
    return payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed) {
      const { nbf, exp } = error.payload;
      throw new EntraError(
        700024,
        `Client assertion is not within its valid time range. Current time: ${new Date().toISOString()}, assertion valid from ${asTime(nbf)}, expiry time of assertion ${asTime(exp)}. Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials.`,
      );
    }
    if (error instanceof errors.JOSEError || error instanceof TypeError) {
      throw new EntraError(
        700027,
        `Client assertion contains an invalid signature. [Reason - ${error.message}]`,
      );
    }
    throw error;
  }
}

function asTime(seconds: number | undefined): string {
  return seconds === undefined ? 'unknown' : new Date(seconds * 1000).toISOString();
}

function isThumbprintOf(key: KeyCredentialDocument, thumbprint: unknown): boolean {
  const certificate = Buffer.from(key.certificate, 'base64');
  return ['sha1', 'sha256'].some(
    (algorithm) =>
      createHash(algorithm).update(certificate).digest('base64url') === toBase64Url(thumbprint),
  );
}

/** Some clients send the thumbprint in plain base64. */
function toBase64Url(thumbprint: unknown): string {
  return typeof thumbprint === 'string'
    ? Buffer.from(thumbprint, 'base64').toString('base64url')
    : '';
}

function thumbprintAsHex(thumbprint: unknown): string {
  return Buffer.from(toBase64Url(thumbprint), 'base64url').toString('hex').toUpperCase();
}
