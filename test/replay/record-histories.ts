/**
 * Records the histories that `replay.test.ts` replays: `npm run histories`.
 *
 * Do it when an orchestration was changed on purpose and no instance of the old one can be running any
 * more. Otherwise keep the files, and branch on `context.df.version` until they replay again.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildApp } from '../../scripts/build.ts';
import { projectRoot } from '../../scripts/sources.ts';
import { TestPlatform } from '../support/test-platform.ts';
import { recordCallbackRuns } from './callback-scenarios.ts';
import { findConfidential, secretsOf } from './confidential.ts';
import { formatRun, historiesFolder, type RecordedRun, recordRun } from './recorded-histories.ts';
import { runScenario, scenarioLandscape, scenarios } from './scenarios.ts';

await buildApp();
const test = await TestPlatform.start({ landscapeFile: scenarioLandscape() });
const files = new Map<string, string>();
try {
  for (const scenario of scenarios) {
    const instanceId = await runScenario(test, scenario);
    keep(recordRun(test.platform.host.durable, scenario.name, instanceId));
  }
  for (const run of await recordCallbackRuns()) keep(run);
  rmSync(historiesFolder, { recursive: true, force: true });
  mkdirSync(historiesFolder, { recursive: true });
  for (const [file, text] of files) writeFileSync(join(historiesFolder, file), text);
  console.log(`recorded ${files.size} histories`);
} finally {
  await test.close();
}
// Timers of clients that are closed would keep the process for another minute.
process.exit();

function keep(run: RecordedRun): void {
  // Stack traces of thrown activities name the folder of the recording machine.
  const text = formatRun(run).replaceAll(`${projectRoot}/`, '');
  const found = findConfidential(text, secretsOf(test.platform.ready));
  if (found.length > 0) {
    throw new Error(`The history ${run.scenario} holds ${found.join(', ')}. Nothing was written.`);
  }
  files.set(`${run.scenario}.json`, text);
}
