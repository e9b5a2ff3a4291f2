import { existsSync } from 'node:fs';
import { Module } from 'node:module';
import { dirname } from 'node:path';
import { type Clock, SystemClock } from '../clock.ts';
import type {
  BindingInfo,
  FunctionCallback,
  FunctionMetadata,
  HookCallback,
  HookName,
  ProgrammingModel,
} from './core-api.ts';
import { dateOf } from './date-of-clock.ts';
import { HostError, messageOf } from './host-error.ts';
import type { LogSink } from './log.ts';

const coreModule = '@azure/functions-core';

export interface RegisteredFunction {
  readonly name: string;
  readonly metadata: FunctionMetadata;
  readonly callback: FunctionCallback;
  /** The name of the trigger's binding; binding names carry a hash, so it is found by type. */
  readonly triggerName: string;
  readonly trigger: BindingInfo;
}

/** A function app, loaded once, with what it registered. */
export interface LoadedApp {
  readonly functions: ReadonlyMap<string, RegisteredFunction>;
  readonly model: ProgrammingModel;
  readonly hooks: ReadonlyMap<HookName, HookCallback[]>;
  /** Survives from invocation to invocation, as the worker's `appHookData` does. */
  readonly hookData: Record<string, unknown>;
}

/** What the stand-in collects while one app loads. */
class Registrations {
  readonly functions = new Map<string, RegisteredFunction>();
  readonly hooks = new Map<HookName, HookCallback[]>();
  model: ProgrammingModel | undefined;
  frozen = false;
  readonly #log: LogSink;

  constructor(log: LogSink) {
    this.#log = log;
  }

  /** The object that `require('@azure/functions-core')` answers inside the app. */
  coreApi(): Record<string, unknown> {
    return {
      version: '3.999.0',
      hostVersion: '4.1000.0',
      setProgrammingModel: (model: ProgrammingModel) => {
        this.model = model;
      },
      getProgrammingModel: () => this.model,
      registerFunction: (metadata: FunctionMetadata, callback: FunctionCallback) =>
        this.#register(metadata, callback),
      registerHook: (name: HookName, callback: HookCallback) => this.#addHook(name, callback),
      log: (level: string, category: string, message: string) =>
        this.#log({ level, category, message }),
      Disposable: DisposableHandle,
    };
  }

  #register(metadata: FunctionMetadata, callback: FunctionCallback): DisposableHandle {
    const { name } = metadata;
    if (this.frozen) {
      throw new HostError(
        'late-registration',
        `Function "${name}" was registered after the app had started.`,
        'Register every function while the app is loaded, at the top level of its modules.',
      );
    }
    if (this.functions.has(name)) {
      throw new HostError(
        'duplicate-function',
        `Two functions are named "${name}".`,
        'Give each function, orchestration and activity a name of its own.',
      );
    }
    const [triggerName, trigger] =
      Object.entries(metadata.bindings).find(([, binding]) => /trigger$/i.test(binding.type)) ?? [];
    if (triggerName === undefined || trigger === undefined) {
      throw new HostError(
        'unsupported-trigger',
        `Function "${name}" has no trigger.`,
        'Register it with a method of app or df.app that sets one.',
      );
    }
    this.functions.set(name, { name, metadata, callback, triggerName, trigger });
    return new DisposableHandle(() => undefined);
  }

  #addHook(name: HookName, callback: HookCallback): DisposableHandle {
    const hooks = this.hooks.get(name) ?? [];
    this.hooks.set(name, hooks);
    hooks.push(callback);
    return new DisposableHandle(() => void hooks.splice(hooks.indexOf(callback), 1));
  }
}

class DisposableHandle {
  readonly #action: () => void;

  constructor(action: () => void) {
    this.#action = action;
  }

  dispose(): void {
    this.#action();
  }
}

/** Which loading app a module belongs to; several apps may live in one process. */
const coreApis = new WeakMap<object, Record<string, unknown>>();
/** What a loading app has for `Date`. */
const dates = new WeakMap<object, DateConstructor>();
const dateModule = 'vnet-vending:date';
let installed = false;

type Require = (this: object, id: string) => unknown;

/** The worker intercepts `require` in the same way (durable-functions 8). */
function installStandIn(): void {
  if (installed) {
    return;
  }
  installed = true;
  const prototype = Module.prototype as unknown as { require: Require };
  const original = prototype.require;
  prototype.require = function requireWithCore(this: object, id: string): unknown {
    if (id === coreModule) return coreApis.get(this) ?? original.call(this, id);
    if (id === dateModule) return dates.get(this);
    return original.call(this, id);
  };
}

interface LoadableModule {
  filename: string;
  paths: string[];
  load(file: string): void;
  _compile(content: string, ...rest: unknown[]): unknown;
}

/**
 * Loads a built function app (one CommonJS bundle that requires `@azure/functions-core`) afresh:
 * a second call gets its own copy of every module in the bundle. On a clock other than that of the system
 * the app has the time of it, so that what it writes down fits the timers of the host.
 *
 * @throws HostError when the file is missing, throws while loading, or registers nothing
 */
export function loadApp(appFile: string, log: LogSink, clock?: Clock): LoadedApp {
  if (!existsSync(appFile)) {
    throw new HostError(
      'app-missing',
      `There is no function app at ${appFile}.`,
      'Build it first: npm run build.',
    );
  }
  installStandIn();
  const registrations = new Registrations(log);
  const ModuleClass = Module as unknown as {
    new (id: string): LoadableModule;
    _nodeModulePaths(directory: string): string[];
  };
  const module = new ModuleClass(appFile);
  module.paths = ModuleClass._nodeModulePaths(dirname(appFile));
  coreApis.set(module, registrations.coreApi());
  if (clock && !(clock instanceof SystemClock)) runOn(clock, module);
  try {
    module.load(appFile);
  } catch (error) {
    if (error instanceof HostError) {
      throw error;
    }
    throw new HostError(
      'app-failed-to-load',
      `The function app ${appFile} failed while it was loaded: ${messageOf(error)}.`,
      'The cause names the place; mend the module that throws at its top level.',
      error,
    );
  }
  registrations.frozen = true;
  return finish(appFile, registrations);
}

/** The prefix stays on the first line, so that places in stack traces are right. */
function runOn(clock: Clock, module: LoadableModule): void {
  dates.set(module, dateOf(clock));
  const compile = module._compile.bind(module);
  module._compile = (content, ...rest) =>
    compile(`"use strict"; const Date = require('${dateModule}'); ${content}`, ...rest);
}

function finish(appFile: string, registrations: Registrations): LoadedApp {
  const { functions, hooks, model } = registrations;
  if (functions.size === 0 || model === undefined) {
    throw new HostError(
      'no-functions',
      `The function app ${appFile} registered no function.`,
      'Bundle it as CommonJS with @azure/functions inside and only @azure/functions-core external.',
    );
  }
  return { functions, model, hooks, hookData: {} };
}
