/**
 * `1,048,576`; counts of IPv6 addresses as a power of two where they are one, for nobody reads 25
 * digits.
 */
export function countOf(decimal: string): string {
  if (!/^\d+$/.test(decimal)) return decimal;
  const count = BigInt(decimal);
  if (count < 1_000_000_000_000n) return decimal.replace(/\B(?=(\d{3})+$)/g, ',');
  const binary = count.toString(2);
  if (/^10*$/.test(binary)) return `2^${binary.length - 1}`;
  const digits = decimal.length - 1;
  return `${decimal[0]}.${decimal.slice(1, 3)}e${digits}`;
}

/** `12.5 %`; what is not nothing is never shown as nothing, and what is not all never as all. */
export function shareOf(part: string, whole: string): string {
  const permille = thousandths(part, whole);
  if (permille === 0 && BigInt(part) > 0n) return '<0.1 %';
  if (permille === 1000 && BigInt(part) < BigInt(whole)) return '>99.9 %';
  return `${(permille / 10).toFixed(1)} %`;
}

/** The part of a whole as a number from 0 to 1; both are decimal and may be huge. Only nothing is 0. */
export function fractionOf(part: string, whole: string): number {
  if (BigInt(whole) === 0n || BigInt(part) === 0n) return 0;
  return Math.max(1, Number((BigInt(part) * 1_000_000n) / BigInt(whole))) / 1_000_000;
}

const thousandths = (part: string, whole: string): number =>
  Math.round(fractionOf(part, whole) * 1000);
