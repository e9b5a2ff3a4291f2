import { z } from 'zod';
import type { RequestRecord } from '../../ledger/ledger.ts';
import { type AppRole, appRoles } from '../../model/api/callers.ts';
import { limits } from '../../model/limits.ts';

/** Who calls the API. Object id and tenant id say who it is; the name is for people. */
export interface Caller {
  readonly name: string;
  readonly objectId: string;
  readonly tenantId: string;
  readonly roles: readonly AppRole[];
  /** Object ids of groups in Entra ID. */
  readonly groups: readonly string[];
}

/** One text a caller: for logs and limits. */
export const callerKey = ({ objectId, tenantId }: Pick<Caller, 'objectId' | 'tenantId'>): string =>
  `${tenantId}/${objectId}`;

/** Whether the caller made a request: by both ids, never by name or mail address. */
export const isRequester = (
  { request: { requester } }: Pick<RequestRecord, 'request'>,
  { objectId, tenantId }: Pick<Caller, 'objectId' | 'tenantId'>,
): boolean =>
  requester.objectId?.toLowerCase() === objectId && requester.tenantId?.toLowerCase() === tenantId;

/** Far more than Entra ID puts into a token: 200 groups, a few roles. */
const longestPrincipal = 64 * 1024;

const principalSchema = z.object({
  auth_typ: z.string(),
  role_typ: z.string().nullish(),
  claims: z.array(z.object({ typ: z.string(), val: z.string() })),
});

/** Names of claims: as App Service authentication writes them, and as tokens do. */
const claimTypes = {
  objectId: ['http://schemas.microsoft.com/identity/claims/objectidentifier', 'oid'],
  tenantId: ['http://schemas.microsoft.com/identity/claims/tenantid', 'tid'],
  roles: ['roles', 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role'],
} as const;

/**
 * Reads the header `x-ms-client-principal`: base64 of JSON. Undefined for anything that does not say
 * without doubt who somebody is. Claims of other identity providers may have the same names, so
 * behind App Service only those of Entra ID count.
 */
export function readPrincipal(
  header: string,
  from: 'app-service' | 'local-platform',
): Caller | undefined {
  const parsed = principalSchema.safeParse(decode(header));
  if (!parsed.success) return undefined;
  const { auth_typ: provider, role_typ: roleType, claims } = parsed.data;
  if (from === 'app-service' && provider !== 'aad') return undefined;
  const valuesOf = (types: readonly string[]): string[] =>
    claims.filter(({ typ }) => types.includes(typ)).map(({ val }) => val);
  const objectId = onlyGuid(valuesOf(claimTypes.objectId));
  const tenantId = onlyGuid(valuesOf(claimTypes.tenantId));
  if (objectId === undefined || tenantId === undefined) return undefined;
  const roles = valuesOf([...claimTypes.roles, ...(roleType ? [roleType] : [])]);
  return {
    objectId,
    tenantId,
    name: nameOf(valuesOf, objectId),
    roles: appRoles.filter((role) => roles.includes(role)),
    groups: [...new Set(valuesOf(['groups']).map((id) => id.toLowerCase()))].filter(isGuid),
  };
}

function decode(header: string): unknown {
  if (header.length > longestPrincipal || !/^[A-Za-z0-9+/]+={0,2}$/.test(header)) return undefined;
  try {
    return JSON.parse(Buffer.from(header, 'base64').toString('utf8'));
  } catch {
    return undefined;
  }
}

const isGuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

/** The one GUID that all values agree on. */
function onlyGuid(values: readonly string[]): string | undefined {
  const [value, ...others] = new Set(values.map((one) => one.toLowerCase()));
  return value !== undefined && others.length === 0 && isGuid(value) ? value : undefined;
}

/** From the @ of a mail address on: names are recorded and shown, addresses are not. */
const mailDomain = /(?<=\S)@[^\s<>()"',;:]+/g;

/** Applications have no name claim. */
function nameOf(valuesOf: (types: readonly string[]) => readonly string[], objectId: string) {
  const [named] = valuesOf(['name', 'app_displayname']);
  const name = shown(named ?? '');
  if (name !== '') return name;
  const [application] = valuesOf(['azp', 'appid']);
  return application === undefined ? objectId : `application ${shown(application)}`;
}

/** Nothing that is invisible, or turns text around, reaches ledger and logs by a name of a directory. */
const shown = (name: string): string =>
  name
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')
    .replace(mailDomain, '')
    .trim()
    .slice(0, limits.nameCharacters)
    .toWellFormed();
