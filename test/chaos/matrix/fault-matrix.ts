import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type LandscapeFile,
  readLandscapeFile,
} from '../../../src/local/landscape/landscape-file.ts';
import type { Fault, LoggedRequest } from '../../support/control.ts';
import { TestPlatform } from '../../support/test-platform.ts';
import type { Column } from './columns.ts';
import { matchOf, type Row, rowsOf, titleOf } from './rows.ts';
import { clearAway, runScenario } from './run-scenario.ts';
import type { Scenario } from './scenarios.ts';
import { type Subject, subjectOf } from './stage.ts';

export interface Cell {
  readonly scenario: Scenario;
  readonly row: Row;
  readonly column: Column;
}

export interface CellReport {
  readonly scenario: string;
  readonly row: string;
  readonly column: string;
  readonly state: string;
  readonly problems: readonly string[];
}

/** A hanging call costs this much of real time. */
const requestTimeoutSeconds = 1;

/** A platform for many runs, and the count of them. */
export class Workshop {
  #platform: TestPlatform | undefined;
  #serial = 0;

  /** A platform whose app has its tokens already. */
  async platform(): Promise<TestPlatform> {
    this.#platform ??= await startPlatform({});
    return this.#platform;
  }

  nextSubject(): Subject {
    this.#serial += 1;
    return subjectOf(this.#serial);
  }

  async close(): Promise<void> {
    await this.#platform?.close();
    this.#platform = undefined;
  }
}

const startPlatform = (options: Parameters<typeof TestPlatform.start>[0]) =>
  TestPlatform.start({
    ...options,
    landscapeFile: roomyLandscape(),
    settings: { VNETV_REQUEST_TIMEOUT_SECONDS: String(requestTimeoutSeconds) },
  });

/** One requester has the VNets of all cells: quotas count them, but must not stand against them. */
function roomyLandscape(): LandscapeFile {
  const { landscape, emulatedAzure } = readLandscapeFile();
  const { policy } = landscape;
  const quotas = policy.quotas.map((quota) => ({ ...quota, maxVirtualNetworks: 100_000 }));
  return { landscape: { ...landscape, policy: { ...policy, quotas } }, emulatedAzure };
}

/** Runs a prepared scenario in an app that has no tokens yet: only such a one asks for them. */
async function withFreshApp<T>(
  scenario: Scenario,
  subject: Subject,
  run: (test: TestPlatform) => Promise<T>,
): Promise<T> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'vnet-vending-matrix-'));
  try {
    const first = await startPlatform({ dataDirectory });
    await scenario.prepare(first, subject).finally(() => first.close());
    const fresh = await startPlatform({ dataDirectory, clock: first.clock });
    return await run(fresh).finally(() => fresh.close());
  } finally {
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

/** The calls of a scenario when nothing goes wrong but what it is about. */
export async function learnRows(
  workshop: Workshop,
  scenario: Scenario,
  { withTokens = true } = {},
): Promise<readonly Row[]> {
  const learn = async (test: TestPlatform, subject: Subject): Promise<readonly Row[]> => {
    const faults = scenario.base ? [scenario.base(subject)] : [];
    const allowed = [scenario.endsAs];
    const { problems } = await runScenario(test, scenario, subject, { faults, allowed });
    if (problems.length > 0) {
      throw new Error(`Without further faults ${scenario.name} went wrong: ${problems.join('; ')}`);
    }
    return rowsOf(await requestsOf(test), subject);
  };
  const test = await workshop.platform();
  const subject = workshop.nextSubject();
  await scenario.prepare(test, subject);
  const calls = await learn(test, subject);
  await clearAway(test, subject);
  const armCalls = calls.filter(({ service }) => service === 'arm');
  if (!withTokens) return armCalls;
  const fresh = subjectOf(1);
  const tokenCalls = await withFreshApp(scenario, fresh, (platform) => learn(platform, fresh));
  return [...armCalls, ...tokenCalls.filter(({ service }) => service === 'entra')];
}

const requestsOf = (test: TestPlatform): Promise<readonly LoggedRequest[]> =>
  test.control.requests();

/** Runs one cell: the scenario, with that fault once at that call. */
export async function runCell(workshop: Workshop, cell: Cell): Promise<CellReport> {
  const { scenario, row, column } = cell;
  const report = await runCellOn(workshop, cell).catch((error: Error) => ({
    state: 'none',
    problems: [`broke: ${error.message}`],
  }));
  return { scenario: scenario.name, row: titleOf(row), column: column.name, ...report };
}

async function runCellOn(workshop: Workshop, cell: Cell) {
  const { scenario, row } = cell;
  const run = (test: TestPlatform, subject: Subject) =>
    runScenario(test, scenario, subject, {
      faults: faultsOf(cell, subject),
      allowed: allowedEnds(cell),
    });
  if (row.service === 'entra') {
    const subject = subjectOf(1);
    return await withFreshApp(scenario, subject, (test) => run(test, subject));
  }
  const test = await workshop.platform();
  const subject = workshop.nextSubject();
  await scenario.prepare(test, subject);
  try {
    return await run(test, subject);
  } catch (error) {
    // Whatever is left of it must not harm the next one.
    await workshop.close();
    throw error;
  } finally {
    await clearAway(await workshop.platform(), subject);
  }
}

/** The fault of the cell comes first; then the one that the scenario is about. */
function faultsOf({ scenario, row, column }: Cell, subject: Subject): readonly Fault[] {
  const match = matchOf(row, subject);
  const base = scenario.base?.(subject);
  if (!base) return [{ match, effect: column.effect }];
  const isSameCall =
    row.nth === 1 &&
    row.method === base.match.method &&
    new RegExp(base.match.path ?? '').test(row.path.replace('{network}', subject.network));
  // A call that is refused has no effect; what has one feels both faults at once.
  if (isSameCall && column.hasEffect && base.effect['status'] === undefined) {
    return [{ match, effect: { ...base.effect, ...column.effect } }];
  }
  return [{ match, effect: column.effect }, base];
}

/** What rule 4 allows; whether both sides are in order then is checked apart. */
function allowedEnds({ scenario, column }: Cell): readonly string[] {
  const isRefused = scenario.base?.(subjectOf(0)).effect['status'] !== undefined;
  return [
    scenario.endsAs,
    // The request fails honestly when an operation fails for good.
    ...(column.passes ? [] : ['failed']),
    // What the scenario is about may not come to pass.
    ...(isRefused ? ['succeeded'] : []),
  ];
}
