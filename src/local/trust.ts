import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';

/** Makes every TLS client of this process trust a certificate authority, beside those it trusts already. */
export function trustCertificateAuthority(caFile: string): void {
  const certificate = readFileSync(caFile, 'utf8');
  const trusted = getCACertificates('default');
  if (!trusted.includes(certificate)) setDefaultCACertificates([...trusted, certificate]);
}
