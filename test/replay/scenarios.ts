import { DatabaseSync } from 'node:sqlite';
import { allocateMessage, associateMessage, removeMessage } from '../../src/local/demo/messages.ts';
import { type LandscapeFile, readLandscapeFile } from '../../src/local/landscape/landscape-file.ts';
import type { RequestState } from '../../src/model/states.ts';
import { instanceIdOf } from '../../src/orchestrations/names.ts';
import type { Fault } from '../support/control.ts';
import { createExistingNetwork, peerOneSide } from '../support/existing-network.ts';
import { approver, operator, requester } from '../support/requests.ts';
import type { TestPlatform } from '../support/test-platform.ts';

/** One way through the workflow, whose histories are kept. */
export interface Scenario {
  /** Also the name of the file. */
  readonly name: string;
  readonly endsAs: RequestState;
  /** Changes of the request: an allocation, unless `operation` says otherwise. */
  readonly request?: object;
  /** What is there before; faults come after it. */
  readonly prepare?: (test: TestPlatform, scenario: Scenario) => Promise<void>;
  readonly faults?: readonly Fault[];
  /** What happens while the request runs. */
  readonly meanwhile?: (test: TestPlatform, requestId: string) => Promise<void>;
}

/** Whose associations need an approval. */
const robin = { ...requester, name: 'Robin', objectId: '77777777-7777-4777-8777-777777777778' };
/** Above what the policy approves by itself. */
const large = {
  requester,
  allocations: [{ pool: 'corp-centralus', prefixLength: 20 }],
  subnets: [],
};
/** So large that two groups have to approve, one after the other. */
const veryLarge = { ...large, allocations: [{ pool: 'corp-centralus', prefixLength: 17 }] };
const putOfVNet = { method: 'PUT', path: '/virtualNetworks/[^/]+$' };
const failingOperation: Fault = {
  match: putOfVNet,
  effect: { failOperation: { code: 'AllocationFailed', message: 'No capacity.' } },
};
/** What takes it back goes through. */
const failingOnce: Fault = { ...failingOperation, match: { ...putOfVNet, times: 1 } };
const hangingOperation: Fault = { match: putOfVNet, effect: { hangOperation: true } };

const deletion = { method: 'DELETE', path: '/virtualNetworks/[^/]+$' };
const forbiddenDeletion: Fault = {
  match: deletion,
  effect: { status: 403, code: 'AuthorizationFailed' },
};

const association = { operation: 'associate' };
const removal = { operation: 'remove', mode: 'delete' };
const disassociation = { operation: 'remove', mode: 'disassociate' };

