import type { AppRole } from '../../model/api/callers.ts';
import { type VendingError, vendingError } from '../../model/errors.ts';
import type { Caller } from './principal.ts';

/**
 * How far a right reaches. `own`: requests that the caller made. `involved`: beside those, requests
 * that wait for an approval the caller may decide on, or that the caller has decided on.
 */
export type Extent = 'own' | 'involved' | 'all';

/**
 * Who may do what. A role that a right does not name does not have it; a caller has the widest of what
 * their roles give. Which routes need which right, the routes say.
 */
export const rights = {
  'requests.create': { 'Vnet.Request': 'all', 'Vnet.Operate': 'all' },
  'requests.read': {
    'Vnet.Request': 'own',
    'Vnet.Approve': 'involved',
    'Vnet.Operate': 'all',
    'Vnet.Read': 'all',
  },
  /** Operators without `Vnet.Approve` come this far for break-glass alone: see `decisionRights`. */
  'requests.decide': { 'Vnet.Approve': 'involved', 'Vnet.Operate': 'all' },
  'requests.cancel': { 'Vnet.Request': 'own', 'Vnet.Operate': 'all' },
  'requests.resume': { 'Vnet.Operate': 'all' },
  /** The usage is for all; `own`: of the address map only the holders behind own requests. */
  'pools.read': {
    'Vnet.Request': 'own',
    'Vnet.Approve': 'all',
    'Vnet.Operate': 'all',
    'Vnet.Read': 'all',
  },
  'tenants.read': {
    'Vnet.Request': 'all',
    'Vnet.Approve': 'all',
    'Vnet.Operate': 'all',
    'Vnet.Read': 'all',
  },
  'tenants.check': { 'Vnet.Approve': 'all', 'Vnet.Operate': 'all', 'Vnet.Read': 'all' },
  'audit.read': { 'Vnet.Operate': 'all', 'Vnet.Read': 'all' },
} as const satisfies Record<string, Partial<Record<AppRole, Extent>>>;

export type Right = keyof typeof rights;

const widths: readonly Extent[] = ['own', 'involved', 'all'];

/** How far the caller has a right; undefined when not at all. */
export function extentOf(right: Right, { roles }: Pick<Caller, 'roles'>): Extent | undefined {
  const given: Partial<Record<AppRole, Extent>> = rights[right];
  return roles
    .flatMap((role) => given[role] ?? [])
    .reduce<Extent | undefined>(
      (widest, one) =>
        widest === undefined || widths.indexOf(one) > widths.indexOf(widest) ? one : widest,
      undefined,
    );
}

/** What is told to somebody who lacks a right. */
export function missingRight(right: Right, { name }: Pick<Caller, 'name'>): VendingError {
  const roles = Object.keys(rights[right]).join(' or ');
  return vendingError('Unauthorized', `${name} lacks the app role ${roles}.`, {
    cause: 'This needs an app role that the caller does not have.',
    remedy: `Have an administrator of Microsoft Entra ID assign the app role ${roles} of the application.`,
  });
}
