import { createHash } from 'node:crypto';
import type { SetupContext, SetupOptions } from './context.ts';

/**
 * How the set-up knows later what it made: everything it creates says so, where Azure shows it (a tag, a
 * description). What does not say so is of somebody else, and `--undo` leaves it alone. A record in a file
 * would be lost with the machine, and could not be shared by the people of two tenants. A mark is no proof:
 * whoever may write something can put one on it. So nothing is found by its mark alone that is given rights.
 */
export const markerTag = 'vnet-vending-setup';

/**
 * Stands for a landscape in every mark: two landscapes may share an application, a tenant or a subscription,
 * and neither takes away what is the other's. One network manager is one landscape.
 */
export function landscapeKeyOf({ landscape }: Pick<SetupOptions, 'landscape'>): string {
  const { tenantId, subscriptionId, resourceGroup, networkManager } = landscape.managementTenant;
  const words = [tenantId, subscriptionId, resourceGroup, networkManager].join('|').toLowerCase();
  return createHash('sha256').update(words).digest('hex').slice(0, 12);
}

type Marking = Pick<SetupContext, 'landscape' | 'application'>;

/** Of descriptions and notes. */
export const markerText = (context: Marking): string =>
  `vnetv setup, landscape ${landscapeKeyOf(context)}, application ${context.application.clientId}`;

export const isMarked = (context: Marking, text: string | null | undefined): boolean =>
  (text ?? '').toLowerCase().includes(markerText(context).toLowerCase());

/** Value of the tag of what Resource Manager holds. */
export const markerValue = (context: Marking): string =>
  `${landscapeKeyOf(context)} ${context.application.clientId}`;

/** Tags of an application: which landscape made it, and in which attempt. */
export const madeTag = (context: Marking, attempt: string): string =>
  `${madeBy(context)}${attempt}`;
const madeBy = (context: Marking): string => `${markerTag}:made:${landscapeKeyOf(context)}:`;
export const isMadeBy = (context: Marking, tags: readonly string[]): boolean =>
  tags.some((tag) => tag.startsWith(madeBy(context)));

const usedPrefix = `${markerTag}:used:`;
/** That a landscape uses an application which a set-up made or changed: it stays as long as any does. */
export const usedTag = (context: Marking): string => `${usedPrefix}${landscapeKeyOf(context)}`;
/** Keys of other landscapes that use the application. */
export const otherUsers = (context: Marking, tags: readonly string[]): readonly string[] =>
  tags
    .filter((tag) => tag.startsWith(usedPrefix) && tag !== usedTag(context))
    .map((tag) => tag.slice(usedPrefix.length));

/** Which registration people sign in to, said by the application: nobody else can say so. */
export const signInTag = (context: Marking, appId: string): string =>
  `${markerTag}:sign-in:${landscapeKeyOf(context)}:${appId}`;
export function signInAppIdOf(context: Marking, tags: readonly string[]): string | undefined {
  const prefix = signInTag(context, '');
  return tags.find((tag) => tag.startsWith(prefix))?.slice(prefix.length);
}

/** What an application was before. */
export const audienceTag = (before: string): string => `${markerTag}:signInAudience=${before}`;

/** The audience that an application had before the set-up opened it to other tenants. */
export function audienceBefore(tags: readonly string[]): string | undefined {
  const prefix = audienceTag('');
  return tags.find((tag) => tag.startsWith(prefix))?.slice(prefix.length);
}

/**
 * The same GUID for the same words (in the manner of RFC 9562, version 5, with SHA-256): a PUT that is sent
 * twice, because its answer was lost, makes one thing.
 */
export function guidOf(...words: readonly string[]): string {
  const hex = createHash('sha256')
    .update(['vnetv setup', ...words].join('|').toLowerCase())
    .digest('hex');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