export const scenarios: readonly Scenario[] = [
  { name: 'succeeded', endsAs: 'succeeded' },
  { name: 'dry-run', endsAs: 'planned', request: { dryRun: true } },
  {
    name: 'refused',
    endsAs: 'failed',
    request: { target: { tenant: 'northwind' } },
  },
  {
    name: 'denied-by-policy',
    endsAs: 'rejected',
    request: { tags: {}, allocations: [{ pool: 'corp-centralus', prefixLength: 14 }], subnets: [] },
  },
  {
    name: 'approved',
    endsAs: 'succeeded',
    request: large,
    meanwhile: decide('approve'),
  },
  { name: 'rejected', endsAs: 'rejected', request: large, meanwhile: decide('reject') },
  {
    name: 'cancelled-while-waiting',
    endsAs: 'cancelled',
    request: large,
    meanwhile: decide('cancel'),
  },
  // So many wake-ups that the wait continues as new.
  { name: 'expired', endsAs: 'expired', request: large },
  {
    name: 'approved-in-two-stages',
    endsAs: 'succeeded',
    request: veryLarge,
    meanwhile: approveInTwoStages,
  },
  {
    name: 'reminded-then-approved',
    endsAs: 'succeeded',
    request: large,
    meanwhile: decideWhen((key) => key.startsWith('approval:reminded:'), 'approve', approver),
  },
  {
    name: 'escalated-then-approved',
    endsAs: 'succeeded',
    request: large,
    meanwhile: decideWhen((key) => key.startsWith('approval:escalated:'), 'approve', operator),
  },
  {
    name: 'break-glass',
    endsAs: 'succeeded',
    request: veryLarge,
    meanwhile: decideWhen((key) => key.startsWith('approval:requested:'), 'break-glass', operator),
  },
  // An approval that comes when the policy has ended the wait, but the workflow has not.
  {
    name: 'expired-in-the-race',
    endsAs: 'expired',
    request: large,
    meanwhile: decideWhen((key) => key.startsWith('decision:policy:expire:'), 'approve', approver),
  },
  {
    name: 'plan-changed-then-approved',
    endsAs: 'succeeded',
    request: { ...association, requester: robin },
    prepare: existing,
    meanwhile: changeAndApproveAgain,
  },
  {
    name: 'retried',
    endsAs: 'succeeded',
    faults: [
      {
        match: { method: 'GET', path: '/ipamPools/corp-centralus$', times: 2 },
        effect: { status: 500, code: 'InternalServerError' },
      },
      {
        match: { ...putOfVNet, times: 2 },
        effect: { status: 429, code: 'TooManyRequests', headers: { 'Retry-After': '7' } },
      },
      {
        match: { method: 'GET', path: '/operations/', times: 2 },
        effect: { dropConnection: true },
      },
    ],
  },
  { name: 'retried-unforeseen', endsAs: 'succeeded', meanwhile: breakLedgerOnce },
  { name: 'compensated', endsAs: 'failed', faults: [failingOperation] },
  // So many polls that the tracking continues as new.
  { name: 'compensated-after-time-limit', endsAs: 'failed', faults: [hangingOperation] },
  {
    name: 'cancelled-while-deploying',
    endsAs: 'cancelled',
    faults: [hangingOperation],
    meanwhile: cancelWhileDeploying,
  },
  {
    name: 'lost-while-compensating',
    endsAs: 'failed',
    faults: [failingOperation],
    meanwhile: loseWhileCompensating,
  },
  {
    name: 'compensation-failed',
    endsAs: 'compensation-failed',
    faults: [failingOperation, forbiddenDeletion],
  },
  // The same, and then an operator who has given the permission back.
  {
    name: 'resumed',
    endsAs: 'failed',
    faults: [failingOperation, { ...forbiddenDeletion, match: { ...deletion, times: 1 } }],
    meanwhile: resumeWhenParked,
  },
  { name: 'associated', endsAs: 'succeeded', request: association, prepare: existing },
  {
    name: 'association-compensated',
    endsAs: 'failed',
    request: association,
    prepare: existing,
    faults: [failingOnce],
  },
  { name: 'disassociated', endsAs: 'succeeded', request: disassociation, prepare: associated },
  {
    name: 'disassociation-compensated',
    endsAs: 'failed',
    request: disassociation,
    prepare: associated,
    faults: [failingOnce],
  },
  { name: 'removed', endsAs: 'succeeded', request: removal, prepare: allocated },
  { name: 'removed-already', endsAs: 'succeeded', request: removal },
  {
    name: 'removal-compensated',
    endsAs: 'failed',
    request: { ...removal, detachPeerings: true },
    prepare: peered,
    faults: [forbiddenDeletion],
  },
  // Last, because the pool goes on listing what it has let go.
  {
    name: 'removed-release-unverified',
    endsAs: 'removed-release-unverified',
    request: removal,
    prepare: allocated,
    faults: [{ match: deletion, effect: { delayAssociationMs: 86_400_000 } }],
  },
];

const asked = {
  name: 'network-platform',
  approvers: ['network-platform'],
  minApprovals: 1,
  remindAfterHours: 1,
  escalateAfterHours: 2,
  escalateTo: ['operators'],
};

