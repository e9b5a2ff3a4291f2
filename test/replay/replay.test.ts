import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';
import { eventTypes } from '../../src/local/host/durable/history.ts';
import { type LoadedApp, loadApp } from '../../src/local/host/loaded-app.ts';
import { replayHistory } from '../../src/local/host/replay.ts';
import { builtApp } from '../../src/local/platform.ts';
import { orchestrationNames } from '../../src/orchestrations/names.ts';
import { TestPlatform } from '../support/test-platform.ts';
import { callbackScenarios } from './callback-scenarios.ts';
import { findConfidential, secretsOf } from './confidential.ts';
import { formatRun, type RecordedRun, readRecordedRuns, recordRun } from './recorded-histories.ts';
import { runScenario, scenarioLandscape, scenarios } from './scenarios.ts';

const folder = mkdtempSync(join(tmpdir(), 'vnet-vending-replay-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const runs = readRecordedRuns();

/** The app is only asked for its orchestrations; nothing is connected to. */
function loadBuiltApp(): LoadedApp {
  const landscapeFile = join(folder, 'landscape.json');
  writeFileSync(landscapeFile, JSON.stringify(scenarioLandscape().landscape));
  Object.assign(process.env, {
    VNETV_LOCAL_PRINCIPAL_KEY: 'x'.repeat(40),
    ServiceBusConnection:
      'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=none;SharedAccessKey=none;UseDevelopmentEmulator=true;',
    VNETV_LANDSCAPE_FILE: landscapeFile,
    VNETV_LEDGER_FILE: ':memory:',
    VNETV_CLIENT_SECRET: 'none',
  });
  return loadApp(builtApp, () => undefined);
}

/** What the app does otherwise than a recorded run; every turn is replayed on its own, then the whole. */
async function differencesOf(app: LoadedApp, { instances }: RecordedRun): Promise<string[]> {
  const differences: string[] = [];
  for (const { instanceId, orchestration, generations } of instances) {
    for (const history of generations) {
      const report = await replayHistory({ appFile: app, orchestration, history });
      const turns = history.filter((one) => one.EventType === eventTypes.orchestratorCompleted);
      expect(report.turns).toBe(turns.length);
      differences.push(...report.differences.map((text) => `${instanceId}: ${text}`));
    }
  }
  return differences;
}

describe('the recorded histories', () => {
  it('are those of all scenarios, and show every orchestration, a continue-as-new and a thrown activity', () => {
    const names = [...scenarios.map(({ name }) => name), ...callbackScenarios];
    expect(runs.map(({ scenario }) => scenario)).toEqual(names.sort());
    const instances = runs.flatMap((run) => run.instances);
    expect(new Set(instances.map(({ orchestration }) => orchestration))).toEqual(
      new Set(Object.values(orchestrationNames)),
    );
    for (const orchestration of [
      orchestrationNames.awaitDecision,
      orchestrationNames.pollUntilDone,
    ]) {
      const own = instances.filter((instance) => instance.orchestration === orchestration);
      expect(Math.max(...own.map(({ generations }) => generations.length))).toBeGreaterThan(1);
    }
    const kinds = instances.flatMap(({ generations }) => generations.flat());
    expect(kinds.some(({ EventType }) => EventType === eventTypes.taskFailed)).toBe(true);
    expect(kinds.some(({ EventType }) => EventType === eventTypes.eventRaised)).toBe(true);
  });

  const app = loadBuiltApp();
  it.each(runs)(
    'of the run "$scenario" replay with the built app, at every prefix and in full',
    async (run) => {
      expect(await differencesOf(app, run)).toEqual([]);
    },
  );
});

/** A change of one place of the orchestrations, and a recorded run that takes its way. */
interface Plant {
  readonly what: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly seenIn: string;
}

const submitted = `yield* this.#run.publish('planning', 'request.submitted');`;
const planned = `const planned = yield* this.#run.call('planRequest', 'plan', {});`;

const plants: readonly Plant[] = [
  {
    what: 'two steps that changed places',
    file: 'request-workflow.ts',
    from: `${submitted}\n    ${planned}`,
    to: `${planned}\n    ${submitted}`,
    seenIn: 'succeeded',
  },
  {
    what: 'an additional activity',
    file: 'request-workflow.ts',
    from: planned,
    to: `yield* this.#run.call('readApproval', 'plan', {});\n    ${planned}`,
    seenIn: 'refused',
  },
  {
    what: 'a step that is left out',
    file: 'allocate-vnet.ts',
    from: "if (!tracked.ok) return tracked;\n  return yield* run.poll('confirmRelease'",
    to: "return tracked;\n  return yield* run.poll('confirmRelease'",
    seenIn: 'compensated',
  },
  {
    what: 'another input of an activity',
    file: 'allocate-vnet.ts',
    from: `'deployVirtualNetwork', 'deploy',`,
    to: `'deployVirtualNetwork', 'deployment',`,
    seenIn: 'succeeded',
  },
  {
    what: 'another end',
    file: 'request-workflow.ts',
    from: 'return ended.state;',
    to: 'return ended.event;',
    seenIn: 'dry-run',
  },
  {
    what: 'a compensation that is not recorded',
    file: 'saga.ts',
    from: 'yield* this.#record(',
    to: 'void (',
    seenIn: 'removal-compensated',
  },
  {
    what: 'steps of a removal in another order',
    file: 'remove-vnet.ts',
    from: "if (removal.mode === 'disassociate') return [disassociate(run, plan)];",
    to: "if (removal.mode === 'disassociate') return [deleteVirtualNetwork(run, plan)];",
    seenIn: 'disassociated',
  },
  {
    what: 'another delay before a retry',
    file: 'workflow.ts',
    from: '2 ** (attempt - 1)',
    to: '3 ** (attempt - 1)',
    seenIn: 'retried',
  },
  {
    what: 'another time between two looks into the ledger',
    file: 'await-decision.ts',
    from: 'const recheckSeconds = 15 * 60;',
    to: 'const recheckSeconds = 10 * 60;',
    seenIn: 'approved',
  },
  {
    what: 'a claim that is kept while another plan is decided on',
    file: 'request-workflow.ts',
    from: 'yield* this.#releaseClaim();\n      return { changedTo',
    to: 'return { changedTo',
    seenIn: 'plan-changed-then-approved',
  },
  {
    what: 'a policy that reminds in place of escalating',
    file: 'await-decision.ts',
    from: "yield* callRetrying(context, 'decideByPolicy', step, { ...about, decision: act.decision })",
    to: "yield* callRetrying(context, 'tellApprovers', step, { ...about, news: 'reminded' })",
    seenIn: 'escalated-then-approved',
  },
  {
    what: 'an earlier continue-as-new',
    file: 'poll-until-done.ts',
    from: 'const pollsPerGeneration = 50;',
    to: 'const pollsPerGeneration = 40;',
    seenIn: 'compensated-after-time-limit',
  },
  {
    what: 'a generation that forgets how often it has polled',
    file: 'poll-until-done.ts',
    from: 'context.df.continueAsNew(state);',
    to: 'context.df.continueAsNew({ ...state, attempt: 1 });',
    seenIn: 'compensated-after-time-limit',
  },
  {
    what: 'another delay before the next attempt of a callback',
    file: 'deliver-callback.ts',
    from: 'const firstDelaySeconds = 5;',
    to: 'const firstDelaySeconds = 7;',
    seenIn: 'callback-delivered',
  },
  {
    what: 'an event that is thrown away in place of kept',
    file: 'deliver-callback.ts',
    from: 'yield* keep(context, { ...input, attempts: attempt, error: outcome.error });',
    to: '',
    seenIn: 'callback-kept',
  },
];

const orchestrationsFolder = join(import.meta.dirname, '../../src/orchestrations');

/** The orchestrations alone, as they are or with one change. */
async function buildOrchestrations(plant?: Plant): Promise<LoadedApp> {
  const result = await build({
    stdin: {
      contents: `
        import * as df from 'durable-functions';
        import { allocateVnet } from './allocate-vnet.ts';
        import { associateVnet } from './associate-vnet.ts';
        import { awaitDecision } from './await-decision.ts';
        import { deliverCallback } from './deliver-callback.ts';
        import { pollUntilDone } from './poll-until-done.ts';
        import { removeVnet } from './remove-vnet.ts';
        df.app.orchestration('allocateVnet', allocateVnet);
        df.app.orchestration('associateVnet', associateVnet);
        df.app.orchestration('removeVnet', removeVnet);
        df.app.orchestration('awaitDecision', awaitDecision);
        df.app.orchestration('deliverCallback', deliverCallback);
        df.app.orchestration('pollUntilDone', pollUntilDone);`,
      resolveDir: orchestrationsFolder,
      loader: 'ts',
    },
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    external: ['@azure/functions-core'],
    plugins: plant
      ? [
          {
            name: 'plant',
            setup: ({ onLoad }) =>
              onLoad({ filter: new RegExp(`/orchestrations/${plant.file}$`) }, ({ path }) => ({
                contents: planted(readFileSync(path, 'utf8'), plant),
                loader: 'ts',
              })),
          },
        ]
      : [],
  });
  const file = join(folder, `${plants.indexOf(plant ?? ({} as Plant))}.cjs`);
  writeFileSync(file, result.outputFiles[0]?.contents ?? '');
  return loadApp(file, () => undefined);
}

function planted(source: string, { what, file, from, to }: Plant): string {
  if (source.split(from).length !== 2) {
    throw new Error(`'${what}' can no longer be planted into ${file}: adapt its text.`);
  }
  return source.replace(from, to);
}

const runOf = (scenario: string): RecordedRun => {
  const run = runs.find((one) => one.scenario === scenario);
  if (!run) throw new Error(`There is no recorded run '${scenario}'.`);
  return run;
};

describe('a change of the orchestrations that running instances would not survive', () => {
  it.each(plants)('is found: $what', async (plant) => {
    const app = await buildOrchestrations(plant);
    expect(await differencesOf(app, runOf(plant.seenIn))).not.toEqual([]);
  });

  it('is not found where nothing was changed', async () => {
    const app = await buildOrchestrations();
    for (const { seenIn } of plants) expect(await differencesOf(app, runOf(seenIn))).toEqual([]);
  });
});

describe('durable history, which is stored in plain text,', () => {
  it.each(runs)('holds no token, secret or signed URL: the recorded run "$scenario"', (run) => {
    expect(findConfidential(formatRun(run))).toEqual([]);
  });

  it('holds no secret of a platform that runs now, whether all goes well, is retried or taken back', async () => {
    const test = await TestPlatform.start({ landscapeFile: scenarioLandscape() });
    try {
      const secrets = secretsOf(test.platform.ready);
      expect(secrets.every((secret) => secret.length >= 16)).toBe(true);
      for (const scenario of scenarios) {
        if (!['succeeded', 'retried', 'compensated'].includes(scenario.name)) continue;
        const instanceId = await runScenario(test, scenario);
        const run = recordRun(test.platform.host.durable, scenario.name, instanceId);
        expect(findConfidential(formatRun(run), secrets)).toEqual([]);
      }
    } finally {
      await test.close();
    }
  });

  it.each([
    ['a JSON Web Token', 'eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJhIn0.c2lnbmF0dXJl'],
    ['a bearer token', 'Authorization: Bearer 0123456789abcdef'],
    ['a signed URL', 'https://h/operations/1?api-version=2026-01-01&t=6390&c=MIIH&s=AbC_-d&h=x'],
    ['a signed URL', 'https://h/container/blob?sv=1&sig=a%2Bb%3D'],
    ['a named secret', '{"client_secret":"x"}'],
    ['a known secret', 'the words between'],
  ])('would be found to hold %s', (what, text) => {
    const found = findConfidential(JSON.stringify({ text }), ['words between']);
    expect(found.map((one) => one.split(':')[0])).toContain(what);
  });
});
