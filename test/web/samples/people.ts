import type { Me } from '../../../src/model/api/callers.ts';

const contoso = 'a0000000-0000-4000-8000-00000000000a';
const fabrikam = 'b0000000-0000-4000-8000-00000000000b';
const northwind = 'c0000000-0000-4000-8000-00000000000c';

export type PersonKey = 'ada' | 'ben' | 'cleo' | 'olu' | 'ravi' | 'noor';

const person = (name: string, digit: number, tenantId: string, ...roles: Me['roles']): Me => {
  const part = (length: number): string => String(digit).repeat(length);
  return {
    name,
    objectId: `${part(8)}-${part(4)}-4${part(3)}-8${part(3)}-${part(12)}`,
    tenantId,
    roles,
    signOutUrl: '/.auth/logout',
  };
};

/** The people of the built-in example landscape. */
export const people: Record<PersonKey, Me> = {
  ada: person('Ada Requester', 2, fabrikam, 'Vnet.Request'),
  ben: person('Ben Approver', 4, contoso, 'Vnet.Approve'),
  cleo: person('Cleo Approver', 5, contoso, 'Vnet.Approve'),
  olu: person('Olu Operator', 3, contoso, 'Vnet.Operate', 'Vnet.Approve'),
  ravi: person('Ravi Auditor', 6, contoso, 'Vnet.Read'),
  noor: person('Noor Newcomer', 7, northwind),
};
