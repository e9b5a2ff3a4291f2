import { type ErrorCode, errorCatalogue } from './error-catalogue.ts';

/**
 * Who can do something about an error.
 * - `terminal`: trying again changes nothing; the request must change.
 * - `retryable`: the same call may succeed later.
 * - `operator`: somebody has to change the set-up (a role, a connection, a pool) first.
 */
export type ErrorKind = 'terminal' | 'retryable' | 'operator';

/** What the catalogue says of an error code. */
export interface CatalogueEntry {
  readonly kind: ErrorKind;
  /** Why it usually happens. */
  readonly cause: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** An error as it is recorded, published and shown. It never holds a token, a secret or a signed URL. */
export interface VendingError {
  readonly code: ErrorCode;
  readonly kind: ErrorKind;
  /** What happened. */
  readonly message: string;
  /** Why, as far as known; the words of Azure where they are Azure's. */
  readonly cause: string;
  /** What to do. */
  readonly remedy: string;
  /** How long Azure asked us to wait, in seconds (may be a fraction). */
  readonly retryAfterSeconds?: number;
  /** Facts for operators: `azureCode`, `azureStatus`, `azureRequestId`, `scope`, ... */
  readonly details?: Readonly<Record<string, string>>;
}

/** Makes an error of the catalogue; kind and remedy come from there unless given. */
export function vendingError(
  code: ErrorCode,
  message: string,
  options: {
    cause?: string;
    kind?: ErrorKind;
    remedy?: string;
    retryAfterSeconds?: number;
    details?: Record<string, string>;
  } = {},
): VendingError {
  const entry = errorCatalogue[code];
  return {
    code,
    kind: options.kind ?? entry.kind,
    message,
    cause: options.cause ?? entry.cause,
    remedy: options.remedy ?? entry.remedy,
    ...(options.retryAfterSeconds === undefined
      ? {}
      : { retryAfterSeconds: options.retryAfterSeconds }),
    ...(options.details === undefined ? {} : { details: options.details }),
  };
}
