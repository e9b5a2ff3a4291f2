/** Unit, its seconds, and from how many seconds on it is used: three days are told in hours, for deadlines. */
const units: readonly [Intl.RelativeTimeFormatUnit, number, number][] = [
  ['day', 86_400, 3 * 86_400],
  ['hour', 3_600, 3_600],
  ['minute', 60, 60],
];

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const absolute = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'medium',
  timeStyle: 'long',
});

/** `3 hours ago`, `in 2 days`, `just now`. */
export function relativeTime(at: string, now: number): string {
  const seconds = (Date.parse(at) - now) / 1_000;
  if (Number.isNaN(seconds)) return at;
  for (const [unit, length, from] of units) {
    if (Math.abs(seconds) >= from) return relative.format(Math.trunc(seconds / length), unit);
  }
  return seconds > 5 ? 'in less than a minute' : 'just now';
}

/** Date, time and time zone of the reader. */
export function absoluteTime(at: string): string {
  const time = Date.parse(at);
  return Number.isNaN(time) ? at : absolute.format(time);
}