/** The example, with bounds so tight that histories stay short, and a rule that denies. */
export function scenarioLandscape(): LandscapeFile {
  const { landscape, emulatedAzure } = readLandscapeFile();
  const [smallNetworks] = landscape.policy.rules;
  if (!smallNetworks) throw new Error('The example landscape has no policy rule any more.');
  return {
    emulatedAzure,
    landscape: {
      ...landscape,
      bounds: { ...landscape.bounds, deploySeconds: 150, retrySeconds: 60, releaseSeconds: 150 },
      policy: {
        ...landscape.policy,
        approvalTimeLimitHours: 6,
        groups: [...landscape.policy.groups, { name: 'robins', members: [robin], entraGroups: [] }],
        stages: [asked],
        rules: [
          {
            name: 'existing-networks-of-robin',
            operations: ['associate'],
            requesters: ['robins'],
            effect: 'require-approval',
            reason: 'they are to be asked for',
          },
          {
            name: 'existing-networks',
            operations: ['associate', 'remove'],
            effect: 'auto-approve',
            reason: 'approvals have scenarios of their own',
          },
          smallNetworks,
          {
            name: 'medium-networks',
            minPrefixLength: { IPv4: 18, IPv6: 48 },
            effect: 'require-approval',
            reason: 'larger networks need an approval',
          },
          {
            name: 'large-networks',
            minPrefixLength: { IPv4: 16, IPv6: 40 },
            effect: 'require-approval',
            reason: 'very large networks need two',
            stages: [
              asked,
              { name: 'operator', approvers: ['operators'], minApprovals: 1, escalateTo: [] },
            ],
          },
          { name: 'rest', effect: 'deny', reason: 'nobody needs that much' },
        ],
      },
    },
  };
}

/** Runs a scenario until its workflow has ended. Throws when it ends otherwise than it should. */
export async function runScenario(test: TestPlatform, scenario: Scenario): Promise<string> {
  const requestId = `GOLDEN-${scenario.name}`;
  await scenario.prepare?.(test, scenario);
  for (const fault of scenario.faults ?? []) await test.control.addFault(fault);
  await test.send(requestOf(test, scenario, requestId));
  await scenario.meanwhile?.(test, requestId);
  const { state, error } = await test.runToEnd(requestId);
  const instanceId = instanceIdOf(requestId);
  await test.runUntil(
    `the end of ${instanceId}`,
    () => test.platform.host.durable.getStatus(instanceId)?.runtimeStatus === 'Completed',
  );
  await test.control.clearFaults();
  if (state !== scenario.endsAs) {
    throw new Error(
      `The scenario ${scenario.name} ended as ${state} instead of ${scenario.endsAs}: ${JSON.stringify(error)}`,
    );
  }
  return instanceId;
}

const networkOf = ({ name }: Scenario): string => `vnet-${name}`;

function requestOf(test: TestPlatform, scenario: Scenario, id: string) {
  const { request = {} } = scenario;
  const network = networkOf(scenario);
  const { operation, mode } = request as { operation?: string; mode?: 'delete' | 'disassociate' };
  const { ready } = test.platform;
  if (operation === 'associate') return { ...associateMessage(ready, id, network), ...request };
  if (mode) return { ...removeMessage(ready, id, network, mode), ...request };
  const { target, ...changes } = request as { target?: { tenant: string } };
  return { ...allocateMessage(ready, id, network, target), ...changes };
}

/** A VNet that was there before, each with prefixes of its own. */
async function existing(test: TestPlatform, scenario: Scenario): Promise<void> {
  const third = 100 + scenarios.indexOf(scenario);
  await createExistingNetwork(test, networkOf(scenario), `10.2.${third}.0/24`);
}

async function associated(test: TestPlatform, scenario: Scenario): Promise<void> {
  await existing(test, scenario);
  const id = `BEFORE-${scenario.name}`;
  await succeed(test, associateMessage(test.platform.ready, id, networkOf(scenario)));
}

async function allocated(test: TestPlatform, scenario: Scenario): Promise<void> {
  const id = `BEFORE-${scenario.name}`;
  await succeed(test, allocateMessage(test.platform.ready, id, networkOf(scenario)));
}

async function succeed(test: TestPlatform, request: { readonly id: string }): Promise<void> {
  await test.send(request);
  const { state, error } = await test.runToEnd(request.id);
  if (state !== 'succeeded') throw new Error(`${request.id} is ${state}: ${JSON.stringify(error)}`);
}

/** Peered on its side only, so that the peering can be made again. */
async function peered(test: TestPlatform, scenario: Scenario): Promise<void> {
  await allocated(test, scenario);
  const hub = `${networkOf(scenario)}-hub`;
  await createExistingNetwork(test, hub, '10.2.99.0/24');
  await peerOneSide(test, networkOf(scenario), hub);
}

