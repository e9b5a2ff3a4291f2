import type { Clock } from '../clock.ts';
import { ClientApi } from './durable/client-api.ts';
import { DurableEngine } from './durable/engine.ts';
import { type CommitInfo, EngineContext } from './durable/engine-context.ts';
import { DurableManagement } from './durable/management.ts';
import { DurableStore } from './durable/store.ts';
import { azureTimerLimits } from './durable/timer-limits.ts';
import { checkFunctions, FunctionHost } from './function-host.ts';
import { type HostConfiguration, type HostJson, readHostJson } from './host-json.ts';
import type { HttpFront } from './http-front.ts';
import { readHttpLimits } from './http-limits.ts';
import { HttpTriggers } from './http-trigger.ts';
import { type LoadedApp, loadApp, type RegisteredFunction } from './loaded-app.ts';
import type { LogSink } from './log.ts';
import { ServiceBusTrigger } from './service-bus-trigger.ts';
import type { Settings } from './settings.ts';
import { TimerTrigger } from './timer-trigger.ts';
import { WorkTracker } from './work-tracker.ts';

export interface HostOptions {
  readonly clock: Clock;
  /** SQLite file of the durable engine. */
  readonly databaseFile: string;
  /** Port of the HTTP functions on 127.0.0.1; 0 = any free one. */
  readonly port: number;
  /** Absolute path of the built app: one CommonJS bundle. */
  readonly appFile: string;
  readonly hostJson?: HostJson;
  /** App settings; they go into `process.env` before the app is loaded. */
  readonly settings?: Settings;
  readonly log?: LogSink;
  /** Stands in front of the HTTP functions: the platform's authentication, for instance. */
  readonly httpFront?: HttpFront;
  /** What a start of a running instance is answered with; Azure's versions differ. Default 409. */
  readonly duplicateStartStatus?: 409 | 500;
  /** Testing modes, all off by default. */
  readonly deliverActivityCompletionsTwice?: boolean;
  readonly runActivitiesTwice?: boolean;
  readonly oneEventPerTurn?: boolean;
  /** The first delivery of every message is lost after its function has run: it is delivered again. */
  readonly deliverMessagesTwice?: boolean;
  /** Called after every commit of the durable engine; the host halts there when it throws. */
  readonly onCommit?: (info: CommitInfo) => void;
}

export interface Host {
  readonly port: number;
  readonly baseUrl: string;
  /** Names of the functions that the app registered. */
  readonly functions: readonly string[];
  readonly durable: DurableManagement;
  /** True when nothing runs or is ready to run; future timers and awaited events do not count. */
  isIdle(): boolean;
  whenIdle(): Promise<void>;
  /** Stops receiving, lets running functions end, closes. */
  close(): Promise<void>;
  /** Stops as `kill -9` would: nothing under way is finished, answered, settled or recorded. */
  kill(): Promise<void>;
}

/**
 * Loads a built function app and runs it as the Functions host does: HTTP, Service Bus and timer
 * triggers, orchestrations and activities. Goes on with what the database file holds.
 *
 * @throws HostError when the app cannot be loaded or asks for what this host does not have
 */
export async function startHost(options: HostOptions): Promise<Host> {
  const host = new RunningHost(options);
  await host.start();
  return host;
}

class RunningHost implements Host {
  port = 0;
  readonly durable: DurableManagement;
  readonly #options: HostOptions;
  readonly #settings: Settings;
  readonly #configuration: HostConfiguration;
  readonly #log: LogSink;
  readonly #tracker = new WorkTracker();
  readonly #app: LoadedApp;
  readonly #store: DurableStore;
  readonly #engine: DurableEngine;
  readonly #clientApi: ClientApi;
  readonly #functionHost: FunctionHost;
  #http: HttpTriggers | undefined;
  #timers: TimerTrigger[] = [];
  #receivers: ServiceBusTrigger[] = [];
  #closed = false;

