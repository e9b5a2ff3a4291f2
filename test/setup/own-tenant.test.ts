import type { GetTokenOptions, TokenCredential } from '@azure/identity';
import { expect, test } from 'vitest';
import { ofTenant, personOf } from '../../src/setup/own-tenant.ts';

const tokenWith = (claims: object): string =>
  `header.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature`;

const credentialWith = (token: string): TokenCredential => ({
  getToken: async () => ({ token, expiresOnTimestamp: 0 }),
});

test('a token of the tenant is used for it', async () => {
  const token = tokenWith({ tid: 'TENANT-B' });
  const credential = ofTenant(credentialWith(token), { tenantId: 'tenant-b' });
  expect(await credential.getToken('scope')).toMatchObject({ token });
});

test.each(['opaque', tokenWith({})])(
  'a token (%s) that does not say its tenant is not: it could be of any',
  async (token) => {
    const credential = ofTenant(credentialWith(token), { tenantId: 'b' });
    await expect(credential.getToken('scope')).rejects.toThrow('does not say of which tenant');
  },
);

test('a token of another tenant is not: what it writes would land there', async () => {
  const credential = ofTenant(credentialWith(tokenWith({ tid: 'a' })), { tenantId: 'b' });
  await expect(credential.getToken('scope')).rejects.toThrow('The token is one of tenant a.');
});

test('a token is asked for once for each scope, and again when it is about to end or was not believed', async () => {
  let asked = 0;
  const lifetimes = [3_600_000, 60_000, 3_600_000, 3_600_000];
  const credential = ofTenant(
    {
      getToken: async () => ({
        token: tokenWith({ tid: 'a', upn: `token ${asked}` }),
        expiresOnTimestamp: Date.now() + (lifetimes[asked++] ?? 0),
      }),
    },
    { tenantId: 'a' },
  );
  const tokenOf = async (scope: string, options?: GetTokenOptions) =>
    personOf((await credential.getToken(scope, options))?.token ?? '');
  expect([await tokenOf('one'), await tokenOf('one')]).toEqual(['token 0', 'token 0']);
  expect([await tokenOf('two'), await tokenOf('two')]).toEqual(['token 1', 'token 2']);
  expect(await tokenOf('one', { claims: 'more' } as GetTokenOptions)).toBe('token 3');
});

test('a token tells for whom it speaks', () => {
  expect(personOf(tokenWith({ upn: 'ada@contoso.com' }))).toBe('ada@contoso.com');
  expect(personOf(tokenWith({ appid: 'x' }))).toBe('application x');
  expect(personOf('opaque')).toBe('somebody');
});
