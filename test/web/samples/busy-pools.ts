import type { PoolBlock, PoolDetail } from '../../../src/model/api/pool-views.ts';
import {
  addressCountOf,
  bitsOf,
  lastAddressOf,
  type Prefix,
  prefixAround,
} from '../../../src/web/pools/prefix.ts';
import { readPrefix } from '../../../src/web/pools/read-prefix.ts';
import { writePrefix } from '../../../src/web/pools/write-prefix.ts';

/** The same numbers in every run. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return Math.floor((state / 4_294_967_296) * below);
  };
}

const teams = ['payments', 'web', 'data', 'platform', 'branch', 'ml', 'retail', 'iot', 'hr', 'sap'];
const stages = ['prod', 'test', 'dev', 'dr'];
const tenants = ['fabrikam', 'northwind', 'contoso-retail'];

type Given = Pick<PoolBlock, 'kind' | 'holder'>;

/** Lays out what is given and fills the rest with the fewest free blocks. */
function blocksOf(root: Prefix, given: ReadonlyMap<string, Given>): PoolBlock[] {
  const taken = [...given]
    .map(([text, what]) => ({ prefix: readPrefix(text) as Prefix, what }))
    .sort((a, b) => (a.prefix.start < b.prefix.start ? -1 : 1));
  const blocks: PoolBlock[] = [];
  const fill = (from: bigint, to: bigint): void => {
    for (let at = from; at < to; ) {
      let length = bitsOf(root.family);
      while (length > 0) {
        const larger = prefixAround(root.family, at, length - 1);
        if (larger.start !== at || lastAddressOf(larger) >= to) break;
        length -= 1;
      }
      const free = prefixAround(root.family, at, length);
      blocks.push({ prefix: writePrefix(free), kind: 'free' });
      at += addressCountOf(free);
    }
  };
  let at = root.start;
  for (const { prefix, what } of taken) {
    fill(at, prefix.start);
    blocks.push({ prefix: writePrefix(prefix), ...what });
    at = lastAddressOf(prefix) + 1n;
  }
  fill(at, lastAddressOf(root) + 1n);
  return blocks;
}

const managed = (id: string): string =>
  `/subscriptions/b0000000-0000-4000-8000-0000000000b1/resourceGroups/${id}`;
const networkManager =
  '/subscriptions/a0000000-0000-4000-8000-0000000000a1/resourceGroups/rg-ipam/providers/Microsoft.Network/networkManagers/avnm-contoso';

interface Wanted {
  readonly length: number;
  readonly what: Given;
}

/** At places that leave gaps, as years of coming and going do; the largest first, or they find no place. */
function scatter(root: Prefix, wanted: readonly Wanted[], seed: number, span: bigint): PoolBlock[] {
  const next = numbersFrom(seed);
  const given = new Map<string, Given>();
  const taken: Prefix[] = [];
  const place = (length: number): Prefix => {
    for (;;) {
      const within = (span * BigInt(next(1_000_000))) / 1_000_000n;
      const prefix = prefixAround(root.family, root.start + within, length);
      const overlaps = taken.some(
        (other) => other.start <= lastAddressOf(prefix) && prefix.start <= lastAddressOf(other),
      );
      if (!overlaps) return prefix;
    }
  };
  for (const { length, what } of [...wanted].sort((a, b) => a.length - b.length)) {
    const prefix = place(length);
    taken.push(prefix);
    given.set(writePrefix(prefix), what);
  }
  return blocksOf(root, given);
}

function virtualNetworks(lengths: readonly number[], seed: number): Wanted[] {
  const next = numbersFrom(seed);
  return lengths.map((length, index) => {
    const team = teams[next(teams.length)] ?? 'web';
    const name = `vnet-${team}-${stages[next(stages.length)]}-${String(index + 1).padStart(2, '0')}`;
    const holder = {
      resourceId: `${managed(`rg-${team}`)}/providers/Microsoft.Network/virtualNetworks/${name}`,
      name,
      tenant: tenants[next(tenants.length)] ?? 'fabrikam',
      ...(next(4) > 0 && { requestId: `RITM00${12_300 + index}` }),
    };
    return { length, what: { kind: 'allocated', holder } };
  });
}

const childPool = (length: number, name: string): Wanted => ({
  length,
  what: {
    kind: 'allocated',
    holder: { resourceId: `${networkManager}/ipamPools/${name}`, name },
  },
});

const reserved = (length: number): Wanted => ({ length, what: { kind: 'reserved' } });

const count = (blocks: readonly PoolBlock[], kind: PoolBlock['kind']): bigint =>
  blocks
    .filter((block) => block.kind === kind)
    .reduce((sum, { prefix }) => sum + addressCountOf(readPrefix(prefix) as Prefix), 0n);

function poolOf(alias: string, root: string, blocks: PoolBlock[], now: number): PoolDetail {
  const prefix = readPrefix(root) as Prefix;
  const allocated = count(blocks, 'allocated');
  const next = numbersFrom(11);
  return {
    alias,
    id: `${networkManager}/ipamPools/${alias}`,
    location: alias.split('-')[1] ?? 'centralus',
    family: prefix.family,
    addressPrefixes: [root],
    totalIpAddresses: String(addressCountOf(prefix)),
    allocatedIpAddresses: String(allocated),
    availableIpAddresses: String(count(blocks, 'free')),
    blocks,
    usage: Array.from({ length: 60 }, (_, week) => ({
      at: new Date(now - (59 - week) * 7 * 86_400_000).toISOString(),
      allocatedIpAddresses: String(
        week === 59 ? allocated : (allocated * BigInt(20 + week + next(12))) / 100n,
      ),
      totalIpAddresses: String(addressCountOf(prefix)),
    })),
  };
}

/** A /12 after some years: 40 VNets from /16 to /28, child pools, reserved blocks, gaps everywhere. */
export function busyPool(now: number): PoolDetail {
  const root = readPrefix('10.32.0.0/12') as Prefix;
  const lengths = [16, 16, 17, 18, 18, 18, 19, 19, 20, 20, 20, 20, 21, 21, 22, 22, 22, 22, 23, 23];
  lengths.push(24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 25, 25, 26, 26, 26, 27, 27, 28, 28, 28);
  const wanted = [
    ...virtualNetworks(lengths, 7),
    ...[childPool(16, 'corp-branches'), childPool(18, 'corp-labs')],
    ...[17, 20, 22, 24, 26].map(reserved),
  ];
  const blocks = scatter(root, wanted, 7, (addressCountOf(root) * 3n) / 4n);
  return poolOf('corp-northeurope', '10.32.0.0/12', blocks, now);
}

/** A /32 of IPv6 with VNets of /40 to /64. */
export function busyPoolOfIPv6(now: number): PoolDetail {
  const root = readPrefix('fd00:c8::/32') as Prefix;
  const lengths = [40, 44, 44, 48, 48, 48, 48, 52, 56, 56, 56, 56, 60, 64, 64];
  const wanted = [...virtualNetworks(lengths, 3), reserved(44)];
  const blocks = scatter(root, wanted, 3, addressCountOf(root) / 8n);
  return poolOf('corp-northeurope-v6', 'fd00:c8::/32', blocks, now);
}

/** A /24 with three free addresses in a hundred. */
export function nearlyFullPool(now: number): PoolDetail {
  const root = readPrefix('192.168.7.0/24') as Prefix;
  const wanted = virtualNetworks([25, 26, 27, 28, 29], 5);
  return poolOf('edge-uksouth', '192.168.7.0/24', scatter(root, wanted, 5, 256n), now);
}