  constructor(options: HostOptions) {
    this.#options = options;
    this.#settings = options.settings ?? {};
    this.#configuration = readHostJson(options.hostJson ?? {});
    this.#log = options.log ?? (() => undefined);
    Object.assign(process.env, this.#settings);
    this.#app = loadApp(options.appFile, this.#log, options.clock);
    checkFunctions(this.#app);
    this.#store = new DurableStore(options.databaseFile);
    this.#engine = new DurableEngine(this.#engineContext());
    this.durable = new DurableManagement(this.#engine);
    this.#clientApi = new ClientApi(this.durable);
    this.#functionHost = new FunctionHost({
      app: this.#app,
      log: this.#log,
      tracker: this.#tracker,
      durableClient: () => this.#clientApi.bindingValue(),
    });
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get functions(): readonly string[] {
    return [...this.#app.functions.keys()];
  }

  isIdle(): boolean {
    return this.#tracker.idle;
  }

  whenIdle(): Promise<void> {
    return this.#tracker.whenIdle();
  }

  async start(): Promise<void> {
    try {
      const capabilities = await this.#app.model.getCapabilities({});
      for (const hook of this.#app.hooks.get('appStart') ?? []) {
        await hook({ hookData: {}, appHookData: this.#app.hookData });
      }
      this.#prepareTriggers(capabilities['HttpUri']);
      await this.#clientApi.listen();
      this.port = (await this.#http?.listen(this.#options.port)) ?? 0;
    } catch (error) {
      await this.kill();
      throw error;
    }
    this.#engine.start();
    for (const trigger of [...this.#timers, ...this.#receivers]) {
      trigger.start();
    }
  }

  async close(): Promise<void> {
    if (this.#closed) {
      return;
    }
    this.#closed = true;
    for (const timer of this.#timers) {
      timer.stop();
    }
    await Promise.all([
      this.#http?.close({ drop: false }),
      ...this.#receivers.map((receiver) => receiver.close({ drop: false })),
    ]);
    // Turns and activities under way end and are recorded; new ones wait for the next start.
    this.#engine.drain();
    await this.#tracker.whenIdle();
    for (const hook of this.#app.hooks.get('appTerminate') ?? []) {
      await hook({ hookData: {}, appHookData: this.#app.hookData });
    }
    this.#engine.halt();
    await this.#clientApi.close();
    this.#store.close();
  }

  async kill(): Promise<void> {
    if (this.#closed) {
      return;
    }
    this.#closed = true;
    this.#engine.halt();
    for (const timer of this.#timers) {
      timer.stop();
    }
    await Promise.all([
      this.#clientApi.close(),
      this.#http?.close({ drop: true }),
      ...this.#receivers.map((receiver) => receiver.close({ drop: true })),
    ]);
    this.#store.close();
  }

  #engineContext(): EngineContext {
    const options = this.#options;
    return new EngineContext({
      app: this.#app,
      store: this.#store,
      clock: options.clock,
      log: this.#log,
      tracker: this.#tracker,
      options: {
        defaultVersion: this.#configuration.defaultVersion,
        maxConcurrentActivities: this.#configuration.maxConcurrentActivities,
        timerLimits: azureTimerLimits,
        duplicateStartStatus: options.duplicateStartStatus ?? 409,
        deliverActivityCompletionsTwice: options.deliverActivityCompletionsTwice ?? false,
        runActivitiesTwice: options.runActivitiesTwice ?? false,
        oneEventPerTurn: options.oneEventPerTurn ?? false,
        onCommit: options.onCommit,
      },
    });
  }

  #prepareTriggers(streamUrl: string | undefined): void {
    const ofType = (type: string): RegisteredFunction[] =>
      [...this.#app.functions.values()].filter((f) => f.trigger.type.toLowerCase() === type);
    const parts = {
      clock: this.#options.clock,
      store: this.#store,
      settings: this.#settings,
      deliverMessagesTwice: this.#options.deliverMessagesTwice ?? false,
      configuration: this.#configuration,
      log: this.#log,
      tracker: this.#tracker,
    };
    this.#http = new HttpTriggers(this.#functionHost, ofType('httptrigger'), {
      clock: this.#options.clock,
      limits: readHttpLimits(this.#settings),
      routePrefix: this.#configuration.routePrefix,
      streamUrl,
      front: this.#options.httpFront,
    });
    this.#timers = ofType('timertrigger').map(
      (target) => new TimerTrigger(this.#functionHost, target, parts),
    );
    this.#receivers = ofType('servicebustrigger').map(
      (target) => new ServiceBusTrigger(this.#functionHost, target, parts),
    );
  }
}
