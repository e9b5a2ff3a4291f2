import { TestPlatform } from '../../support/test-platform.ts';
import type { CellReport } from './fault-matrix.ts';
import { runScenario } from './run-scenario.ts';
import type { Scenario } from './scenarios.ts';
import { subjectOf } from './stage.ts';

/** What happens twice. */
export const duplications = {
  'every activity runs twice': { runActivitiesTwice: true },
  'every completion comes twice': { deliverActivityCompletionsTwice: true },
  'every message comes twice': { deliverMessagesTwice: true },
  'all of it, one event a turn': {
    runActivitiesTwice: true,
    deliverActivityCompletionsTwice: true,
    deliverMessagesTwice: true,
    oneEventPerTurn: true,
  },
} as const;

export type Duplication = keyof typeof duplications;

/** Runs scenarios, each on a VNet of its own, while that happens twice. */
export async function runDuplicated(
  duplication: Duplication,
  scenarios: readonly Scenario[],
): Promise<readonly CellReport[]> {
  const test = await TestPlatform.start({ testing: duplications[duplication] });
  try {
    const reports: CellReport[] = [];
    for (const [index, scenario] of scenarios.entries()) {
      reports.push(await runOne(test, scenario, index, duplication));
    }
    return reports;
  } finally {
    await test.close();
  }
}

async function runOne(
  test: TestPlatform,
  scenario: Scenario,
  index: number,
  duplication: Duplication,
): Promise<CellReport> {
  const subject = subjectOf(index + 1);
  const faults = scenario.base ? [scenario.base(subject)] : [];
  const allowed = [scenario.endsAs];
  const run = async () => {
    await scenario.prepare(test, subject);
    return await runScenario(test, scenario, subject, { faults, allowed });
  };
  const report = await run().catch((error: Error) => ({
    state: 'none',
    problems: [`broke: ${error.message}`],
  }));
  return { scenario: scenario.name, row: 'everything', column: duplication, ...report };
}
