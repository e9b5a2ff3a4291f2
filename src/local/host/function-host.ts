import type { InvocationResponse, RpcTypedData } from './core-api.ts';
import { HostError, messageOf } from './host-error.ts';
import { invoke } from './invocation.ts';
import type { LoadedApp, RegisteredFunction } from './loaded-app.ts';
import type { LogSink } from './log.ts';
import type { WorkTracker } from './work-tracker.ts';

interface CallOptions {
  readonly invocationId?: string;
  /** Aborted when nobody waits any more for what the function does: it no longer counts as work. */
  readonly abandoned?: AbortSignal;
}

/** Calls functions on behalf of their triggers, with a durable client where they ask for one. */
export class FunctionHost {
  readonly #app: LoadedApp;
  readonly #log: LogSink;
  readonly #tracker: WorkTracker;
  readonly #durableClient: () => Record<string, unknown>;

  constructor(parts: {
    app: LoadedApp;
    log: LogSink;
    tracker: WorkTracker;
    durableClient: () => Record<string, unknown>;
  }) {
    this.#app = parts.app;
    this.#log = parts.log;
    this.#tracker = parts.tracker;
    this.#durableClient = parts.durableClient;
  }

  /** Rejects with what the function throws. */
  async call(
    target: RegisteredFunction,
    trigger: RpcTypedData,
    triggerMetadata: Record<string, RpcTypedData> = {},
    options: CallOptions = {},
  ): Promise<InvocationResponse> {
    const { invocationId, abandoned } = options;
    const end = this.#tracker.begin();
    abandoned?.addEventListener('abort', end);
    try {
      const inputs = { [target.triggerName]: trigger, ...this.#clientInputs(target) };
      const invocation = {
        inputs,
        triggerMetadata,
        ...(invocationId === undefined ? {} : { invocationId }),
      };
      return (await invoke(this.#app, target, invocation, this.#log)).response;
    } finally {
      end();
    }
  }

  logFailure(target: RegisteredFunction, error: unknown): void {
    this.logError(`Function "${target.name}" failed`, error, { function: target.name });
  }

  logError(what: string, error: unknown, about: { readonly function?: string } = {}): void {
    const why = error instanceof Error ? (error.stack ?? messageOf(error)) : messageOf(error);
    this.#log({ level: 'error', category: 'system', message: `${what}: ${why}`, ...about });
  }

  #clientInputs(target: RegisteredFunction): Record<string, RpcTypedData> {
    const inputs: Record<string, RpcTypedData> = {};
    for (const [name, binding] of Object.entries(target.metadata.bindings)) {
      if (binding.type === 'durableClient') {
        inputs[name] = { json: JSON.stringify(this.#durableClient()) };
      }
    }
    return inputs;
  }
}

const supportedTriggers = new Set([
  'httptrigger',
  'servicebustrigger',
  'timertrigger',
  'orchestrationtrigger',
  'activitytrigger',
]);

const supportedBindings = new Set(['durableclient', 'http']);

/** @throws HostError for a trigger or binding that this host does not have */
export function checkFunctions(app: LoadedApp): void {
  for (const { name, trigger, triggerName, metadata } of app.functions.values()) {
    if (!supportedTriggers.has(trigger.type.toLowerCase())) {
      throw new HostError(
        'unsupported-trigger',
        `Function "${name}" has a ${trigger.type}, which the local host does not support.`,
        'Use an HTTP, Service Bus, timer, orchestration or activity trigger.',
      );
    }
    for (const [bindingName, binding] of Object.entries(metadata.bindings)) {
      if (bindingName !== triggerName && !supportedBindings.has(binding.type.toLowerCase())) {
        throw new HostError(
          'unsupported-binding',
          `Function "${name}" has a binding of type ${binding.type}, which the local host does not support.`,
          'Use the SDK of the service inside the function instead.',
        );
      }
    }
  }
}
