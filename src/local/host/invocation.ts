import { randomUUID } from 'node:crypto';
import type { CoreInvocationContext, InvocationResponse, RpcTypedData } from './core-api.ts';
import type { LoadedApp, RegisteredFunction } from './loaded-app.ts';
import type { LogSink } from './log.ts';

export interface Invocation {
  /** Data of the bindings by binding name, the trigger's among them. */
  inputs: Record<string, RpcTypedData>;
  triggerMetadata?: Record<string, RpcTypedData>;
  invocationId?: string;
}

export interface InvocationResult {
  response: InvocationResponse;
  /** The context object that the function was given. */
  context: unknown;
}

/**
 * Runs one function as the Node worker does: arguments, hooks, function, hooks, response
 * (durable-functions 8). Rejects with what the function throws.
 */
export async function invoke(
  app: LoadedApp,
  target: RegisteredFunction,
  invocation: Invocation,
  log: LogSink,
): Promise<InvocationResult> {
  const invocationId = invocation.invocationId ?? randomUUID();
  const core: CoreInvocationContext = {
    invocationId,
    metadata: target.metadata,
    request: {
      invocationId,
      inputData: Object.entries(invocation.inputs).map(([name, data]) => ({ name, data })),
      triggerMetadata: invocation.triggerMetadata ?? {},
    },
    state: undefined,
    log: (level, category, message) =>
      log({ level, category, message, function: target.name, invocationId }),
  };
  const model = app.model.getInvocationModel(core);
  const { context, inputs } = await model.getArguments();
  const shared = { invocationContext: context, hookData: {}, appHookData: app.hookData };
  const before = { ...shared, functionCallback: target.callback, inputs };
  await runHooks(app, 'preInvocation', before, core);
  const after: Record<string, unknown> = { ...shared, inputs: before.inputs };
  core.state = 'invocation';
  try {
    after['result'] = await model.invokeFunction(context, before.inputs, before.functionCallback);
  } catch (error) {
    after['error'] = error ?? new Error('The function threw nothing.');
  }
  await runHooks(app, 'postInvocation', after, core);
  if (after['error']) {
    throw after['error'];
  }
  return { response: await model.getResponse(context, after['result']), context };
}

async function runHooks(
  app: LoadedApp,
  name: 'preInvocation' | 'postInvocation',
  context: Record<string, unknown>,
  core: CoreInvocationContext,
): Promise<void> {
  core.state = `${name}Hooks`;
  for (const hook of app.hooks.get(name) ?? []) {
    await hook(context);
  }
  core.state = undefined;
}

/** The JSON text of a function's return value. */
export function toJsonText(data: RpcTypedData | null | undefined): string {
  if (data === null || data === undefined) {
    return 'null';
  }
  if (typeof data.string === 'string') {
    return JSON.stringify(data.string);
  }
  if (typeof data.json === 'string') {
    return data.json;
  }
  if (data.bytes) {
    return JSON.stringify(Buffer.from(data.bytes).toString('base64'));
  }
  return JSON.stringify(data.int ?? data.double ?? null);
}
