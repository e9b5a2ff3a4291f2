import { HostError } from './host-error.ts';

/** A parsed schedule: the allowed values of each field. Times are UTC. */
export interface Schedule {
  readonly second: ReadonlySet<number>;
  readonly minute: ReadonlySet<number>;
  readonly hour: ReadonlySet<number>;
  readonly day: ReadonlySet<number>;
  /** 1 = January. */
  readonly month: ReadonlySet<number>;
  /** 0 = Sunday. */
  readonly weekday: ReadonlySet<number>;
}

/**
 * Parses a six-field NCRONTAB expression (`second minute hour day month weekday`) with `*`, lists,
 * ranges and steps; names of months and days are not understood.
 *
 * @throws HostError for everything else
 */
export function parseSchedule(expression: string): Schedule {
  const fields = expression.trim().split(/\s+/);
  if (fields.length !== 6) {
    throw badSchedule(expression, `it has ${fields.length} fields`);
  }
  const field = (index: number, from: number, to: number) =>
    parseField(expression, fields[index] ?? '', from, to);
  return {
    second: field(0, 0, 59),
    minute: field(1, 0, 59),
    hour: field(2, 0, 23),
    day: field(3, 1, 31),
    month: field(4, 1, 12),
    weekday: field(5, 0, 6),
  };
}

function parseField(expression: string, text: string, from: number, to: number): Set<number> {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^(?:\*|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part);
    const step = Number(match?.[3] ?? 1);
    const first = Number(match?.[1] ?? from);
    const single = match?.[3] === undefined ? first : to;
    const last = match?.[1] === undefined ? to : Number(match[2] ?? single);
    if (!match || step === 0 || first < from || last > to || first > last) {
      throw badSchedule(expression, `"${part}" is not understood (allowed: ${from}-${to})`);
    }
    for (let value = first; value <= last; value += step) {
      values.add(value);
    }
  }
  return values;
}

function badSchedule(expression: string, reason: string): HostError {
  return new HostError(
    'bad-schedule',
    `The timer schedule "${expression}" cannot be used: ${reason}.`,
    'Write six fields: second minute hour day month weekday, each *, a number, a range a-b, a step */n or a list.',
  );
}

const longestSearchYears = 5;

/** The first time after `after` (ms since 1970) that fits the schedule; undefined when none will. */
export function nextOccurrence(schedule: Schedule, after: number): number | undefined {
  const time = new Date(Math.floor(after / 1000) * 1000 + 1000);
  const lastYear = time.getUTCFullYear() + longestSearchYears;
  while (time.getUTCFullYear() <= lastYear) {
    if (!schedule.month.has(time.getUTCMonth() + 1)) {
      time.setUTCMonth(time.getUTCMonth() + 1, 1);
      time.setUTCHours(0, 0, 0, 0);
    } else if (!schedule.day.has(time.getUTCDate()) || !schedule.weekday.has(time.getUTCDay())) {
      time.setUTCDate(time.getUTCDate() + 1);
      time.setUTCHours(0, 0, 0, 0);
    } else if (!schedule.hour.has(time.getUTCHours())) {
      time.setUTCHours(time.getUTCHours() + 1, 0, 0, 0);
    } else if (!schedule.minute.has(time.getUTCMinutes())) {
      time.setUTCMinutes(time.getUTCMinutes() + 1, 0, 0);
    } else if (!schedule.second.has(time.getUTCSeconds())) {
      time.setUTCSeconds(time.getUTCSeconds() + 1, 0);
    } else {
      return time.getTime();
    }
  }
  return undefined;
}
