import { instanceIdOf } from '../../../src/orchestrations/names.ts';
import { recordRun } from '../../replay/recorded-histories.ts';
import type { Fault } from '../../support/control.ts';
import type { TestPlatform } from '../../support/test-platform.ts';
import { readAzure } from './azure-state.ts';
import { chargedVirtualNetworks, findProblems } from './checks.ts';
import { cancelIn, sendApproved } from './preparations.ts';
import type { Scenario } from './scenarios.ts';
import type { Stage, Subject } from './stage.ts';

/** How one run of a scenario went. */
export interface RunReport {
  readonly state: string;
  readonly problems: readonly string[];
}

/** Sends the request of a scenario and does what people do until it has ended. */
export async function carryOut(stage: Stage, scenario: Scenario, subject: Subject) {
  await sendApproved(stage, scenario.request(stage.platform.ready, subject));
  if (scenario.cancelledIn) await cancelIn(stage, subject.requestId, scenario.cancelledIn);
  return await stage.runToEnd(subject.requestId);
}

/** Long enough for the sweep, and for whatever would still go on. */
const aWhileMs = 6 * 60_000;

/**
 * Runs a scenario, prepared before, on a platform in this process under faults, and checks
 * everything. The first of the faults, if there is any, has to be felt.
 */
export async function runScenario(
  test: TestPlatform,
  scenario: Scenario,
  subject: Subject,
  { faults, allowed }: { readonly faults: readonly Fault[]; readonly allowed: readonly string[] },
): Promise<RunReport> {
  await test.settle();
  await test.events();
  const before = await readAzure(test);
  const chargedBefore = await chargedVirtualNetworks(test);
  await test.control.clearRequests();
  for (const fault of faults) await test.control.addFault(fault);
  const record = await carryOut(test, scenario, subject);
  const felt = await test.control.feltFaults();
  await test.control.clearFaults();
  await test.settle();
  const after = await readAzure(test);
  const durable = await durableTextOf(test, subject);
  const events = await test.events();
  const charged = [chargedBefore, await chargedVirtualNetworks(test)] as const;
  const observed = { effect: scenario.effect, subject, before, after, charged, record, events };
  const problems = findProblems(test, {
    ...observed,
    allowed: allowed as (typeof record.state)[],
    durable: durable + JSON.stringify(events),
  });
  return {
    state: record.state,
    problems: [
      ...(faults.length > 0 && felt[0] === 0 ? ['the fault was not felt'] : []),
      ...problems,
      ...(await lateProblems(test, subject)),
    ],
  };
}

/** The end is an end: nothing is written any more, and the workflow is over. */
async function lateProblems(test: TestPlatform, { requestId }: Subject): Promise<string[]> {
  const status = test.platform.host.durable.getStatus(instanceIdOf(requestId))?.runtimeStatus;
  const state = (await test.ledger.getRequest(requestId))?.state;
  const calls = (await test.control.requests()).length;
  test.clock.advance(aWhileMs);
  await test.settle();
  const late = (await test.control.requests())
    .slice(calls)
    .filter(({ path }) => !isOfTheUsageOfPools(path));
  const lateState = (await test.ledger.getRequest(requestId))?.state;
  return [
    ...(status === 'Completed' ? [] : [`the workflow is ${status}`]),
    ...(late.length === 0
      ? []
      : [`calls were made after the end: ${late.map(({ path }) => path).join(', ')}`]),
    ...(state === lateState ? [] : [`${state} became ${lateState}`]),
  ];
}

/** History, record, timeline and decisions of a run. */
async function durableTextOf(test: TestPlatform, { requestId }: Subject): Promise<string> {
  const { durable } = test.platform.host;
  return JSON.stringify([
    recordRun(durable, requestId, instanceIdOf(requestId)),
    await test.ledger.getRequest(requestId),
    await test.ledger.listTimeline(requestId),
    await test.ledger.listDecisions(requestId),
  ]);
}

/** Takes the VNet of a run away, so that a platform does not fill up. */
export async function clearAway(test: TestPlatform, { networkId }: Subject): Promise<void> {
  if (!(await readAzure(test)).networks.has(networkId.toLowerCase())) return;
  await test.control.change({ network: { change: 'deleteVirtualNetwork', id: networkId } });
}

/** Looked at every quarter of an hour, whatever requests there are; it may take a token of its own. */
const isOfTheUsageOfPools = (path: string): boolean =>
  /\/(getPoolUsage|oauth2\/v2\.0\/token)$/i.test(path);
