import type { Ledger, RequestRecord } from '../../../src/ledger/ledger.ts';
import { openSqliteLedger } from '../../../src/ledger/sqlite-ledger.ts';
import { activities, orchestrations } from './activities.ts';
import { AzureModel, type Caller } from './azure-model.ts';
import { DurableEngine } from './durable-engine.ts';
import { type FaultKind, Faults } from './faults.ts';
import { HostCalls } from './host-calls.ts';
import { furnish, Interferers } from './interferers.ts';
import { makePools, resourceGroups, tenants } from './landscape.ts';
import { Oracle, type Violation } from './oracle.ts';
import type { Orchestration } from './orchestrator-turn.ts';
import { People } from './people.ts';
import { Random } from './random.ts';
import {
  type MadeMessage,
  type MadeRequest,
  type Operation,
  RequestMaker,
} from './request-maker.ts';
import { RequestQueue } from './request-queue.ts';
import { Scheduler } from './scheduler.ts';
import { type Sabotage, SimulatedHost } from './simulated-host.ts';
import { endStates } from './vocabulary.ts';
import { WorkerProcess } from './worker-process.ts';
import { type Effect, keyOf, World } from './world.ts';

const minute = 60_000;
const hour = 60 * minute;
/** Faults, crashes and interference stop here. */
const calmAfter = 3 * hour;
/** The approval's time limit, every bound of the workflow twice over, and the last resumptions. */
const endAfter = calmAfter + 9 * hour;
const sweepEvery = 5 * minute;

export interface SimulationOptions {
  readonly seed: number;
  /** Keep every line of the trace, not the last ones only. */
  readonly keepTrace?: boolean;
  readonly operations?: readonly Operation[];
  readonly sabotage?: Sabotage & {
    readonly orchestrations?: Readonly<Record<string, Orchestration>>;
  };
}

export interface SimulationReport {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly traceHash: string;
  /** All of it when it is kept; else the lines that led to the first violation. */
  readonly trace: readonly string[];
  /** By operation and end, such as `allocate succeeded`. */
  readonly ends: Readonly<Record<string, number>>;
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
  readonly figures: Readonly<Record<Figure, number>>;
}

type Figure =
  | 'steps'
  | 'requests'
  | 'messages'
  | 'crashes'
  | 'interferences'
  | 'activityRuns'
  | 'azureCalls'
  | 'executions'
  | 'events'
  | 'rejected'
  | 'compensations'
  | 'virtualHours';

/** One run of the whole system, of which the seed determines everything. */
export class Simulation {
  readonly #options: SimulationOptions;
  readonly #random: Random;
  readonly #scheduler: Scheduler;
  readonly #faults: Faults;
  readonly #process: WorkerProcess;
  readonly #world = new World(makePools());
  readonly #ledger: Ledger = openSqliteLedger(':memory:');
  readonly #azure: AzureModel;
  readonly #engine: DurableEngine;
  readonly #queue: RequestQueue;
  readonly #host: SimulatedHost;
  readonly #oracle: Oracle;
  readonly #people: People;
  readonly #interferers: Interferers;
  /** How wrong the clock of the machine is. */
  #clockErrorMs = 0;
  #isOver = false;

