import type { AppRole } from '../../../src/model/api/callers.ts';
import { ids } from '../../model/samples.ts';

/** Somebody as App Service authentication would tell of them. */
export interface Person {
  readonly name: string;
  readonly objectId: string;
  readonly tenantId: string;
  readonly roles: readonly AppRole[];
  readonly groups?: readonly string[];
}

export const claimOf = {
  objectId: 'http://schemas.microsoft.com/identity/claims/objectidentifier',
  tenantId: 'http://schemas.microsoft.com/identity/claims/tenantid',
} as const;

export interface Claim {
  readonly typ: string;
  readonly val: string;
}

export const claimsOf = ({ name, objectId, tenantId, roles, groups = [] }: Person): Claim[] => [
  { typ: 'name', val: name },
  { typ: claimOf.objectId, val: objectId },
  { typ: claimOf.tenantId, val: tenantId },
  ...roles.map((val) => ({ typ: 'roles', val })),
  ...groups.map((val) => ({ typ: 'groups', val })),
];

/** The header `x-ms-client-principal`. */
export const headerOf = (claims: readonly Claim[], provider = 'aad'): string =>
  Buffer.from(
    JSON.stringify({
      auth_typ: provider,
      claims,
      name_typ: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress',
      role_typ: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role',
    }),
  ).toString('base64');

export const principalOf = (person: Person): string => headerOf(claimsOf(person));

const of = (name: string, number: number, tenantId: string, ...roles: AppRole[]): Person => ({
  name,
  objectId: `dddddddd-0000-4000-8000-00000000000${number}`,
  tenantId,
  roles,
});

const { managedTenant, managementTenant } = ids;

/** One person a role, and some beside. Ada is the requester of the sample request. */
export const people = {
  ada: of('Ada Requester', 1, managedTenant, 'Vnet.Request'),
  ben: of('Ben Approver', 2, managementTenant, 'Vnet.Approve'),
  cleo: of('Cleo Approver', 3, managementTenant, 'Vnet.Approve'),
  olu: of('Olu Operator', 4, managementTenant, 'Vnet.Operate'),
  ravi: of('Ravi Auditor', 5, managementTenant, 'Vnet.Read'),
  noor: of('Noor Newcomer', 6, managedTenant),
  /** Another requester of Ada's tenant. */
  ian: of('Ian Requester', 7, managedTenant, 'Vnet.Request'),
} as const;
