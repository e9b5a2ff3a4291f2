import './reflect-metadata.ts';
import { randomBytes, webcrypto } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** What the https server needs, and the file that clients have to trust. */
export interface ServerCertificate {
  /** PEM: the server's certificate, followed by the CA's. */
  readonly certificate: string;
  /** PEM, PKCS#8. */
  readonly privateKey: string;
  readonly caFile: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const dayMs = 24 * 60 * 60 * 1000;
/** Some clients refuse server certificates that are valid for longer than 825 days. */
const serverValidityMs = 800 * dayMs;
const caValidityMs = 10 * 365 * dayMs;

/**
 * The certificate of the emulated Azure, signed by a CA that is made on the first start and kept in
 * the directory (`ca.pem`, `ca-key.pem`), so that clients trust it once. The server's own
 * certificate (`server.pem`, `server-key.pem`) is renewed when it is about to expire.
 */
export async function serverCertificate(directory: string): Promise<ServerCertificate> {
  mkdirSync(directory, { recursive: true });
  const caFile = join(directory, 'ca.pem');
  const serverFile = join(directory, 'server.pem');
  const serverKeyFile = join(directory, 'server-key.pem');
  if (!isUsable(caFile) || !existsSync(join(directory, 'ca-key.pem'))) {
    await makeAuthority(directory);
    await makeServerCertificate(directory);
  } else if (!isUsable(serverFile) || !existsSync(serverKeyFile)) {
    await makeServerCertificate(directory);
  }
  const caPem = readFileSync(caFile, 'utf8');
  return {
    certificate: `${readFileSync(serverFile, 'utf8')}${caPem}`,
    privateKey: readFileSync(serverKeyFile, 'utf8'),
    caFile,
  };
}

function isUsable(file: string): boolean {
  if (!existsSync(file)) return false;
  return (
    new X509Certificate(readFileSync(file, 'utf8')).notAfter.getTime() > Date.now() + 7 * dayMs
  );
}

async function makeAuthority(directory: string): Promise<void> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    // A number of its own: two CAs of one name confuse clients that trust both.
    name: `CN=Emulated Azure CA ${randomBytes(4).toString('hex')}`,
    serialNumber: serialNumber(),
    notBefore: new Date(Date.now() - dayMs),
    notAfter: new Date(Date.now() + caValidityMs),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  await write(directory, 'ca', certificate, keys.privateKey);
}

async function makeServerCertificate(directory: string): Promise<void> {
  const authority = new X509Certificate(readFileSync(join(directory, 'ca.pem'), 'utf8'));
  const signingKey = await readPrivateKey(join(directory, 'ca-key.pem'));
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.create({
    subject: 'CN=localhost',
    issuer: authority.subject,
    serialNumber: serialNumber(),
    notBefore: new Date(Date.now() - dayMs),
    notAfter: new Date(Date.now() + serverValidityMs),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
        { type: 'ip', value: '::1' },
      ]),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(authority.publicKey),
    ],
  });
  await write(directory, 'server', certificate, keys.privateKey);
}

/** Sixteen random bytes, positive as RFC 5280 demands. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

async function readPrivateKey(file: string): Promise<webcrypto.CryptoKey> {
  const der = Buffer.from(
    readFileSync(file, 'utf8').replaceAll(/-----[^-]+-----|\s/g, ''),
    'base64',
  );
  return webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
}

/** The key goes first: a certificate in the directory then always has its key. */
async function write(
  directory: string,
  name: string,
  certificate: X509Certificate,
  privateKey: webcrypto.CryptoKey,
): Promise<void> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', privateKey)).toString('base64');
  const lines = der.match(/.{1,64}/g) ?? [];
  const pem = `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`;
  replaceFile(join(directory, `${name}-key.pem`), pem, 0o600);
  replaceFile(join(directory, `${name}.pem`), `${certificate.toString('pem')}\n`, 0o644);
}

/** Whole or not at all, also when the process is killed meanwhile. */
function replaceFile(file: string, content: string, mode: number): void {
  writeFileSync(`${file}.new`, content, { mode });
  renameSync(`${file}.new`, file);
}
