import { contentHash } from '../../ledger/content-hash.ts';
import { vendingError } from '../../model/errors.ts';
import { failure, type Outcome, success } from '../../model/outcome.ts';
import type { Caller } from './principal.ts';

/** A key as the draft of the IETF writes it (a text in quotes), or bare. */
const keyForm = /^(?:"([!#-[\]-~ ]{1,255})"|([!#-+\--:<-~]{1,255}))$/;

/** The header `Idempotency-Key`; undefined when it is absent. */
export function readIdempotencyKey(header: string | null): Outcome<string | undefined> {
  if (header === null) return success(undefined);
  const [, quoted, bare] = keyForm.exec(header.trim()) ?? [];
  const key = quoted ?? bare;
  return key === undefined
    ? failure(
        vendingError(
          'ParameterInvalid',
          'The header Idempotency-Key is no text of 1 to 255 visible characters.',
          { remedy: 'Send a new UUID, such as "8e03978e-40d5-43e8-bc93-6894a57f9324".' },
        ),
      )
    : success(key);
}

/**
 * An id made of who calls, what for, and the key: the same call sent again has the same one, and nobody
 * can meet the id of somebody else.
 */
export const idOfKey = (
  prefix: string,
  { objectId, tenantId }: Pick<Caller, 'objectId' | 'tenantId'>,
  key: string,
): string => `${prefix}-${contentHash({ objectId, tenantId, prefix, key }).slice(0, 24)}`;
