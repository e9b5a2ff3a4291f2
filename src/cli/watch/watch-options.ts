import { type Command, InvalidArgumentError, Option } from 'commander';

export interface WatchOptions {
  readonly watch?: boolean;
  /** In milliseconds. */
  readonly timeout?: number;
}

/** `--watch`, and for how long. */
export function addWatchOptions(command: Command): Command {
  return command
    .option('-w, --watch', 'wait until the request has ended, and show what happens')
    .addOption(
      new Option(
        '--timeout <duration>',
        'stop watching after this long, such as 90s, 30m or 2h; the request goes on',
      ).argParser(parseDuration),
    );
}

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };
/** A timer of Node takes no longer time. */
const longestMs = 24 * 3_600_000;

/** `90s`, `30m`, `2h`, or seconds. */
export function parseDuration(text: string): number {
  const [, amount = '0', unit = 's'] = /^(\d{1,6})([smh])?$/.exec(text.trim()) ?? [];
  const milliseconds = Number(amount) * (unitMs[unit] ?? 0);
  if (milliseconds === 0 || milliseconds > longestMs) {
    throw new InvalidArgumentError('A duration is such as 90s, 30m or 2h, and at most 24h.');
  }
  return milliseconds;
}
