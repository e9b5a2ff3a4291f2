import { createHash } from 'node:crypto';
import type { Decision, RequestRecord } from '../../../src/ledger/ledger.ts';
import { landscape, operators, tenants } from './landscape.ts';
import type { Oracle } from './oracle.ts';
import type { MadeRequest } from './request-maker.ts';
import { checkApprovalDecision, whatApprovalLacks } from './rules-on-approvals.ts';
import { type Effect, keyOf, type Network } from './world.ts';

type Json = Readonly<Record<string, unknown>>;

/** How long a call may be under way after its sender has looked for a cancellation. */
const graceMs = 120_000;

/** Rules 1, 2, 3 and 5, at the moment when something changes in Azure. */
export async function checkEffect(oracle: Oracle, effect: Effect): Promise<void> {
  const record = await oracle.witnessed.ledger.getRequest(effect.requestId);
  if (!record) {
    oracle.report(2, `${effect.kind} for ${effect.requestId}, which was never accepted`);
    return;
  }
  checkCount(oracle, effect);
  checkAlone(oracle, effect);
  await checkApproval(oracle, effect, record);
  checkTarget(oracle, effect, record);
  if (effect.kind === 'create') checkCreation(oracle, effect, record);
  else checkOwner(oracle, effect, record);
  if (effect.kind === 'update') checkForeignMembers(oracle, effect);
}

/** Rule 1: what a request made before must be gone, and gone by the hand of somebody else. */
function checkCount(oracle: Oracle, { kind, requestId, after }: Effect): void {
  if (kind !== 'create' || !after) return;
  const { world } = oracle.witnessed;
  const made = world.created.filter(
    ({ madeBy, guid }) =>
      madeBy !== 'others' && madeBy.request === requestId && guid !== after.guid,
  );
  for (const earlier of made) {
    if (world.exists(earlier) || !oracle.wasInterfered(earlier.id, 0)) {
      oracle.report(1, `${requestId} made ${after.guid} after it had made ${earlier.guid}`);
    }
  }
}

/** Rule 5: nobody changes what another request has begun to change and has not let go of. */
function checkAlone(oracle: Oracle, { kind, requestId, before, after }: Effect): void {
  const key = keyOf((after ?? before)?.id ?? '');
  for (const other of oracle.effects) {
    if (other.requestId === requestId || keyOf((other.after ?? other.before)?.id ?? '') !== key) {
      continue;
    }
    const end = oracle.ends.findLast((one) => one.requestId === other.requestId);
    if (end && end.at >= other.at && end.state !== 'compensation-failed') continue;
    oracle.report(5, `${kind} by ${requestId} on ${key}, on which ${other.requestId} still works`);
  }
}

/** Rule 2: a person's approval of this very plan, or a rule of the policy, as the oracle reads the policy. */
async function checkApproval(oracle: Oracle, effect: Effect, record: RequestRecord): Promise<void> {
  const { requestId, kind } = effect;
  const { plan } = record;
  const fault = (text: string) => oracle.report(2, `${kind} for ${requestId}: ${text}`);
  if (!plan) return fault('there is no plan');
  if (hashOf(plan.change) !== plan.planHash) fault('the hash is not that of the plan');
  if (record.request.dryRun) fault('it is a dry run');
  const decisions = await oracle.witnessed.ledger.listDecisions(requestId);
  const overrides = plan.change.operation === 'remove' && plan.change.overrides.length > 0;
  const request = record.request as unknown as MadeRequest;
  const own = decisions.filter(({ planHash }) => planHash === plan.planHash);
  if (overrides || !policyApproves(request)) {
    const lacking = whatApprovalLacks(request, overrides, own);
    if (lacking) fault(lacking);
  }
  if (own.some(({ decision }) => decision === 'expire')) fault('the approval had expired');
  const stopped = oracle.decisions.find(
    ({ decision, at }) =>
      decision.requestId === requestId &&
      (decision.decision === 'reject' || decision.decision === 'cancel') &&
      at + graceMs < effect.at,
  );
  if (stopped && kind === 'create') fault(`somebody said ${stopped.decision.decision} long before`);
}

