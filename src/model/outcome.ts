import type { VendingError } from './errors.ts';

/**
 * What every activity and every Azure call answers: a value, or an error that says what to do.
 * Thrown is only what nobody foresaw.
 */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: VendingError };

export const success = <T>(value: T): Outcome<T> => ({ ok: true, value });

export const failure = (error: VendingError): Outcome<never> => ({ ok: false, error });
