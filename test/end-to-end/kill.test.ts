import { afterAll, describe, expect, it } from 'vitest';
import { CrashMatrix } from '../chaos/matrix/crash-matrix.ts';
import { problemsIn } from '../chaos/matrix/figures.ts';
import { scenarioOf } from '../chaos/matrix/scenarios.ts';
import type { CrashPoint } from '../support/crashing-platform.ts';

/** A sample; `npm run chaos` kills the platform at every point of every operation. */
const samples: Readonly<Record<string, Readonly<Record<CrashPoint['after'], readonly number[]>>>> =
  {
    allocate: {
      'durable-commit': [1, 9, 17, 23, 30, 39],
      'azure-transaction': [1, 15, 16, 18],
    },
    'associate-compensated': { 'durable-commit': [29, 40], 'azure-transaction': [16, 20] },
    'remove-delete-with-peerings': { 'durable-commit': [30], 'azure-transaction': [18, 22] },
    'disassociate-compensated': { 'durable-commit': [40], 'azure-transaction': [16] },
  };

describe('a platform that is killed while it works on a request goes on after a restart', () => {
  for (const [name, sample] of Object.entries(samples)) {
    const points = Object.entries(sample).flatMap(([after, counts]) =>
      counts.map((count) => ({ after: after as CrashPoint['after'], count })),
    );
    const matrix = new CrashMatrix(scenarioOf(name));
    afterAll(() => matrix.close());
    for (const point of points) {
      it(`${name}: killed after ${point.after} ${point.count}`, async () => {
        expect(problemsIn([await matrix.killAt(point)])).toEqual([]);
      });
    }
  }
});