/** The rules of the simulated landscape, read by hand. */
export function policyApproves(request: MadeRequest): boolean {
  const { operation, target } = request;
  const isNorthwind = ['northwind', tenants.northwind.tenantId].includes(String(target['tenant']));
  if (operation === 'remove') return isNorthwind;
  if (operation === 'associate') return false;
  const allocations = request['allocations'] as readonly Json[];
  if (isNorthwind && allocations.some(({ pool }) => pool === 'west')) return false;
  return allocations.every(({ pool, numberOfIpAddresses, prefixLength }) =>
    pool === 'six' ? Number(prefixLength) >= 56 : Number(numberOfIpAddresses) <= 64,
  );
}

/** What is changed is what the request named. */
function checkTarget(oracle: Oracle, effect: Effect, record: RequestRecord): void {
  const { before, after, requestId, kind } = effect;
  const { target } = record.request;
  const tenant = tenants[target.tenant as keyof typeof tenants];
  const asked = `/subscriptions/${tenant.subscriptionId}/resourceGroups/${target.resourceGroup}/providers/Microsoft.Network/virtualNetworks/${target.virtualNetwork}`;
  const id = (after ?? before)?.id ?? '';
  if (keyOf(id) !== keyOf(asked))
    oracle.report(2, `${kind} for ${requestId} on ${id}, not ${asked}`);
  const sent = oracle.witnessed.requests.get(requestId) ?? [];
  const stored = record.request as unknown as Json;
  const isSent = sent.some((one) =>
    Object.entries(one).every(([name, value]) => isSameAs(name, value, stored[name])),
  );
  if (!isSent) oracle.report(2, `the record of ${requestId} is not what was sent`);
}

const isSameAs = (name: string, sent: unknown, stored: unknown): boolean =>
  name === 'allocations' || name === 'subnets'
    ? JSON.stringify(countsOf(sent)) === JSON.stringify(countsOf(stored))
    : canonical(sent) === canonical(stored);

const countsOf = (list: unknown) =>
  (list as readonly Json[]).map((one) => [
    one['name'],
    one['pool'],
    one['prefixLength'],
    one['numberOfIpAddresses'] === undefined ? undefined : String(one['numberOfIpAddresses']),
  ]);

/** Rule 2: the VNet that came into being is the one that was asked for. */
function checkCreation(
  oracle: Oracle,
  { requestId, after }: Effect,
  record: RequestRecord,
): undefined {
  if (!after) return;
  const fault = (text: string): undefined =>
    void oracle.report(2, `the VNet of ${requestId} ${text}`);
  const { request } = record;
  if (request.operation !== 'allocate')
    return fault(`was made by a request to ${request.operation}`);
  const asked = countsInAddresses(request.allocations);
  const made = after.allocations.map(({ poolId, count }) => `${aliasOf(poolId)} ${count}`);
  if (asked.join() !== made.join()) fault(`has ${made.join()}, not ${asked.join()}`);
  const subnets = request.subnets.map((one) => `${one.name} ${one.numberOfIpAddresses}`);
  const madeSubnets = after.subnets.map(
    ({ name, allocations }) => `${name} ${allocations[0]?.count}`,
  );
  if (subnets.join() !== madeSubnets.join()) fault(`has the subnets ${madeSubnets.join()}`);
  const tags = { ...request.tags, 'vnet-vending-request': requestId };
  if (canonical(tags) !== canonical(after.tags))
    fault(`has the tags ${JSON.stringify(after.tags)}`);
  if (after.location !== request.target.location) fault(`is in ${after.location}`);
}

const countsInAddresses = (
  allocations: readonly {
    readonly pool: string;
    numberOfIpAddresses?: string | undefined;
    prefixLength?: number | undefined;
  }[],
) =>
  allocations.map(({ pool, numberOfIpAddresses, prefixLength }) =>
    [
      pool,
      numberOfIpAddresses ??
        String(1n << BigInt((pool === 'six' ? 128 : 32) - (prefixLength ?? 0))),
    ].join(' '),
  );

