import type { RequestRecord } from '../../../src/ledger/ledger.ts';
import { summarize } from '../../../src/model/prefixes.ts';
import { landscape } from './landscape.ts';
import type { Oracle, RecordedEnd } from './oracle.ts';
import { canonical } from './rules-on-effects.ts';
import type { Network } from './world.ts';

/**
 * Rule 4 at the moment when an end is recorded. Excused is only what somebody did to the VNet after the
 * request had looked at it for the last time.
 */
export async function checkEnd(oracle: Oracle, end: RecordedEnd): Promise<void> {
  const record = await oracle.witnessed.ledger.getRequest(end.requestId);
  if (!record) return;
  const id = targetOf(record);
  if (oracle.wasInterfered(id, oracle.lastRead(record.id, id))) return;
  const fault = (text: string): undefined =>
    void oracle.report(4, `${record.id} (${record.request.operation}) ended ${end.state}: ${text}`);
  if (end.state === 'compensation-failed') return checkParked(oracle, record, id, fault);
  switch (record.request.operation) {
    case 'allocate':
      return end.state === 'succeeded'
        ? checkAllocated(oracle, record, id, fault)
        : checkNothingLeft(oracle, record, fault);
    case 'associate':
      return checkAssociation(oracle, record, id, end.state === 'succeeded', fault);
    case 'remove':
      return checkRemoval(oracle, record, id, end.state, fault);
  }
}

type Fault = (text: string) => undefined;

export const targetOf = ({ request: { target } }: RequestRecord): string =>
  `/subscriptions/${target.subscriptionId}/resourceGroups/${target.resourceGroup}/providers/Microsoft.Network/virtualNetworks/${target.virtualNetwork}`;

const madeBy = (network: Network, requestId: string): boolean =>
  network.madeBy !== 'others' && network.madeBy.request === requestId;

function checkAllocated(
  { witnessed: { world } }: Oracle,
  record: RequestRecord,
  id: string,
  fault: Fault,
): undefined {
  const network = world.network(id);
  if (!network || !madeBy(network, record.id)) return fault('there is no VNet of it');
  const { result } = record;
  if (!result || !('allocations' in result)) return fault('no result is recorded');
  for (const { poolId, prefixes } of result.allocations) {
    const shown = network.allocations.find((one) => one.poolId === poolId)?.prefixes ?? [];
    const held = world
      .holdsOf(network)
      .filter(({ pool }) => pool.id === poolId)
      .flatMap(({ hold }) => hold.prefixes);
    if (setOf(shown) !== setOf(prefixes)) fault(`the VNet has ${shown}, recorded is ${prefixes}`);
    if (setOf(held) !== setOf(prefixes)) fault(`the pool holds ${held}, recorded is ${prefixes}`);
  }
  const asked = record.request.operation === 'allocate' ? record.request.allocations.length : 0;
  if (result.allocations.length !== asked)
    fault(`${result.allocations.length} allocations are recorded`);
}

const setOf = (prefixes: readonly string[]): string => summarize(prefixes).join();

function checkNothingLeft(oracle: Oracle, record: RequestRecord, fault: Fault): undefined {
  const { world } = oracle.witnessed;
  for (const network of world.created.filter((one) => madeBy(one, record.id))) {
    if (world.exists(network) && isLeftToPeople(oracle, record, network)) continue;
    if (world.exists(network)) fault(`its VNet ${network.guid} exists`);
    // A VNet of somebody else in its place hides what the pool still holds.
    if (world.network(network.id)) continue;
    for (const { pool, hold } of world.holdsOf(network))
      fault(`${pool.alias} holds ${hold.prefixes} for it`);
  }
}

/**
 * Nobody can tell whether a request made a VNet when the answer to its PUT was lost before it was written down
 * which one that is, and somebody has taken off what it is known by since: its tag, or its pools. Then operators
 * must have been told of it, and one of them must have resumed the request without deleting it.
 */
function isLeftToPeople(oracle: Oracle, { id }: RequestRecord, network: Network): boolean {
  if (oracle.remembers(id, network.guid)) return false;
  const isRecognizable =
    network.tags['vnet-vending-request'] === id && network.allocations.length > 0;
  if (isRecognizable || !oracle.wasInterfered(network.id, 0)) return false;
  const told = oracle.events.find(
    ({ subject, type, data }) =>
      subject === id &&
      type.endsWith('.compensation-failed.v1') &&
      JSON.stringify(data).includes(network.id),
  );
  const isResumed = oracle.decisions.some(
    ({ decision: { requestId, decision } }) => requestId === id && decision === 'resume',
  );
  return told !== undefined && isResumed;
}

