import type { Tile } from './address-map.ts';
import type { Piece, PieceKind } from './address-space.ts';
import { addressCountOf } from './prefix.ts';
import { writeCount, writeShare } from './write-count.ts';
import { writePrefix } from './write-prefix.ts';

export const kindWords: Readonly<Record<Tile['kind'], string>> = {
  allocated: 'Allocated',
  reserved: 'Reserved',
  free: 'Free',
  unknown: 'Not known',
  mixed: 'Partly used',
};

export interface KindCount {
  readonly kind: PieceKind;
  readonly blocks: number;
  readonly addresses: bigint;
}

const kinds: readonly PieceKind[] = ['allocated', 'reserved', 'free', 'unknown'];

/** How many blocks and addresses of each kind there are; kinds without any are left out. */
export const countKinds = (pieces: readonly Piece[]): KindCount[] =>
  kinds
    .map((kind) => {
      const found = pieces.filter((piece) => piece.kind === kind);
      const addresses = found.reduce((sum, { prefix }) => sum + addressCountOf(prefix), 0n);
      return { kind, blocks: found.length, addresses };
    })
    .filter(({ blocks }) => blocks > 0);

/** `child pool` where the holder is one: its own blocks are in its own map. */
export const holderKind = (resourceId: string): string | undefined =>
  /\/ipamPools\/[^/]+$/i.test(resourceId) ? 'child pool' : undefined;

/** What a mixed tile holds: `3 allocated, 1 reserved, 61 % free`. */
export function mixedWords({ prefix, pieces }: Pick<Tile, 'prefix' | 'pieces'>): string {
  const total = addressCountOf(prefix);
  return countKinds(pieces)
    .map(({ kind, blocks, addresses }) => {
      const word = kindWords[kind].toLowerCase();
      return kind === 'free' ? `${writeShare(addresses, total)} ${word}` : `${blocks} ${word}`;
    })
    .join(', ');
}

/**
 * All that a tile stands for, for who cannot see it. It begins with what the tile shows (`label`), so that
 * who speaks to the computer can name what they see.
 */
export function tileWords(tile: Tile, label: readonly string[]): string {
  const { prefix, kind, pieces } = tile;
  const word = kindWords[kind].toLowerCase();
  const { name, tenant, requestId, resourceId = '' } = pieces[0]?.holder ?? {};
  const start = label.join(' ');
  const isMixed = kind === 'mixed';
  const told = [
    start,
    isMixed || start.includes(name ?? word) ? '' : (name ?? word),
    start.includes(writePrefix(prefix)) ? '' : writePrefix(prefix),
    name === undefined && !isMixed ? '' : word,
    isMixed ? mixedWords(tile) : writeCount(prefix.family, addressCountOf(prefix)),
    isMixed ? '' : (holderKind(resourceId) ?? ''),
    tenant === undefined || isMixed ? '' : `tenant ${tenant}`,
    requestId === undefined || isMixed ? '' : `request ${requestId}`,
  ];
  return told.filter((part) => part !== '').join(', ');
}
