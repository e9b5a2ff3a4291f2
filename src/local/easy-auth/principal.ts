import type { IncomingHttpHeaders } from 'node:http';
import type { JWTPayload } from 'jose';
import type { LocalPerson } from '../landscape/local-person.ts';

interface Claim {
  readonly typ: string;
  readonly val: string;
}

/** Who sends a request. */
export interface Principal {
  readonly objectId: string;
  /** User principal name, or another name for people to read; applications have none. */
  readonly name?: string;
  readonly claims: readonly Claim[];
}

/** A principal, and the person of the list behind it; absent for an application. */
export interface Caller {
  readonly principal: Principal;
  readonly person?: LocalPerson;
}

const objectIdentifier = 'http://schemas.microsoft.com/identity/claims/objectidentifier';

/** What App Service authentication renames; every other claim keeps the name that it has in the token. */
const renamed: Readonly<Record<string, string>> = {
  oid: objectIdentifier,
  tid: 'http://schemas.microsoft.com/identity/claims/tenantid',
  idp: 'http://schemas.microsoft.com/identity/claims/identityprovider',
  sub: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier',
};

/** Somebody from the list of people, with the claims that a token of Entra ID would have. */
export function principalOfPerson(person: LocalPerson): Principal {
  const { objectId, tenantId, name, email, roles, groups } = person;
  return {
    objectId,
    name: email ?? name,
    claims: claimsOf({
      aud: 'api://vnet-vending',
      iss: `https://login.microsoftonline.com/${tenantId}/v2.0`,
      name,
      oid: objectId,
      ...(email === undefined ? {} : { preferred_username: email }),
      sub: objectId,
      tid: tenantId,
      roles,
      groups,
      ver: '2.0',
    }),
  };
}

/** The application that an access token was issued to. */
export function principalOfToken(payload: JWTPayload): Principal {
  return { objectId: String(payload['oid']), claims: claimsOf(payload) };
}

/** A claim with several values becomes as many claims. */
function claimsOf(payload: Readonly<Record<string, unknown>>): readonly Claim[] {
  return Object.entries(payload).flatMap(([name, value]) =>
    [value].flat().map((one) => ({ typ: renamed[name] ?? name, val: String(one) })),
  );
}

/** The headers by which App Service authentication tells an app who is signed in. */
export function principalHeaders({ objectId, name, claims }: Principal): Record<string, string> {
  const principal = {
    auth_typ: 'aad',
    claims,
    name_typ: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress',
    role_typ: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role',
  };
  return {
    'x-ms-client-principal': Buffer.from(JSON.stringify(principal)).toString('base64'),
    'x-ms-client-principal-id': objectId,
    'x-ms-client-principal-idp': 'aad',
    // A header holds ASCII only.
    ...(name === undefined ? {} : { 'x-ms-client-principal-name': encodeURI(name) }),
  };
}

/** What only this platform may say: who is signed in, and the proof that the platform says so. */
const reserved = /^(x-ms-client-principal|x-ms-token-|x-vnetv-)/;
/** What the page says of itself, to show that it is no foreign page. */
const fromThePage = 'x-vnetv-csrf';

/** The headers of a request without those that a client must not set, however it spells them. */
export function withoutReservedHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const kept = Object.entries(headers).filter(([name]) => {
    // Some servers take "_" for "-".
    const spelling = name.toLowerCase().replaceAll('_', '-');
    return name === fromThePage || !reserved.test(spelling);
  });
  return Object.fromEntries(kept);
}
