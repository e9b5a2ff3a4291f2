import { describe, expect, it } from 'vitest';
import { simulate } from './simulation.ts';

const seeds = Array.from({ length: 40 }, (_, index) => index + 1);

describe('the whole system, simulated', () => {
  it('keeps the rules, whatever the seed lets happen', { timeout: 60_000 }, async () => {
    const broken: string[] = [];
    for (const seed of seeds) {
      const { violations } = await simulate({ seed });
      broken.push(...violations.map(({ rule, text }) => `seed ${seed}, rule ${rule}: ${text}`));
    }
    expect(broken).toEqual([]);
  });

  it('does the same again for the same seed, and something else for another', async () => {
    const [first, again, other] = [
      await simulate({ seed: 7 }),
      await simulate({ seed: 7 }),
      await simulate({ seed: 8 }),
    ];
    expect(again).toEqual(first);
    expect(other.traceHash).not.toBe(first.traceHash);
  });
});
