import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { vendingError } from '../model/errors.ts';
import { failure, type Outcome, success } from '../model/outcome.ts';

/** Certificate and private key of the application. Never logged, never part of an error. */
export interface Certificate {
  readonly pem: string;
  /** Of the certificate: another one after a rotation. */
  readonly fingerprint: string;
}

/** Reads PEM text from a file or Key Vault; errors without the text. */
export type ReadPem = (doing: string) => Promise<Outcome<string>>;

/**
 * A certificate that may be rotated while the app runs: it is read again on an interval, and at once when
 * Entra ID refuses it. While a new one cannot be read, the old one stays in use.
 */
export class CertificateSource {
  readonly #read: ReadPem;
  readonly #rereadMs: number;
  readonly #now: () => number;
  #known: { readonly certificate: Certificate; readAt: number } | undefined;
  #reading: Promise<Outcome<Certificate>> | undefined;

  constructor(
    read: ReadPem,
    options: { readonly rereadSeconds: number; readonly now: () => number },
  ) {
    this.#read = read;
    this.#rereadMs = options.rereadSeconds * 1000;
    this.#now = options.now;
  }

  async current(doing: string): Promise<Outcome<Certificate>> {
    const known = this.#known;
    if (known && this.#now() - known.readAt < this.#rereadMs) return success(known.certificate);
    const read = await this.renew(doing);
    if (read.ok || !known) return read;
    known.readAt = this.#now();
    return success(known.certificate);
  }

  /** Reads it again now; calls at the same time share one reading. */
  async renew(doing: string): Promise<Outcome<Certificate>> {
    this.#reading ??= this.#readNow(doing).finally(() => {
      this.#reading = undefined;
    });
    return await this.#reading;
  }

  async #readNow(doing: string): Promise<Outcome<Certificate>> {
    const pem = await this.#read(doing);
    const certificate = pem.ok ? parseCertificate(pem.value, doing) : pem;
    if (certificate.ok) this.#known = { certificate: certificate.value, readAt: this.#now() };
    return certificate;
  }
}

/** What is wrong with the PEM text is told without a word of it. */
export function parseCertificate(pem: string, doing: string): Outcome<Certificate> {
  const refuse = (cause: string) =>
    failure(
      vendingError(
        'CertificateUnusable',
        `${doing} failed: the certificate of the application is unusable.`,
        { cause },
      ),
    );
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    return refuse('It holds no certificate in PEM form (-----BEGIN CERTIFICATE-----).');
  }
  try {
    if (!certificate.checkPrivateKey(createPrivateKey(pem))) {
      return refuse('The private key does not belong to the first certificate.');
    }
  } catch {
    return refuse('It holds no private key in PEM form, or one with a pass phrase.');
  }
  const fingerprint = createHash('sha256').update(certificate.raw).digest('hex');
  return success({ pem, fingerprint });
}

export const certificateFile =
  (file: string): ReadPem =>
  async (doing) => {
    try {
      return success(await readFile(file, 'utf8'));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      return failure(
        vendingError(
          'CertificateUnusable',
          `${doing} failed: the certificate file cannot be read.`,
          {
            cause: `The file '${file}', which the landscape names, cannot be read (${code}).`,
            details: { file },
          },
        ),
      );
    }
  };
