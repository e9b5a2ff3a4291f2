import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { get } from 'node:https';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { serverCertificate } from '../../../src/local/azure/tls/certificates.ts';
import { ids, startTestAzure } from './support/test-azure.ts';

test('the server answers on localhost, 127.0.0.1 and, where there is IPv6, ::1, each covered by its certificate', async () => {
  const azure = await startTestAzure();
  const path = `/${ids.tenantA}/v2.0/.well-known/openid-configuration`;
  const addresses = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  const hasIpv6 = addresses.some(({ address }) => address === '::1');
  for (const host of ['localhost', '127.0.0.1', ...(hasIpv6 ? ['[::1]'] : [])]) {
    const options = { ca: readFileSync(azure.caFile), agent: false } as const;
    const status = await new Promise((resolve, reject) => {
      get(`https://${host}:${azure.port}${path}`, options, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on('error', reject);
    });
    expect([host, status]).toEqual([host, 200]);
  }
  await azure.close();
});

test('the certificates are what strict clients ask for', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tls-'));
  const made = await serverCertificate(folder);
  const ca = new X509Certificate(readFileSync(made.caFile));
  const server = new X509Certificate(made.certificate);
  expect(ca.ca).toBe(true);
  expect(server.ca).toBe(false);
  expect(server.verify(ca.publicKey)).toBe(true);
  expect(server.checkIssued(ca)).toBe(true);
  expect(server.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  expect(server.subjectAltName).toContain('DNS:localhost');
  const days = (Date.parse(server.validTo) - Date.parse(server.validFrom)) / 86_400_000;
  expect(days).toBeLessThanOrEqual(825);
  expect(statSync(join(folder, 'ca-key.pem')).mode & 0o077).toBe(0);
});

test('the CA is made once; a lost server certificate is made again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tls-'));
  const first = await serverCertificate(folder);
  expect(await serverCertificate(folder)).toEqual(first);
  const ca = readFileSync(first.caFile, 'utf8');
  rmSync(join(folder, 'server.pem'));
  const second = await serverCertificate(folder);
  expect(readFileSync(second.caFile, 'utf8')).toBe(ca);
  expect(second.certificate).not.toBe(first.certificate);
});
