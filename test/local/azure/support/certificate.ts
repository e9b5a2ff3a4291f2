import '../../../../src/local/azure/tls/reflect-metadata.ts';
import { webcrypto } from 'node:crypto';
import { PemConverter, X509CertificateGenerator } from '@peculiar/x509';

/** A self-signed RSA certificate as applications use it: both PEMs, and the certificate's DER in base64. */
export async function makeCertificate(name: string): Promise<{
  readonly pem: string;
  readonly base64: string;
  readonly privateKey: webcrypto.CryptoKey;
}> {
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 24 * 60 * 60 * 1000),
  });
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    pem: `${PemConverter.encode(key, 'PRIVATE KEY')}\n${certificate.toString('pem')}\n`,
    base64: Buffer.from(certificate.rawData).toString('base64'),
    privateKey: keys.privateKey,
  };
}
