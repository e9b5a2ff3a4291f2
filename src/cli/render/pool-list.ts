import type { PoolSummary } from '../../model/api/pool-views.ts';
import { renderBar } from './bar.ts';
import { countOf, fractionOf, shareOf } from './counts.ts';
import { renderError } from './error-lines.ts';
import type { Look } from './look.ts';
import { hang, padEnd, padStart, textWidth } from './text.ts';

const widestBar = 40;
const narrowestBar = 10;

/** A bar for each pool: how much of it is used. */
export function renderPoolList(pools: readonly PoolSummary[], look: Look): string[] {
  const longest = Math.max(0, ...pools.map(({ alias }) => textWidth(alias)));
  const figures = pools.map(figuresOf);
  const room = look.width - longest - 2 - 2 - Math.max(0, ...figures.map(textWidth));
  const isWide = room >= narrowestBar;
  const bar = Math.min(widestBar, isWide ? room : look.width - 4);
  return pools.flatMap((pool, index) => {
    const figure = figures[index] ?? '';
    if (pool.error) {
      const { message, cause, remedy, code } = pool.error;
      return [
        look.colours.bold(pool.alias),
        ...renderError({ message, why: cause, remedy, code }, look, '  '),
      ];
    }
    const drawn = renderBar(usedOf(pool), bar, look);
    const alias = look.colours.bold(padEnd(pool.alias, isWide ? longest : 0));
    return isWide
      ? [`${alias}  ${drawn}  ${figure}`]
      : [alias, `  ${drawn}`, ...hang('  ', figure.trim(), look.width)];
  });
}

export const usedOf = ({
  allocatedIpAddresses = '0',
  totalIpAddresses = '0',
}: PoolSummary): number => fractionOf(allocatedIpAddresses, totalIpAddresses);

function figuresOf({ allocatedIpAddresses, totalIpAddresses, availableIpAddresses }: PoolSummary) {
  if (allocatedIpAddresses === undefined || totalIpAddresses === undefined) return '';
  const free = availableIpAddresses === undefined ? '' : `, ${countOf(availableIpAddresses)} free`;
  return `${padStart(shareOf(allocatedIpAddresses, totalIpAddresses), 7)}${free}`;
}
