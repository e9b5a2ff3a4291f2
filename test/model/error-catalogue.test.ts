import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { renderErrorDocs } from '../../scripts/render-error-docs.ts';
import { type ErrorCode, errorCatalogue, errorGroups } from '../../src/model/error-catalogue.ts';
import { vendingError } from '../../src/model/errors.ts';

const codes = Object.keys(errorCatalogue) as ErrorCode[];

describe('the error catalogue', () => {
  test('every code is in exactly one group', () => {
    expect(errorGroups.flatMap(({ errors }) => Object.keys(errors)).toSorted()).toEqual(
      codes.toSorted(),
    );
  });

  test.each(codes)('%s says why and what to do in sentences', (code) => {
    const { cause, remedy } = errorCatalogue[code];
    expect(cause).toMatch(/^[A-Z].*\.$/);
    expect(remedy).toMatch(/^[A-Z].*[.\w>)]$/);
  });

  test('an error takes kind, cause and remedy from the catalogue unless given', () => {
    expect(vendingError('PoolExhausted', 'Full.')).toEqual({
      code: 'PoolExhausted',
      message: 'Full.',
      ...errorCatalogue.PoolExhausted,
    });
    const options = {
      cause: 'c',
      kind: 'retryable',
      remedy: 'r',
      retryAfterSeconds: 0.5,
      details: { azureCode: 'x' },
    } as const;
    expect(vendingError('PoolExhausted', 'Full.', options)).toEqual({
      code: 'PoolExhausted',
      message: 'Full.',
      ...options,
    });
  });

  test('docs/errors.md is what the catalogue says', () => {
    expect(readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8')).toBe(
      renderErrorDocs(),
    );
  });
});
