import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { type ArmContext, ArmError, type AzureServices } from '../contracts.ts';
import { collections } from './records.ts';

interface UrlSecret {
  readonly key: string;
  /** Filler in place of the certificate: Azure's URLs are about 3.4 kB long (azure-ipam 5). */
  readonly certificate: string;
}

function secretOf(services: AzureServices): UrlSecret {
  const stored = services.store.get<UrlSecret>(collections.secrets, 'operation-urls');
  if (stored) return stored;
  const secret = {
    key: randomBytes(32).toString('base64url'),
    certificate: randomBytes(2048).toString('base64url'),
  };
  services.store.put(collections.secrets, 'operation-urls', secret);
  return secret;
}

function signatureOf(secret: UrlSecret, path: string, ticks: string): string {
  const parts = [0, 1, 2, 3].map((part) =>
    createHmac('sha512', Buffer.from(secret.key, 'base64url'))
      .update(`${part}\n${path.toLowerCase()}\n${ticks}\n${secret.certificate}`)
      .digest(),
  );
  return Buffer.concat(parts).toString('base64url');
}

/** .NET ticks: 100 ns since year 1. */
const ticksOf = (time: number): string => String((BigInt(time) + 62_135_596_800_000n) * 10_000n);

/** A URL that only we can have written: `&t=<.NET ticks>&c=<certificate>&s=<signature>&h=<hash>`. */
export function signedUrl(context: ArmContext, path: string): string {
  const secret = secretOf(context.azure);
  const ticks = ticksOf(context.azure.clock.now());
  const hash = createHash('sha256').update(path.toLowerCase()).digest('base64url');
  const signature = signatureOf(secret, path, ticks);
  return `${context.origin}${path}?api-version=${context.apiVersion}&t=${ticks}&c=${secret.certificate}&s=${signature}&h=${hash}`;
}

/** Refuses a URL of an operation that we did not write, or that was changed. */
export function requireSignature(context: ArmContext): void {
  const { query, path } = context;
  const secret = secretOf(context.azure);
  const given = Buffer.from(query.get('s') ?? '');
  const expected = Buffer.from(signatureOf(secret, path, query.get('t') ?? ''));
  const hash = createHash('sha256').update(path.toLowerCase()).digest('base64url');
  const genuine =
    given.length === expected.length &&
    timingSafeEqual(given, expected) &&
    query.get('c') === secret.certificate &&
    query.get('h') === hash;
  if (!genuine) {
    throw new ArmError(
      403,
      'InvalidOperationUrl',
      'The signature of the operation URL is not valid. Use the URL of Azure-AsyncOperation or Location exactly as it was sent.',
      'nrp',
    );
  }
}
