import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { VirtualClock } from '../../../src/local/clock.ts';
import type { InstanceStatus } from '../../../src/local/host/durable/management.ts';
import { type Host, type HostOptions, startHost } from '../../../src/local/host/host.ts';

const apps = new Map<string, Promise<string>>();
let folder: string | undefined;

export function testFolder(): string {
  folder ??= mkdtempSync(join(tmpdir(), 'vnet-vending-host-'));
  return folder;
}

let files = 0;

export function newDatabaseFile(): string {
  return join(testFolder(), `host-${files++}.db`);
}

/** Bundles a test app as the build bundles the real one; answers the path of the bundle. */
export function buildApp(name: string): Promise<string> {
  const known = apps.get(name);
  if (known) {
    return known;
  }
  const built = bundle({ entryPoints: [join(import.meta.dirname, 'apps', `${name}.ts`)] }, name);
  apps.set(name, built);
  return built;
}

/** The same for source text. */
export function buildSource(source: string): Promise<string> {
  const stdin = { contents: source, resolveDir: import.meta.dirname, loader: 'ts' as const };
  return bundle({ stdin }, `source-${files++}`);
}

async function bundle(input: Parameters<typeof build>[0], name: string): Promise<string> {
  const result = await build({
    ...input,
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    external: ['@azure/functions-core'],
    logLevel: 'silent',
  });
  const file = join(testFolder(), `${name}.cjs`);
  writeFileSync(file, result.outputFiles[0]?.contents ?? '');
  return file;
}

export interface TestHost extends Host {
  readonly clock: VirtualClock;
  readonly logged: string[];
  /** Lets everything run that can, moving time to the next timer again and again. */
  runUntil(condition: () => boolean, patience?: number): Promise<void>;
  /** Starts an orchestration, runs it to its end and answers its status. */
  runOrchestration(name: string, input?: unknown, instanceId?: string): Promise<InstanceStatus>;
}

/** A host on virtual time. */
export async function startTestHost(
  options: Partial<HostOptions> & { clock?: VirtualClock } = {},
): Promise<TestHost> {
  const clock = options.clock ?? new VirtualClock();
  const logged: string[] = [];
  const host = await startHost({
    databaseFile: newDatabaseFile(),
    port: 0,
    appFile: await buildApp('workflows'),
    log: (entry) => void logged.push(entry.message),
    ...options,
    clock,
  });
  const runUntil = async (condition: () => boolean, patience = 1000) => {
    for (let round = 0; round < patience; round++) {
      await host.whenIdle();
      if (condition()) {
        return;
      }
      const next = clock.nextDueAt();
      if (next === undefined) {
        break;
      }
      clock.advanceTo(next);
    }
    throw new Error(`Nothing more happens. Log: ${logged.join('\n')}`);
  };
  const runOrchestration = async (name: string, input?: unknown, instanceId?: string) => {
    const answer = host.durable.start(name, {
      ...(instanceId === undefined ? {} : { instanceId }),
      input: input === undefined ? null : JSON.stringify(input),
    });
    if (!answer.started) {
      throw new Error(answer.message);
    }
    await runUntil(() => isOver(host, answer.instanceId));
    return host.durable.getStatus(answer.instanceId) as InstanceStatus;
  };
  const extras = { clock, logged, runUntil, runOrchestration };
  // The host is a class instance with getters; a proxy keeps them alive.
  return new Proxy(host, {
    get: (target, key) => {
      const value: unknown = Reflect.get(Object.hasOwn(extras, key) ? extras : target, key);
      return typeof value === 'function' && !Object.hasOwn(extras, key)
        ? value.bind(target)
        : value;
    },
  }) as TestHost;
}

export function isOver(host: Host, instanceId: string): boolean {
  const status = host.durable.getStatus(instanceId)?.runtimeStatus;
  return status === 'Completed' || status === 'Failed' || status === 'Terminated';
}
