import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { translateAnswer, translateTokenFailure } from '../../src/azure/error-translation.ts';
import { redact } from '../../src/azure/redact.ts';

const context = { doing: 'Testing', tenantId: 'tenant', clientId: 'client' };
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const token = `${encode({ alg: 'RS256' })}.${encode({ tid: 'a' })}.${'s'.repeat(342)}`;

describe('the words of others', () => {
  test.each([
    ['a token', `The token '${token}' is bad.`, token],
    [
      'a bearer header',
      `authorization: Bearer opaque-${'x'.repeat(30)}`,
      `opaque-${'x'.repeat(30)}`,
    ],
    ['a token in JSON', '{"access_token":"opaque"}', '"opaque"'],
    ['a secret in a form', 'client_id=a&client_secret=s3cr~et&scope=b', 's3cr~et'],
    [
      'the signature of an operation URL',
      'use uri: https://management.azure.com/x/operations/g?api-version=2026-01-01&t=638&c=MIIH&s=sign-ature&h=hash',
      'sign-ature',
    ],
    ['the key of a storage account', 'AccountName=a;AccountKey=abc+/==;X=1', 'abc+/=='],
    ['a secret in words', 'clientSecret: s3cr~et, client-secret=x', 's3cr~et'],
    [
      'a private key, whole or cut off',
      'is -----BEGIN RSA PRIVATE KEY-----\nMIIEpAIB\n-----END RSA PRIVATE KEY----- and -----BEGIN PRIVATE KEY-----\nMIIB',
      'MII',
    ],
    ['a long opaque string', `key ${'Ab1_'.repeat(40)} end`, 'Ab1_Ab1_'],
  ])('lose %s', (_, words, secret) => {
    expect(words).toContain(secret);
    expect(redact(words)).not.toContain(secret);
  });

  test('keep ids, names, codes and the address of an operation', () => {
    const words =
      "AuthorizationFailed: The client 'c0000000-0000-4000-8000-000000000000' may not write '/subscriptions/b0000000-0000-4000-8000-000000000000/resourceGroups/rg-payments/providers/Microsoft.Network/virtualNetworks/vnet-payments-with-a-rather-long-name-for-a-network'.";
    expect(redact(words)).toBe(words);
    expect(
      redact('see https://management.azure.com/x/operations/g?t=1&api-version=2026-01-01&s=2'),
    ).toBe('see https://management.azure.com/x/operations/g?api-version=2026-01-01');
  });

  test('are bounded', () => {
    expect(redact('word '.repeat(10_000)).length).toBeLessThan(2_100);
  });

  test('do not hold the app up, however they are made', () => {
    const costOf = (length: number) => {
      const words = 'http://'.repeat(length / 7);
      const begun = process.cpuUsage();
      for (let times = 0; times < 20; times++) redact(words);
      return process.cpuUsage(begun).user;
    };
    costOf(70_000);
    // Were it the square of the length, it would be a thousand times as much.
    expect(costOf(700_000) / costOf(21_000)).toBeLessThan(20);
  });
});

describe('an error of the product never holds a token', () => {
  test('wherever Azure puts it', () => {
    const places = fc.constantFrom('code', 'message', 'detailCode', 'detailMessage', 'text');
    fc.assert(
      fc.property(places, fc.string({ maxLength: 20 }), (place, around) => {
        const said = `${around} ${token} ${around}`;
        const body =
          place === 'text'
            ? said
            : {
                error: {
                  code: place === 'code' ? said : 'C',
                  message: place === 'message' ? said : 'M',
                  details: [
                    {
                      code: place === 'detailCode' ? said : 'D',
                      message: place === 'detailMessage' ? said : 'N',
                    },
                  ],
                },
              };
        const error = translateAnswer({ status: 400, headers: {}, body }, context);
        expect(JSON.stringify(error)).not.toContain(token.slice(0, 40));
      }),
    );
  });

  test('not even in the facts that are taken out of the words', () => {
    const message = `does not have authorization to perform action '${token}' over scope '${token}' or`;
    const body = { error: { code: 'AuthorizationFailed', message } };
    const error = translateAnswer({ status: 403, headers: {}, body }, context);
    expect(error.code).toBe('PermissionMissing');
    expect(JSON.stringify(error)).not.toContain(token.slice(0, 40));
  });

  test('nor when the token endpoint answers nonsense that holds one', () => {
    const error = translateTokenFailure(
      new Error(`server_error: Http status message: {"access_token":"${token}"`),
      context,
    );
    expect(JSON.stringify(error)).not.toContain(token.slice(0, 40));
  });
});
