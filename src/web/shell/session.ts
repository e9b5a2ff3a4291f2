import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { AppRole, Me } from '../../model/api/callers.ts';

export const SessionContext = createContext<Me | undefined>(undefined);

/** Who is signed in. Pages are shown only when somebody is. */
export function useMe(): Me {
  const me = useContext(SessionContext);
  if (me === undefined) throw new Error('useMe is for pages: nobody is signed in here.');
  return me;
}

/** Whether somebody has one of the roles. The API decides; the page only hides what would be refused. */
export const hasRole = (me: Me, ...roles: readonly AppRole[]): boolean =>
  roles.some((role) => me.roles.includes(role));

export const isSamePerson = (
  me: Me,
  person: { readonly objectId?: string | undefined; readonly tenantId?: string | undefined },
): boolean =>
  me.objectId.toLowerCase() === person.objectId?.toLowerCase() &&
  me.tenantId.toLowerCase() === person.tenantId?.toLowerCase();