/** An operator has given the permission back. */
async function resumeWhenParked(test: TestPlatform, requestId: string): Promise<void> {
  await enters(test, requestId, 'compensation-failed');
  await test.settle();
  await test.send({
    id: `resume-${requestId}`,
    operation: 'resume',
    request: requestId,
    by: operator,
    reason: 'the permission is back',
  });
  await enters(test, requestId, 'failed');
}

const enters = (test: TestPlatform, requestId: string, state: RequestState) =>
  test.runUntil(
    `${requestId} to be ${state}`,
    async () => (await test.ledger.getRequest(requestId))?.state === state,
  );

const decisionOn = (request: string, decision: string, by: object = approver) => ({
  operation: 'decide',
  request,
  decision,
  by,
  reason: 'as agreed',
});

/** Decides when the timeline has a line. */
function decideWhen(isThere: (key: string) => boolean, decision: string, by: object) {
  return async (test: TestPlatform, requestId: string) => {
    await test.runUntil(`the line that ${requestId} waits for`, async () =>
      (await test.ledger.listTimeline(requestId)).some(({ key }) => isThere(key)),
    );
    await test.send(decisionOn(requestId, decision, by));
  };
}

async function approveInTwoStages(test: TestPlatform, requestId: string): Promise<void> {
  await decide('approve')(test, requestId);
  await test.settle();
  const isAsked = (key: string) => key.startsWith('approval:requested:operator:');
  await decideWhen(isAsked, 'approve', operator)(test, requestId);
}

/** Another VNet takes the place of the one that was planned for; it is approved, too. */
async function changeAndApproveAgain(test: TestPlatform, requestId: string): Promise<void> {
  await enters(test, requestId, 'awaiting-approval');
  const plan = (await test.ledger.getRequest(requestId))?.plan;
  if (plan?.change.operation !== 'associate') throw new Error('There is no plan.');
  const id = plan.change.target.virtualNetworkId;
  const addressPrefixes = plan.change.allocations[0]?.prefixes;
  await test.control.change({ network: { change: 'replaceVirtualNetwork', id, addressPrefixes } });
  await decide('approve')(test, requestId);
  await test.runUntil(`${requestId} to be asked for again`, async () =>
    (await test.ledger.listTimeline(requestId)).some(({ key }) =>
      /^approval:requested:.*:plan-2$/.test(key),
    ),
  );
  const planHash = (await test.ledger.getRequest(requestId))?.plan?.planHash;
  await test.send({ ...decisionOn(requestId, 'approve'), planHash });
}

function decide(decision: 'approve' | 'reject' | 'cancel') {
  return async (test: TestPlatform, requestId: string) => {
    await enters(test, requestId, 'awaiting-approval');
    // The wake-up is to reach a workflow that waits.
    await test.settle();
    await test.send(decisionOn(requestId, decision));
  };
}

async function cancelWhileDeploying(test: TestPlatform, requestId: string): Promise<void> {
  await enters(test, requestId, 'deploying');
  await test.send(decisionOn(requestId, 'cancel'));
}

/** The instance is lost as if somebody had ended it; the sweep starts the request again. */
async function loseWhileCompensating(test: TestPlatform, requestId: string): Promise<void> {
  await enters(test, requestId, 'compensating');
  test.platform.host.durable.terminate(instanceIdOf(requestId), 'lost');
  await test.settle();
}

/** An activity that throws: the ledger refuses to write until it has done so. */
async function breakLedgerOnce(test: TestPlatform, requestId: string): Promise<void> {
  const run = (sql: string) => {
    const database = new DatabaseSync(test.platform.ledgerFile);
    database.exec(sql);
    database.close();
  };
  run(
    `CREATE TRIGGER broken BEFORE INSERT ON virtual_network_claims BEGIN SELECT RAISE(ABORT, 'disk full'); END`,
  );
  const hasFailed = () =>
    test.platform.host.durable
      .getHistory(instanceIdOf(requestId))
      .some((event) => event.Reason?.includes('disk full'));
  await test.runUntil('an activity to fail', hasFailed);
  run('DROP TRIGGER broken');
}
