import type { PoolBlock, PoolDetail } from '../../model/api/pool-views.ts';
import { type Span, spanOfPrefix } from './address-space.ts';
import { renderTrend } from './bar.ts';
import { countOf, fractionOf } from './counts.ts';
import type { Look, Paint } from './look.ts';
import { renderPoolList } from './pool-list.ts';
import { renderFacts, renderSection } from './sections.ts';
import { renderTable } from './table.ts';
import { wrap } from './text.ts';

const widestMap = 64;
/** Rows that are listed; the whole of a large pool is for --json. */
export const mostBlocks = 40;
const mostSamples = 60;
const legendWidth = 34;

/** A pool: how full, its address space as a strip, who holds what, and how it came to be so full. */
export function renderPoolMap(pool: PoolDetail, look: Look): string[] {
  const held = pool.blocks.filter(({ kind }) => kind !== 'free');
  return [
    ...renderPoolList([pool], look),
    ...renderFacts(
      [
        ['prefixes', `${pool.addressPrefixes.join(', ')} (${pool.family})`],
        ['region', pool.location],
        ['in it', figuresOf(pool)],
        ['largest free', largestFree(pool.blocks)],
        ['trend', trendOf(pool, look)],
      ],
      look,
    ),
    ...renderSection('Map', renderStrips(pool, look), look),
    ...renderSection('Held', renderHeld(held, look), look),
  ];
}

function figuresOf({ allocatedIpAddresses, totalIpAddresses, availableIpAddresses }: PoolDetail) {
  if (allocatedIpAddresses === undefined || totalIpAddresses === undefined) return undefined;
  const free = availableIpAddresses === undefined ? '' : `, ${countOf(availableIpAddresses)} free`;
  return `${countOf(allocatedIpAddresses)} of ${countOf(totalIpAddresses)} addresses allocated${free}`;
}

function largestFree(blocks: readonly PoolBlock[]): string | undefined {
  const free = blocks.filter(({ kind }) => kind === 'free').map(({ prefix }) => prefix);
  const sizeOf = (prefix: string) => spanOfPrefix(prefix)?.size ?? 0n;
  return free.sort((a, b) => Number(sizeOf(b) > sizeOf(a)) || -1)[0];
}

function trendOf({ usage }: PoolDetail, look: Look): string | undefined {
  if (usage.length < 2) return undefined;
  const shown = usage.slice(-mostSamples);
  const values = shown.map(({ allocatedIpAddresses, totalIpAddresses }) =>
    fractionOf(allocatedIpAddresses, totalIpAddresses),
  );
  return `${renderTrend(values, look)} since ${shown[0]?.at.slice(0, 10)}`;
}

/** One strip for each prefix of the pool; a cell shows the most telling thing in its part of the space. */
function renderStrips(pool: PoolDetail, look: Look): string[] {
  const width = Math.min(widestMap, look.width - 2);
  const blocks = pool.blocks.map((block) => ({ ...block, span: spanOfPrefix(block.prefix) }));
  const strips = pool.addressPrefixes.flatMap((prefix) => {
    const space = spanOfPrefix(prefix);
    if (space === undefined) return [];
    const cells = Array.from({ length: width }, (_, cell) => {
      const first = space.first + (space.size * BigInt(cell)) / BigInt(width);
      const end = space.first + (space.size * BigInt(cell + 1)) / BigInt(width);
      const inside = blocks.filter(({ span }) => overlaps(span, space.family, first, end));
      return (['allocated', 'reserved', 'free'] as const).find((kind) =>
        inside.some((block) => block.kind === kind),
      );
    });
    return [
      look.colours.dim(`  ${prefix}`),
      `  ${cells.map((kind) => drawCell(kind, look)).join('')}`,
    ];
  });
  if (strips.length === 0) return [];
  const legend = (['allocated', 'reserved', 'free'] as const).map(
    (kind) => `${drawCell(kind, look)} ${kind}`,
  );
  const isWide = look.width >= legendWidth;
  return [...strips, ...(isWide ? [`  ${legend.join('  ')}`] : legend.map((text) => `  ${text}`))];
}

/**
 * A space that has fewer addresses than the strip has cells gives cells without any: they show what
 * begins there.
 */
function overlaps(span: Span | undefined, family: string, first: bigint, end: bigint): boolean {
  if (span === undefined || span.family !== family) return false;
  const last = end > first ? end : first + 1n;
  return span.first < last && span.first + span.size > first;
}

function drawCell(kind: PoolBlock['kind'] | undefined, look: Look): string {
  const { glyphs, colours } = look;
  const drawn: Record<PoolBlock['kind'], readonly [string, Paint]> = {
    allocated: [glyphs.full, colours.cyan],
    reserved: [glyphs.reserved, colours.yellow],
    free: [glyphs.free, colours.dim],
  };
  if (kind === undefined) return ' ';
  const [glyph, paint] = drawn[kind];
  return paint(glyph);
}

function renderHeld(held: readonly PoolBlock[], look: Look): string[] {
  if (held.length === 0) return ['  Nothing: all of it is free.'];
  const rows = held
    .slice(0, mostBlocks)
    .map(({ prefix, kind, holder }) => [
      { text: prefix, paint: look.colours.bold },
      kind,
      holder?.name ?? '(not shown to you)',
      holder?.tenant ?? '',
      holder?.requestId ?? '',
    ]);
  const more = held.length - rows.length;
  return [
    ...renderTable(
      [
        { title: 'prefix' },
        { title: 'kind' },
        { title: 'holder', shrinkTo: 10 },
        { title: 'tenant', shrinkTo: 8 },
        { title: 'request' },
      ],
      rows,
      look,
    ),
    ...(more > 0
      ? wrap(`and ${more} more; --json lists all`, look.width).map(look.colours.dim)
      : []),
  ];
}
