import { writeFileSync } from 'node:fs';
import { cleanUp } from './live-check/clean-up.ts';
import { type Observation, withoutIds } from './live-check/observation.ts';
import { type LiveCheck, parseLiveCheck } from './live-check/options.ts';
import {
  probeAllocation,
  probeDeletion,
  probeExhaustion,
  probeIfMatch,
  probeReading,
  probeRelease,
  probeUnknownPool,
  rolePropagation,
} from './live-check/probes.ts';
import { Stage } from './live-check/stage.ts';
import { runWorkflow } from './live-check/workflow.ts';

/** Nothing was done, because nobody confirmed it. */
const notConfirmed = 2;

const probes = [
  probeReading,
  probeAllocation,
  probeIfMatch,
  probeDeletion,
  probeRelease,
  probeExhaustion,
  probeUnknownPool,
];

try {
  const check = parseLiveCheck(process.argv.slice(2));
  console.log(describe(check));
  if (check.isConfirmed) process.exit(await runCheck(check));
  console.log('Nothing was done. Add --yes to do it.');
  process.exit(notConfirmed);
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}

function describe({ azure, landscape, tenant, subscriptionId, ...check }: LiveCheck): string {
  const { addresses, pool, resourceGroup, report } = check;
  return `This check works in earnest, as application ${landscape.application.clientId}:

  Azure     ${azure.cloud}: ${azure.resourceManager}, Entra ID ${azure.authority}
  VNets     up to 5, one after the other, each of ${addresses} addresses of the pool '${pool.alias}' (${pool.location}),
            in ${resourceGroup}, subscription ${subscriptionId}, tenant '${tenant.alias}'
  Does      an allocation and a removal through the workflow; a VNet written under a wrong ETag, and deleted without
            auxiliary token; one deleted with both; two requests that Azure must refuse: more addresses than the pool
            has, and a pool that there is not
  Then      deletes what is left of it, and looks whether the pool has its space back
  Report    ${report}, without ids of tenants, subscriptions and applications
`;
}

/** @returns the exit code */
async function runCheck(check: LiveCheck): Promise<number> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      console.log('Stopping; cleaning up first.');
      stop.abort(new Error('The check was stopped.'));
    });
  }
  const stage = new Stage(check, process.env, stop.signal);
  const startedAt = new Date().toISOString();
  const observations: Observation[] = [];
  let stoppedBy: string | undefined;
  try {
    observations.push(...(await runWorkflow(stage, process.env)));
    const failed = observations.find(({ observed }) => !observed);
    if (failed)
      throw new Error(`${failed.name} ended ${failed.facts['state']}; no VNet is made beside it.`);
    for (const probe of probes) {
      stop.signal.throwIfAborted();
      const observation = await probe(stage);
      console.log(`${observation.observed ? 'seen    ' : 'not seen'}  ${observation.name}`);
      observations.push(observation);
    }
  } catch (error) {
    const { signal } = stop;
    const { message } = (signal.aborted ? signal.reason : error) as Error;
    stoppedBy = withoutIds(message);
  }
  console.log('Cleaning up ...');
  const { deleted, leftovers } = await cleanUp(stage);
  const report = {
    kind: 'vnet-vending live check',
    cloud: check.azure.cloud,
    resourceManager: check.azure.resourceManager,
    location: check.pool.location,
    family: check.pool.family,
    startedAt,
    endedAt: new Date().toISOString(),
    ...(stoppedBy === undefined ? {} : { stoppedBy }),
    observations: [...observations, rolePropagation],
    cleanUp: { deleted: deleted.length, leftovers: leftovers.map(withoutIds) },
  };
  for (const leftover of leftovers) console.error(`LEFT BEHIND  ${leftover}`);
  if (stoppedBy !== undefined) console.error(`The check is incomplete: ${stoppedBy}`);
  const text = `${JSON.stringify(report, null, 2)}\n`;
  try {
    writeFileSync(check.report, text);
    console.log(`The report is in ${check.report}.`);
  } catch (error) {
    console.error(
      `The report cannot be written (${(error as Error).message}); here it is:\n${text}`,
    );
    return 1;
  }
  return stoppedBy === undefined && leftovers.length === 0 ? 0 : 1;
}
