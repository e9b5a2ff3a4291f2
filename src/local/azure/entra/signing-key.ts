import { randomUUID, type webcrypto } from 'node:crypto';
import { exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import type { DocumentStore } from '../document-store.ts';

/** The key pair that signs all tokens (RS256). */
export interface SigningKey {
  readonly keyId: string;
  readonly privateKey: webcrypto.CryptoKey;
  readonly publicKey: webcrypto.CryptoKey;
  /** For the JWKS endpoint. */
  readonly publicJwk: JWK;
}

/** The key of the store, made on the first start: tokens outlive a restart. */
export async function loadSigningKey(store: DocumentStore): Promise<SigningKey> {
  const jwk = store.get<JWK & { kid: string }>('signingKeys', 'current') ?? (await makeKey(store));
  const { kty, n, e, kid } = jwk;
  const publicJwk = { kty, n, e, kid, use: 'sig', alg: 'RS256' } as JWK;
  return {
    keyId: kid,
    privateKey: await asymmetricKey(jwk),
    publicKey: await asymmetricKey(publicJwk),
    publicJwk,
  };
}

async function makeKey(store: DocumentStore): Promise<JWK & { kid: string }> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid: randomUUID(), alg: 'RS256' };
  store.put('signingKeys', 'current', jwk);
  return jwk;
}

async function asymmetricKey(jwk: JWK): Promise<webcrypto.CryptoKey> {
  const key = await importJWK(jwk, 'RS256');
  if (key instanceof Uint8Array) throw new Error('The signing key in the store is not an RSA key.');
  return key;
}
