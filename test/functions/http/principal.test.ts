import { describe, expect, it } from 'vitest';
import { readPrincipal } from '../../../src/functions/http/principal.ts';
import { claimOf, claimsOf, headerOf, people, principalOf } from './people.ts';

const ada = claimsOf(people.ada);
const read = (claims: Parameters<typeof headerOf>[0], provider?: string) =>
  readPrincipal(headerOf(claims, provider), 'app-service');
const without = (typ: string) => ada.filter((claim) => claim.typ !== typ);

it('a principal of App Service authentication says who calls', () => {
  const groups = ['EEEEEEEE-0000-4000-8000-000000000001'];
  expect(readPrincipal(principalOf({ ...people.olu, groups }), 'app-service')).toEqual({
    ...people.olu,
    groups: ['eeeeeeee-0000-4000-8000-000000000001'],
  });
});

it('claims may have the names that they have in tokens, ids any case', () => {
  const claims = [
    { typ: 'oid', val: people.ada.objectId.toUpperCase() },
    { typ: 'tid', val: people.ada.tenantId },
    { typ: 'azp', val: 'cccccccc-0000-4000-8000-000000000001' },
    { typ: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role', val: 'Vnet.Read' },
  ];
  expect(read(claims)).toEqual({
    name: 'application cccccccc-0000-4000-8000-000000000001',
    objectId: people.ada.objectId,
    tenantId: people.ada.tenantId,
    roles: ['Vnet.Read'],
    groups: [],
  });
});

it('roles that do not exist give nothing, whatever they resemble', () => {
  const claims = [
    ...claimsOf(people.noor),
    ...['vnet.operate', 'Vnet.Operate ', 'Vnet.*', 'Admin', '__proto__'].map((val) => ({
      typ: 'roles',
      val,
    })),
  ];
  expect(read(claims)?.roles).toEqual([]);
});

it('a mail address is no name, and a name is shown without what is invisible', () => {
  const named = (val: string) => read([...without('name'), { typ: 'name', val }])?.name;
  expect(
    read([...without('name'), { typ: 'preferred_username', val: 'ada@x.example' }])?.name,
  ).toBe(people.ada.objectId);
  // Some directories have the address as the display name.
  expect(named('ada.requester@fabrikam.example')).toBe('ada.requester');
  expect(named('Ada <ada@fabrikam.example>, payments')).toBe('Ada <ada>, payments');
  expect(named('Payments @ Fabrikam')).toBe('Payments @ Fabrikam');
  expect(named(' Ada\u0000\u202eRequester\n ')).toBe('AdaRequester');
  expect(named(' '.repeat(9))).toBe(people.ada.objectId);
  expect(named('x'.repeat(1_000))).toHaveLength(200);
});

describe('a principal that leaves a doubt is nobody', () => {
  const cases: Record<string, string> = {
    'no object id': headerOf(without(claimOf.objectId)),
    'no tenant id': headerOf(without(claimOf.tenantId)),
    'two object ids': headerOf([...ada, { typ: 'oid', val: people.olu.objectId }]),
    'two tenant ids': headerOf([...ada, { typ: 'tid', val: people.olu.tenantId }]),
    'an object id that is no GUID': headerOf([
      ...without(claimOf.objectId),
      { typ: 'oid', val: 'ada' },
    ]),
    'another identity provider': headerOf(ada, 'google'),
    'no claims': Buffer.from('{"auth_typ":"aad"}').toString('base64'),
    'no JSON': Buffer.from('ada').toString('base64'),
    'no base64': JSON.stringify({ auth_typ: 'aad', claims: ada }),
    nothing: '',
    'too much': headerOf([...ada, { typ: 'x', val: 'x'.repeat(70_000) }]),
  };
  it.each(Object.entries(cases))('%s', (_, header) => {
    expect(readPrincipal(header, 'app-service')).toBeUndefined();
  });
});
