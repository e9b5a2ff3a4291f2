import { describe, expect, it } from 'vitest';
import { type PlantedBug, plantedBugs } from './planted-bugs.ts';
import { simulate } from './simulation.ts';

/** The first seed that shows the bug as a breach of its rule. */
async function firstSeedThatFinds({
  rule,
  seeds,
  name: _,
  ...options
}: PlantedBug): Promise<number> {
  for (let seed = 1; seed <= seeds; seed++) {
    const { violations } = await simulate({ seed, ...options });
    if (violations.some((violation) => violation.rule === rule)) return seed;
  }
  return Number.POSITIVE_INFINITY;
}

describe('the judge of the simulation', () => {
  for (const bug of plantedBugs) {
    it(`finds within ${bug.seeds} seeds, by rule ${bug.rule}, that ${bug.name}`, {
      timeout: 120_000,
    }, async () => {
      expect(await firstSeedThatFinds(bug)).toBeLessThanOrEqual(bug.seeds);
    });
  }

  it('has a bug for each rule', () => {
    expect(new Set(plantedBugs.map(({ rule }) => rule))).toEqual(
      new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
    );
  });
});
