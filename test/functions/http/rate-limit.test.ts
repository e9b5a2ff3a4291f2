import { expect, it } from 'vitest';
import { RateLimit } from '../../../src/functions/http/rate-limit.ts';

it('a caller who asks too often waits until tokens have come back', () => {
  let now = 0;
  const limit = new RateLimit(60, () => now);
  for (let calls = 0; calls < 60; calls++) expect(limit.take('ada')).toBe(0);
  expect(limit.take('ada')).toBe(1);
  expect(limit.take('ada', 5)).toBe(5);
  expect(limit.take('ben')).toBe(0);
  now += 999;
  expect(limit.take('ada')).toBe(1);
  now += 1;
  expect(limit.take('ada')).toBe(0);
  expect(limit.take('ada')).toBe(1);
  now += 10 * 60_000;
  for (let calls = 0; calls < 60; calls++) expect(limit.take('ada')).toBe(0);
  expect(limit.take('ada')).toBe(1);
});

it('a clock that goes back gives nothing and takes nothing', () => {
  let now = 60_000;
  const limit = new RateLimit(10, () => now);
  for (let calls = 0; calls < 10; calls++) expect(limit.take('ada')).toBe(0);
  now = 0;
  expect(limit.take('ada')).toBe(6);
});

it('callers who are gone are forgotten, those who are waiting are not', () => {
  const limit = new RateLimit(10, () => 0);
  for (let calls = 0; calls < 10; calls++) limit.take('busy');
  for (let caller = 0; caller < 10_050; caller++) limit.take(`caller-${caller}`, 0);
  expect(limit.take('busy')).toBeGreaterThan(0);
});
