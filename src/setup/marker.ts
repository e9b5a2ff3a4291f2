import { createHash } from 'node:crypto';

/**
 * How the set-up knows later what it made: everything it creates says so, where Azure shows it (a tag, a
 * description). What does not say so is of somebody else, and `--undo` leaves it alone. A record in a file
 * would be lost with the machine, and could not be shared by the people of two tenants.
 */
export const markerTag = 'vnet-vending-setup';

/** In descriptions; names the application, so that the set-up of another one does not take it for its own. */
export const markerText = (clientId: string): string => `vnetv setup, application ${clientId}`;

export const isMarkedFor = (text: string | null | undefined, clientId: string): boolean =>
  (text ?? '').toLowerCase().includes(markerText(clientId).toLowerCase());

/** Tags of an application: that it was made, or what it was before. */
export const madeTag = `${markerTag}:made`;
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