  constructor(options: SimulationOptions) {
    this.#options = options;
    const random = new Random(options.seed);
    this.#random = random;
    this.#scheduler = new Scheduler(random.fork(), options.keepTrace ?? false);
    const scheduler = this.#scheduler;
    const faults = new Faults(random.fork());
    this.#faults = faults;
    this.#process = new WorkerProcess(scheduler);
    const process = this.#process;
    const requests = new Map<string, MadeRequest[]>();
    const witnessed = { world: this.#world, scheduler, ledger: this.#ledger, requests };
    this.#oracle = new Oracle(witnessed);
    const oracle = this.#oracle;
    this.#azure = new AzureModel({
      world: this.#world,
      scheduler,
      random: random.fork(),
      faults,
      process,
      resourceGroups,
      unconnected: random.chance(0.05) ? [tenants.northwind.subscriptionId] : [],
      onEffect: (effect) => this.#onEffect(effect),
      onRead: (caller, id) => this.#onRead(caller, id),
    });
    const clock = () => scheduler.now + this.#clockErrorMs;
    const sabotage = options.sabotage ?? {};
    this.#host = new SimulatedHost({
      scheduler,
      process,
      calls: new HostCalls(scheduler, random.fork(), faults, process),
      azure: this.#azure,
      ledger: this.#ledger,
      oracle,
      activities,
      engine: () => this.#engine,
      queue: () => this.#queue,
      clock,
      hear: (event) => this.#people.hear(event),
      sabotage,
    });
    this.#engine = new DurableEngine({
      scheduler,
      random: random.fork(),
      process,
      orchestrations: this.#orchestrations,
      clock,
      runActivity: (run) => this.#host.runActivity(run),
      repeats: () => faults.strikes('repeatedCompletion'),
    });
    this.#queue = new RequestQueue(scheduler, random.fork(), faults, process, (message) =>
      this.#host.receive(message),
    );
    const operations = options.operations ?? ['allocate', 'allocate', 'associate', 'remove'];
    this.#people = new People({
      scheduler,
      random: random.fork(),
      maker: new RequestMaker(random.fork(), operations, () => [...this.#world.networks.values()]),
      requests,
      send: (message) => this.#send(message),
      cure: (request) => this.#cure(request),
    });
    this.#interferers = new Interferers(
      this.#world,
      this.#azure.operations,
      scheduler,
      random.fork(),
    );
  }

  get #orchestrations(): Readonly<Record<string, Orchestration>> {
    return this.#options.sabotage?.orchestrations ?? orchestrations;
  }

  async run(): Promise<SimulationReport> {
    const scheduler = this.#scheduler;
    furnish(this.#world, this.#random.fork());
    this.#people.begin(this.#random.between(1, 6));
    this.#planMischief(this.#random.fork());
    scheduler.after(sweepEvery, '', () => this.#sweep());
    scheduler.after(calmAfter, 'CALM', () => this.#calm());
    while (!this.#isOver && (await scheduler.step())) {
      if (scheduler.now - scheduler.startedAt > endAfter) break;
    }
    await this.#oracle.close({
      executions: this.#engine.allExecutions(),
      queue: this.#queue,
      orchestrations: this.#orchestrations,
    });
    const report = await this.#report();
    await this.#ledger.close();
    return report;
  }

  #send(message: MadeMessage): void {
    this.#oracle.sent.push(message);
    this.#queue.send(message.messageId, message.body);
  }

  async #onEffect(effect: Effect): Promise<void> {
    await this.#oracle.onEffect(effect);
    // Right after a change is where a crash or somebody else's change hurts most.
    const random = this.#random;
    if (this.#faults.isActive('crash') && random.chance(0.1)) {
      this.#scheduler.after(random.between(0, 3_000), '', () => this.#crash());
    }
    const id = (effect.after ?? effect.before)?.id;
    if (this.#faults.isActive('interference') && random.chance(0.25)) {
      const delayMs = random.pick([1_000, 30_000, 300_000]) * random.next();
      this.#scheduler.after(delayMs, '', () => this.#interfere(id));
    }
    if (!this.#faults.areOver && random.chance(0.15)) {
      const delayMs = random.pick([100, 10_000, 60_000]) * random.next();
      this.#scheduler.after(delayMs, '', () => this.#people.cancel(effect.requestId));
    }
  }

  #onRead(caller: Caller, id: string): void {
    this.#oracle.onRead(caller, id);
    const random = this.#random;
    if (!/^(recheckPlan|deploy|associate|disassociate|remove)/.test(caller.activity)) return;
    if (this.#faults.isActive('interference') && random.chance(0.08)) {
      this.#scheduler.after(random.between(0, 3_000), '', () => this.#interfere(id));
    }
  }

  #planMischief(random: Random): void {
    const plan = (kind: FaultKind, most: number, act: () => void) => {
      if (!this.#faults.isActive(kind)) return;
      for (let times = random.between(1, most); times > 0; times--) {
        this.#scheduler.after(random.between(0, calmAfter - 1), '', act);
      }
    };
    plan('crash', 6, () => this.#crash());
    plan('interference', 5, () => this.#interfere());
    plan('instanceLost', 3, () => this.#lose(random));
    plan('clockJump', 3, () => {
      this.#faults.count('clockJump');
      this.#clockErrorMs = random.between(-10 * minute, 10 * minute);
      this.#scheduler.note(`the clock is wrong by ${this.#clockErrorMs} ms`);
    });
  }

  #crash(): void {
    if (this.#faults.areOver || !this.#process.isUp) return;
    this.#faults.count('crash');
    // Longer than any call is under way.
    this.#process.crash(this.#random.between(5_000, 120_000));
  }

  #interfere(id?: string): void {
    if (this.#faults.areOver) return;
    this.#faults.count('interference');
    this.#interferers.strike(id);
  }

  #lose(random: Random): void {
    const ids = [...this.#oracle.witnessed.requests.keys()].map((id) => `request-${id}`);
    const running = ids.filter((id) => this.#engine.statusOf(id) === 'Running');
    if (running.length === 0) return;
    const id = random.pick(running);
    this.#faults.count('instanceLost');
    this.#scheduler.note(`the store loses ${id}`);
    this.#engine.lose(id);
  }

  /** An operator takes away locks of the VNet before resuming. */
  #cure({ target }: MadeRequest): void {
    const { subscriptionId, resourceGroup, virtualNetwork } = target;
    const id = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Network/virtualNetworks/${virtualNetwork}`;
    const network = this.#world.networks.get(keyOf(id));
    if (network) network.locks = [];
  }

  #calm(): void {
    this.#faults.stop();
    this.#azure.operations.calm();
    for (const id of this.#oracle.witnessed.requests.keys()) {
      this.#scheduler.after(10 * minute, '', async () => {
        const record = await this.#ledger.getRequest(id);
        if (record?.state === 'compensation-failed') this.#people.resume(id);
      });
    }
  }

  async #sweep(): Promise<void> {
    this.#scheduler.after(sweepEvery, '', () => this.#sweep());
    if (this.#process.isUp) void this.#host.sweep();
    if (this.#scheduler.now - this.#scheduler.startedAt < calmAfter + 15 * minute) return;
    const records = await this.#records();
    const allEnded = records.every(
      ({ state, pendingEvent }) => endStates.has(state) && pendingEvent === undefined,
    );
    this.#isOver = allEnded && this.#queue.isEmpty && this.#engine.isIdle;
  }

  async #records(): Promise<readonly RequestRecord[]> {
    const ids = [...this.#oracle.witnessed.requests.keys()];
    const records = await Promise.all(ids.map((id) => this.#ledger.getRequest(id)));
    return records.filter((record) => record !== undefined);
  }

  async #report(): Promise<SimulationReport> {
    const records = await this.#records();
    const ends: Record<string, number> = {};
    for (const { request, state } of records) {
      const operation = request.operation === 'remove' ? request.mode : request.operation;
      const name = `${operation} ${state}`;
      ends[name] = (ends[name] ?? 0) + 1;
    }
    const scheduler = this.#scheduler;
    return {
      seed: this.#options.seed,
      violations: this.#oracle.violations,
      traceHash: scheduler.traceHash(),
      trace: this.#options.keepTrace ? scheduler.lines : (this.#oracle.traceOfFirst ?? []),
      ends,
      faults: Object.fromEntries(this.#faults.counts),
      figures: {
        steps: scheduler.steps,
        requests: records.length,
        messages: this.#oracle.sent.length,
        crashes: this.#process.crashes,
        interferences: this.#world.interferences.length,
        activityRuns: this.#engine.activityRuns,
        azureCalls: this.#azure.calls,
        executions: this.#engine.allExecutions().length,
        events: this.#oracle.events.length,
        rejected: this.#queue.rejected.length,
        compensations: this.#oracle.compensations,
        virtualHours: scheduler.seconds / 3600,
      },
    };
  }
}

export const simulate = (options: SimulationOptions): Promise<SimulationReport> =>
  new Simulation(options).run();
