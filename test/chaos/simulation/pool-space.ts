import {
  type AddressFamily,
  addressCountOf,
  addressCountOfPrefixLength,
  prefixLengthFor,
} from '../../../src/model/prefixes.ts';

/** Addresses as numbers; a block starts on its own boundary. */
export interface Block {
  readonly start: bigint;
  readonly size: bigint;
}

/** What a pool has given to one VNet. It is shown and taken back when the pool gets round to it. */
export interface Hold {
  readonly networkId: string;
  readonly guid: string;
  readonly prefixes: readonly string[];
  isListed: boolean;
  /** The VNet has let go; the pool has not yet. */
  isReleasing: boolean;
}

/** One pool of the management tenant, with an allocator that takes the first free block. */
export class Pool {
  readonly id: string;
  readonly alias: string;
  readonly family: AddressFamily;
  readonly location: string;
  readonly prefix: string;
  readonly holds: Hold[] = [];

  constructor(pool: Pick<Pool, 'id' | 'alias' | 'family' | 'location' | 'prefix'>) {
    this.id = pool.id;
    this.alias = pool.alias;
    this.family = pool.family;
    this.location = pool.location;
    this.prefix = pool.prefix;
  }

  get total(): bigint {
    return addressCountOf(this.prefix);
  }

  get allocated(): bigint {
    return this.holds
      .flatMap((hold) => hold.prefixes)
      .reduce((sum, prefix) => sum + addressCountOf(prefix), 0n);
  }

  /** The smallest block that holds so many addresses; undefined when there is none. */
  findFree(count: bigint): string | undefined {
    const length = prefixLengthFor(this.family, count);
    const size = addressCountOfPrefixLength(this.family, length);
    const own = blockOf(this.prefix);
    const taken = this.holds.flatMap((hold) => hold.prefixes.map(blockOf));
    for (let start = own.start; start + size <= own.start + own.size; ) {
      const hit = taken.find((block) => meets(block, { start, size }));
      if (!hit) return prefixOf(this.family, { start, size });
      const next = hit.start + hit.size;
      start = next % size === 0n ? next : next + size - (next % size);
    }
    return undefined;
  }

  isFree(prefix: string): boolean {
    const block = blockOf(prefix);
    const own = blockOf(this.prefix);
    const isInside = block.start >= own.start && block.start + block.size <= own.start + own.size;
    return (
      isInside && !this.holds.some((hold) => hold.prefixes.some((p) => meets(blockOf(p), block)))
    );
  }

  /** What is free, in blocks of equal small size: enough for whoever looks whether something is in it. */
  freePrefixes(): readonly string[] {
    const own = blockOf(this.prefix);
    const taken = this.holds
      .flatMap((hold) => hold.prefixes.map(blockOf))
      .sort((a, b) => (a.start < b.start ? -1 : 1));
    const free: string[] = [];
    let start = own.start;
    for (const block of [...taken, { start: own.start + own.size, size: 0n }]) {
      while (start < block.start) {
        let size = own.size;
        while (start % size !== 0n || start + size > block.start) size /= 2n;
        free.push(prefixOf(this.family, { start, size }));
        start += size;
      }
      start = block.start + block.size;
    }
    return free;
  }
}

export const meets = (a: Block, b: Block): boolean =>
  a.start < b.start + b.size && b.start < a.start + a.size;

export function blockOf(prefix: string): Block {
  const [address = ''] = prefix.split('/');
  const start = address.includes(':')
    ? groupsOf(address).reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n)
    : address.split('.').reduce((sum, octet) => (sum << 8n) | BigInt(octet), 0n);
  return { start, size: addressCountOf(prefix) };
}

function groupsOf(address: string): readonly string[] {
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  if (tail === undefined) return before;
  const after = tail === '' ? [] : tail.split(':');
  return [...before, ...Array(8 - before.length - after.length).fill('0'), ...after];
}

function prefixOf(family: AddressFamily, { start, size }: Block): string {
  const length = prefixLengthFor(family, size);
  if (family === 'IPv4') {
    const octets = [24n, 16n, 8n, 0n].map((shift) => (start >> shift) & 255n);
    return `${octets.join('.')}/${length}`;
  }
  const groups = Array.from({ length: 8 }, (_, i) =>
    ((start >> BigInt(112 - 16 * i)) & 0xffffn).toString(16),
  );
  return `${groups.join(':')}/${length}`;
}

/** Cuts the first free block of a size out of a prefix, beside what is taken. */
export function carve(
  family: AddressFamily,
  within: readonly string[],
  count: bigint,
  taken: readonly string[],
): string | undefined {
  const size = addressCountOfPrefixLength(family, prefixLengthFor(family, count));
  const blocked = taken.map(blockOf);
  for (const outer of within.map(blockOf)) {
    for (let start = outer.start; start + size <= outer.start + outer.size; start += size) {
      if (!blocked.some((block) => meets(block, { start, size }))) {
        return prefixOf(family, { start, size });
      }
    }
  }
  return undefined;
}
