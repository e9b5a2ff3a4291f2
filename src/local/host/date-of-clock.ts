import type { Clock } from '../clock.ts';

/** `Date`, except that the time is that of a clock. What it makes are dates like all others. */
export const dateOf = (clock: Clock): DateConstructor =>
  new Proxy(Date, {
    construct: (date, values) =>
      values.length === 0
        ? new date(clock.now())
        : Reflect.construct(date, values as ConstructorParameters<DateConstructor>),
    get: (date, member, receiver) =>
      member === 'now' ? () => clock.now() : Reflect.get(date, member, receiver),
  });
