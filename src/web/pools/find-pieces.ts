import type { Piece } from './address-space.ts';
import { contains, prefixAround } from './prefix.ts';
import { readAddress, readPrefix } from './read-prefix.ts';
import { writePrefix } from './write-prefix.ts';

/**
 * What somebody looks for: an address or a prefix finds the pieces that it lies in or that lie in it,
 * other words those whose prefix begins so, or whose holder, tenant or request contains them.
 */
export function findPieces(pieces: readonly Piece[], text: string): Piece[] {
  const words = text.trim().toLowerCase();
  if (words === '') return [];
  const address = readAddress(words);
  const asked =
    address === undefined
      ? readPrefix(words)
      : prefixAround(address.family, address.value, address.family === 'IPv4' ? 32 : 128);
  if (asked !== undefined) {
    return pieces.filter(({ prefix }) => contains(prefix, asked) || contains(asked, prefix));
  }
  return pieces.filter(({ prefix, holder }) => {
    if (writePrefix(prefix).startsWith(words)) return true;
    const { name = '', tenant = '', requestId = '', resourceId = '' } = holder ?? {};
    return [name, tenant, requestId, resourceId].some((each) => each.toLowerCase().includes(words));
  });
}
