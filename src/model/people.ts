import type { Landscape } from './landscape.ts';
import { operatorsGroup } from './landscape-policy.ts';

/** Who somebody is: the pair of object id and tenant id. Names and mail addresses decide nothing. */
export interface Identity {
  readonly objectId: string;
  readonly tenantId: string;
}

/**
 * Somebody who decides. Who comes through the API brings what the platform's authentication says of them:
 * `groups` (object ids of Entra ID) and `roles` (app roles). A message of the queue brings neither.
 */
export interface Decider extends Identity {
  readonly name: string;
  readonly email?: string | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly roles?: readonly string[] | undefined;
}

/** Somebody whose ids may be missing. */
type PerhapsIdentified = { readonly [M in keyof Identity]?: string | undefined };

export const isSamePerson = (one: PerhapsIdentified, other: PerhapsIdentified): boolean =>
  one.objectId !== undefined &&
  one.tenantId !== undefined &&
  one.objectId.toLowerCase() === other.objectId?.toLowerCase() &&
  one.tenantId.toLowerCase() === other.tenantId?.toLowerCase();

/** One text a person, whatever the case of the ids. */
export const identityKey = ({ objectId, tenantId }: Identity): string =>
  `${tenantId.toLowerCase()}/${objectId.toLowerCase()}`;

/** Listed in the landscape or, through the API, by the app role. */
export const isOperator = (
  person: Omit<Decider, 'name'>,
  { operators }: Pick<Landscape, 'operators'>,
): boolean =>
  hasRole(person, 'Vnet.Operate') || operators.some((listed) => isSamePerson(listed, person));

/** Superusers are listed; no role makes one. */
export const isSuperuser = (
  person: Identity,
  { superusers }: Pick<Landscape, 'superusers'>,
): boolean => superusers.some((listed) => isSamePerson(listed, person));

export const hasRole = ({ roles }: Pick<Decider, 'roles'>, role: string): boolean =>
  roles?.includes(role) ?? false;

/** Names of the groups of the landscape that somebody is in, as far as there is proof. */
export function groupsOf(
  person: { [M in 'objectId' | 'tenantId' | 'groups' | 'roles']?: Decider[M] | undefined },
  landscape: Pick<Landscape, 'policy' | 'operators'>,
): readonly string[] {
  const { objectId, tenantId, groups: claimed, roles } = person;
  if (objectId === undefined || tenantId === undefined) return [];
  const named = landscape.policy.groups.filter(
    ({ members, entraGroups }) =>
      members.some((member) => isSamePerson(member, person)) ||
      entraGroups.some(
        (group) =>
          group.tenantId === tenantId.toLowerCase() &&
          claimed?.some((id) => id.toLowerCase() === group.objectId),
      ),
  );
  const isOneOfThem = isOperator({ objectId, tenantId, roles }, landscape);
  return [...named.map(({ name }) => name), ...(isOneOfThem ? [operatorsGroup] : [])];
}
