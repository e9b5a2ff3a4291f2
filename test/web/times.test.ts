import { describe, expect, it } from 'vitest';
import { absoluteTime, relativeTime } from '../../src/web/components/times.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const ago = (seconds: number) => new Date(now - seconds * 1_000).toISOString();

describe('times for people', () => {
  it('are told in the largest unit that fits, past and future', () => {
    expect(relativeTime(ago(3), now)).toBe('just now');
    expect(relativeTime(ago(61), now)).toBe('1 minute ago');
    expect(relativeTime(ago(7_300), now)).toBe('2 hours ago');
    expect(relativeTime(ago(-71 * 3_600), now)).toBe('in 71 hours');
    expect(relativeTime(ago(72 * 3_600), now)).toBe('3 days ago');
    expect(relativeTime(ago(-30), now)).toBe('in less than a minute');
    expect(relativeTime(ago(-3 * 86_400), now)).toBe('in 3 days');
  });

  it('show what is no time as it is', () => {
    expect(relativeTime('soon', now)).toBe('soon');
    expect(absoluteTime('soon')).toBe('soon');
  });
});
