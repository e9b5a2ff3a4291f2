import type { AddressMap } from './address-map.ts';

/**
 * What stands above the columns of a map: the octet or hex digit that tells its cells apart, with `+` where
 * it is to be added to the one of the row. Empty where a column differs in more than that.
 */
export function columnLabels({ window, cellLength, columns }: AddressMap): string[] {
  const rowLength = cellLength - Math.log2(columns);
  const unit = window.family === 'IPv4' ? 8 : 4;
  const before = rowLength - (rowLength % unit);
  if (columns < 2 || cellLength > before + unit) return [];
  const step = 2 ** (before + unit - cellLength);
  const sign = rowLength === before ? (window.family === 'IPv4' ? '.' : '') : '+';
  return Array.from(
    { length: columns },
    (_, column) => `${sign}${(column * step).toString(window.family === 'IPv4' ? 10 : 16)}`,
  );
}
