import type { Look } from './look.ts';

/** A bar of so many columns, filled to a fraction. What is not nothing shows, however little it is. */
export function renderBar(fraction: number, width: number, look: Look): string {
  const { glyphs, colours } = look;
  const filled = Math.min(1, Math.max(0, fraction)) * width;
  const whole = Math.floor(filled);
  const rest = filled - whole;
  const steps = glyphs.eighths.length + 1;
  const eighth =
    whole < width && rest > 0 ? Math.max(whole === 0 ? 1 : 0, Math.round(rest * steps)) : 0;
  const part =
    eighth === 0
      ? ''
      : eighth === steps
        ? glyphs.full
        : (glyphs.eighths[eighth - 1] ?? glyphs.full);
  const paint = fraction >= 0.9 ? colours.red : fraction >= 0.75 ? colours.yellow : colours.cyan;
  const free = width - whole - (part === '' ? 0 : 1);
  return paint(glyphs.full.repeat(whole) + part) + colours.dim(glyphs.free.repeat(free));
}

/** Values from 0 to 1 as a line of little bars. */
export function renderTrend(values: readonly number[], look: Look): string {
  const { levels } = look.glyphs;
  return values
    .map((value) => levels[Math.min(levels.length - 1, Math.floor(value * levels.length))])
    .join('');
}