const aliasOf = (poolId: string) => landscape.pools.find(({ id }) => id === poolId)?.alias;

/** Rule 5: only what this request made, or what a legitimate decision on it names. */
function checkOwner(oracle: Oracle, effect: Effect, record: RequestRecord): undefined {
  const { kind, requestId, before } = effect;
  if (!before) return;
  const fault = (text: string): undefined =>
    void oracle.report(5, `${kind} by ${requestId} of ${before.guid} (${before.id}): ${text}`);
  const { operation } = record.request;
  const isOwn = before.madeBy !== 'others' && before.madeBy.request === requestId;
  if (operation === 'allocate') {
    if (kind !== 'delete' || !isOwn) fault('this request did not make it');
    return;
  }
  const change = record.plan?.change;
  const planned = change && 'resourceGuid' in change ? change.resourceGuid : undefined;
  if (planned !== before.guid) fault(`the plan is about ${planned}`);
  if (kind !== 'delete') return;
  if (operation !== 'remove' || record.request.mode !== 'delete') return fault('it was to stay');
  const isManaged =
    before.madeBy !== 'others' && before.tags['vnet-vending-request'] === before.madeBy.request;
  const overrides = change?.operation === 'remove' ? change.overrides : [];
  const changedLately = oracle.wasInterfered(before.id, effect.at - graceMs);
  if (!isManaged && overrides.length === 0 && !changedLately)
    fault('no request made it, and nobody set that aside');
}

/** An association keeps all that is not its own: what is compared leaves out allocations and their form. */
function checkForeignMembers(oracle: Oracle, { before, after, requestId }: Effect): void {
  if (!before || !after) return;
  const [was, is] = [foreignOf(before), foreignOf(after)];
  if (was !== is) oracle.report(5, `the update by ${requestId} changed ${was} into ${is}`);
}

const foreignOf = ({ tags, prefixes, subnets, peerings, foreign, location }: Network): string =>
  canonical({
    tags,
    prefixes,
    peerings,
    foreign,
    location,
    subnets: subnets.map(({ name, prefixes: own, users, foreign: unknown }) => ({
      name,
      own,
      users,
      unknown,
    })),
  });

/** Rule 3, and who may do what only operators may, at the moment when a decision is recorded. */
export async function checkDecision(oracle: Oracle, decision: Decision): Promise<void> {
  const { requestId, by } = decision;
  const record = await oracle.witnessed.ledger.getRequest(requestId);
  const sent = oracle.witnessed.requests.get(requestId) ?? [];
  const fault = (text: string) =>
    oracle.report(3, `${decision.decision} of ${requestId} by ${by.name}: ${text}`);
  if (decision.decision === 'resume' && !isOperator(by)) fault('only an operator may resume');
  const earlier = await oracle.witnessed.ledger.listDecisions(requestId);
  const planned = record?.plan?.change;
  checkApprovalDecision(
    oracle,
    decision,
    earlier,
    record && {
      request: record.request as unknown as MadeRequest,
      overrides: planned?.operation === 'remove' && planned.overrides.length > 0,
    },
  );
  if (decision.decision !== 'approve' && decision.decision !== 'break-glass') return;
  for (const { requester } of sent) {
    if (requester.objectId === undefined) fault('who asked is not known');
    if (requester.objectId === by.objectId && requester.tenantId === by.tenantId)
      fault('it is their own');
  }
  if (record?.plan?.planHash !== decision.planHash) fault('it is for another plan');
}

const isOperator = (by: Decision['by']): boolean =>
  operators.some(({ objectId, tenantId }) => objectId === by.objectId && tenantId === by.tenantId);

/** JSON with sorted members. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`);
  return `{${members.join(',')}}`;
}

const hashOf = (value: unknown): string =>
  createHash('sha256').update(canonical(value)).digest('hex');
