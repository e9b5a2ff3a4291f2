import type { SimulationReport } from './simulation.ts';

type Counts = Record<string, number>;

/** What many runs came to, added up. */
export interface Tally {
  readonly seeds: number;
  readonly figures: Readonly<Counts>;
  readonly ends: Readonly<Counts>;
  readonly faults: Readonly<Counts>;
  /** Seeds that broke a rule, each with what it broke and the last part of its trace. */
  readonly broken: readonly BrokenSeed[];
}

export interface BrokenSeed {
  readonly seed: number;
  readonly violations: SimulationReport['violations'];
  readonly trace: readonly string[];
}

export const emptyTally: Tally = { seeds: 0, figures: {}, ends: {}, faults: {}, broken: [] };

export const tallyOf = ({
  seed,
  violations,
  trace,
  ends,
  faults,
  figures,
}: SimulationReport): Tally => ({
  seeds: 1,
  figures,
  ends,
  faults: faults as Counts,
  broken: violations.length === 0 ? [] : [{ seed, violations, trace }],
});

export const addTallies = (a: Tally, b: Tally): Tally => ({
  seeds: a.seeds + b.seeds,
  figures: addCounts(a.figures, b.figures),
  ends: addCounts(a.ends, b.ends),
  faults: addCounts(a.faults, b.faults),
  broken: [...a.broken, ...b.broken],
});

function addCounts(a: Readonly<Counts>, b: Readonly<Counts>): Counts {
  const sum: Counts = { ...a };
  for (const [name, count] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}
