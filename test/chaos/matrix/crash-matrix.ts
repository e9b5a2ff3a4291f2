import { setTimeout as sleep } from 'node:timers/promises';
import type { CrashPoint } from '../../support/crashing-platform.ts';
import { type AzureState, readAzure } from './azure-state.ts';
import { chargedVirtualNetworks, findProblems } from './checks.ts';
import type { CellReport } from './fault-matrix.ts';
import { KillablePlatform } from './killable-platform.ts';
import { carryOut } from './run-scenario.ts';
import type { Scenario } from './scenarios.ts';
import { type Subject, subjectOf } from './stage.ts';

/** So long nothing more happens after a run: it is over. */
const calmMs = 300;

/** Kills the platform while it works on a scenario, once at each point, each time with a VNet of its own. */
export class CrashMatrix {
  readonly #scenario: Scenario;
  readonly #stage = new KillablePlatform();
  #serial = 0;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
  }

  close(): Promise<void> {
    return this.#stage.close();
  }

  /** Every commit of the durable engine and every transaction of the emulated Azure of a clean run. */
  async learnPoints(): Promise<readonly CrashPoint[]> {
    const subject = await this.#prepare();
    await this.#stage.arm(undefined, this.#scenario.base?.(subject));
    await carryOut(this.#stage, this.#scenario, subject);
    let counts = await this.#stage.counts();
    for (;;) {
      await sleep(calmMs);
      const later = await this.#stage.counts();
      if (JSON.stringify(later) === JSON.stringify(counts)) break;
      counts = later;
    }
    await this.#clearAway(subject);
    return (['durable-commit', 'azure-transaction'] as const).flatMap((after) =>
      Array.from({ length: counts[after] }, (_, index) => ({ after, count: index + 1 })),
    );
  }

  async killAt(point: CrashPoint): Promise<CellReport> {
    const report = await this.#killAt(point).catch(async (error: Error) => {
      await this.#stage.kill();
      return { state: 'none', problems: [`broke: ${error.message}`] };
    });
    const { name: scenario } = this.#scenario;
    return { scenario, row: String(point.count), column: `killed after ${point.after}`, ...report };
  }

  async #killAt(point: CrashPoint): Promise<Pick<CellReport, 'state' | 'problems'>> {
    const subject = await this.#prepare();
    const stage = this.#stage;
    await stage.events();
    const before = await readAzure(stage);
    const chargedBefore = await chargedVirtualNetworks(stage);
    const fault = this.#scenario.base?.(subject);
    await stage.arm(point, fault);
    // Whatever people do may meet a platform that is dead; they do it again when it is back.
    const done = carryOut(stage, this.#scenario, subject).catch(() => undefined);
    await Promise.race([stage.died, done.then(() => sleep(calmMs))]);
    // A point that this run did not reach lies after its end: it is killed there.
    await stage.kill();
    await done;
    await stage.start(fault);
    const record = await carryOut(stage, this.#scenario, subject);
    return {
      state: record.state,
      problems: await this.#problems(subject, before, chargedBefore, record),
    };
  }

  async #problems(
    subject: Subject,
    before: AzureState,
    chargedBefore: number,
    record: Awaited<ReturnType<typeof carryOut>>,
  ): Promise<string[]> {
    const stage = this.#stage;
    await stage.control.clearFaults();
    const after = await readAzure(stage);
    const events = await stage.events();
    const timeline = await stage.ledger.listTimeline(record.id);
    const problems = findProblems(stage, {
      effect: this.#scenario.effect,
      subject,
      before,
      after,
      charged: [chargedBefore, await chargedVirtualNetworks(stage)],
      record,
      // What the scenario is about may be lost with the process that was to feel it.
      allowed: this.#scenario.base ? [this.#scenario.endsAs, 'succeeded'] : [this.#scenario.endsAs],
      events,
      durable: JSON.stringify([record, timeline, events]),
    });
    await this.#clearAway(subject);
    return problems;
  }

  async #prepare(): Promise<Subject> {
    if (!this.#stage.isUp) await this.#stage.start();
    this.#serial += 1;
    const subject = subjectOf(this.#serial);
    await this.#scenario.prepare(this.#stage, subject);
    return subject;
  }

  async #clearAway({ networkId }: Subject): Promise<void> {
    const { control } = this.#stage;
    await control.clearFaults();
    const { networks } = await readAzure(this.#stage);
    if (!networks.has(networkId.toLowerCase())) return;
    await control.change({ network: { change: 'deleteVirtualNetwork', id: networkId } });
  }
}