function checkParked(
  { witnessed: { world } }: Oracle,
  record: RequestRecord,
  id: string,
  fault: Fault,
): undefined {
  const leftovers = record.leftovers ?? [];
  if (leftovers.length === 0) return fault('no leftovers are named');
  const told = leftovers.join(' ');
  const network = world.network(id);
  if (record.request.operation !== 'allocate' || !network || !madeBy(network, record.id)) return;
  if (
    !told.toLowerCase().includes(id.toLowerCase()) &&
    !told.includes(record.request.target.virtualNetwork)
  ) {
    fault(`the VNet is not named: ${told}`);
  }
}

/** What the request did to the VNet before it ended, first and last. */
const firstChange = ({ effects }: Oracle, requestId: string) =>
  effects.find((effect) => effect.requestId === requestId)?.before;

function checkAssociation(
  oracle: Oracle,
  record: RequestRecord,
  id: string,
  isDone: boolean,
  fault: Fault,
): undefined {
  const { world } = oracle.witnessed;
  const network = world.network(id);
  if (record.request.operation !== 'associate') return;
  const before = firstChange(oracle, record.id);
  if (!isDone) {
    // Never touched, or gone, or another one.
    if (!before || !network || network.guid !== before.guid) return;
    if (oracle.wasInterfered(id, startOf(oracle, record.id))) return;
    const left = network.allocations.map(({ poolId }) => poolId);
    const had = before.allocations.map(({ poolId }) => poolId);
    if (canonical(left) !== canonical(had)) fault(`the VNet has ${left}, and had ${had}`);
    const held = world
      .holdsOf(network)
      .filter(({ hold }) => !hold.isReleasing)
      .map(({ pool }) => pool.id);
    if (held.some((poolId) => !had.includes(poolId)))
      fault(`a pool still holds ${network.prefixes} for it`);
    return;
  }
  if (!network) return fault('there is no VNet');
  for (const alias of record.request.pools) {
    const pool = landscape.pools.find((one) => one.alias === alias);
    const shown = network.allocations.find(({ poolId }) => poolId === pool?.id)?.prefixes ?? [];
    const held = world
      .holdsOf(network)
      .filter((one) => one.pool.id === pool?.id)
      .flatMap(({ hold }) => hold.prefixes);
    if (shown.length === 0 || setOf(shown) !== setOf(held)) {
      fault(`the VNet shows ${shown} of ${alias}, which holds ${held} for it`);
    }
  }
}

/** When the request changed something for the first time. */
const startOf = ({ effects }: Oracle, requestId: string): number =>
  effects.find((effect) => effect.requestId === requestId)?.at ?? 0;

function checkRemoval(
  oracle: Oracle,
  record: RequestRecord,
  id: string,
  state: string,
  fault: Fault,
): undefined {
  const { world } = oracle.witnessed;
  const change = record.plan?.change;
  if (record.request.operation !== 'remove' || change?.operation !== 'remove') return;
  const network = world.network(id);
  const isSame = network !== undefined && network.guid === change.resourceGuid;
  const isDone = state === 'succeeded' || state === 'removed-release-unverified';
  const holds = world.pools.flatMap((pool) =>
    pool.holds.filter(({ guid }) => guid === change.resourceGuid).map((hold) => ({ pool, hold })),
  );
  if (isDone && record.request.mode === 'delete' && isSame) return fault('the VNet exists');
  if (isDone && isSame && network.allocations.length > 0)
    return fault('the VNet is still associated');
  if (state === 'succeeded' && holds.length > 0 && (isSame || !network)) {
    return fault(
      `${holds.map(({ pool }) => pool.alias)} still holds ${holds.flatMap(({ hold }) => hold.prefixes)}`,
    );
  }
  if (isDone) return;
  const before = firstChange(oracle, record.id);
  if (!before || !isSame || oracle.wasInterfered(id, startOf(oracle, record.id))) return;
  const names = (one: Network) =>
    one.peerings
      .map(({ name }) => name)
      .sort()
      .join();
  if (names(before) !== names(network))
    fault(`the peerings were ${names(before)}, and are ${names(network)}`);
  const pools = (one: Network) =>
    one.allocations
      .map(({ poolId }) => poolId)
      .sort()
      .join();
  if (pools(before) !== pools(network))
    fault(`the associations were ${pools(before)}, and are ${pools(network)}`);
}
