import { DatabaseSync } from 'node:sqlite';
import type { RequestRecord } from '../../../src/ledger/ledger.ts';
import { findConfidential, secretsOf } from '../../replay/confidential.ts';
import {
  type AzureState,
  apartFromAssociation,
  associatedPrefixes,
  exactly,
  holdingsOf,
} from './azure-state.ts';
import type { Effect } from './scenarios.ts';
import type { PublishedEvent, Stage, Subject } from './stage.ts';

/** What was seen of one run, once it had ended. */
export interface Observation {
  readonly effect: Effect;
  readonly subject: Subject;
  readonly before: AzureState;
  readonly after: AzureState;
  /** VNets that count for the quotas of the tenant, before and after. */
  readonly charged: readonly [number, number];
  readonly record: RequestRecord;
  /** The states that the run may end in. */
  readonly allowed: readonly RequestRecord['state'][];
  /** All that were published since before the run. */
  readonly events: readonly PublishedEvent[];
  /** Everything durable that tells of the run. */
  readonly durable: string;
}

/** What is wrong with a run, in words; empty when nothing is. Independent of the product. */
export function findProblems(stage: Stage, seen: Observation): string[] {
  const { record, allowed } = seen;
  const wrongEnd = allowed.includes(record.state)
    ? []
    : [`ended as ${record.state} instead of ${allowed.join(' or ')}: ${record.error?.message}`];
  const tellsWhy = record.state === 'succeeded' || (record.error?.remedy ?? '') !== '';
  return [
    ...wrongEnd,
    ...(tellsWhy ? [] : [`ended as ${record.state} without saying what to do`]),
    ...(record.state === 'succeeded' ? effectProblems(seen) : unchangedProblems(seen)),
    ...bystanderProblems(seen),
    ...usageProblems(seen),
    ...quotaProblems(seen),
    ...eventProblems(seen),
    ...claimProblems(stage, seen),
    ...findConfidential(seen.durable, secretsOf(stage.platform.ready)).map(
      (what) => `durable data holds ${what}`,
    ),
  ];
}

/** Both sides are what the record says. */
function effectProblems({ effect, subject, before, after, record }: Observation): string[] {
  const id = subject.networkId.toLowerCase();
  const [was, is] = [before.networks.get(id), after.networks.get(id)];
  const [held, holds] = [holdingsOf(before, id), holdingsOf(after, id)];
  const isTaken = effect === 'allocated' || effect === 'associated';
  const told = recordedPrefixes(record);
  const problems: string[] = [];
  const expect = (condition: boolean, what: string) => {
    if (!condition) problems.push(what);
  };
  expect(same(isTaken ? holds : held, told), `the record tells of ${show(told)}`);
  expect(isTaken || holds.size === 0, `the pool still holds ${show(holds)}`);
  if (effect === 'deleted') {
    expect(is === undefined, 'the VNet is still there');
    return problems;
  }
  expect(is?.properties.provisioningState === 'Succeeded', 'the VNet is not settled');
  expect(
    String(associatedPrefixes(is)) === String(isTaken ? [...holds.values()].flat() : []),
    `the VNet shows the association ${associatedPrefixes(is)}`,
  );
  if (effect === 'allocated') {
    const prefixes = (is?.properties.addressSpace.addressPrefixes ?? []).toSorted();
    expect(String(prefixes) === String([...holds.values()].flat()), 'the VNet has other prefixes');
    expect(is?.tags?.['vnet-vending-request'] === record.id, 'the VNet does not name its request');
  } else {
    const [old, now] = [apartFromAssociation(was), apartFromAssociation(is)];
    expect(old === now, `the VNet has changed otherwise: ${difference(old, now)}`);
  }
  return problems;
}

/** Nothing of the request is left, and nothing of the VNet is lost. */
function unchangedProblems({ effect, subject, before, after, record }: Observation): string[] {
  const id = subject.networkId.toLowerCase();
  const [was, is] = [exactly(before.networks.get(id)), exactly(after.networks.get(id))];
  const [held, holds] = [holdingsOf(before, id), holdingsOf(after, id)];
  const state = after.networks.get(id)?.properties.provisioningState ?? 'Succeeded';
  return [
    ...(was === is ? [] : [`${record.state}, but the VNet changed: ${difference(was, is)}`]),
    ...(same(held, holds) ? [] : [`${record.state}, but the pool holds ${show(holds)}`]),
    // A deletion that failed leaves the VNet in Failed; nobody may write to it to mend that.
    ...(state === 'Succeeded' || (state === 'Failed' && effect === 'deleted')
      ? []
      : [`${record.state}, but the VNet is ${state}`]),
  ];
}

/** Nobody else is harmed. */
function bystanderProblems({ subject, before, after }: Observation): string[] {
  const id = subject.networkId.toLowerCase();
  const others = new Set([...before.networks.keys(), ...after.networks.keys()]);
  others.delete(id);
  const problems: string[] = [];
  for (const other of others) {
    const [was, is] = [exactly(before.networks.get(other)), exactly(after.networks.get(other))];
    if (was !== is) problems.push(`${other} changed: ${difference(was, is)}`);
    if (!same(holdingsOf(before, other), holdingsOf(after, other))) {
      problems.push(`what the pool holds for ${other} changed`);
    }
  }
  return problems;
}

/** The usage of each pool has changed by what it holds for the VNet now, and did not before. */
function usageProblems({ subject, before, after }: Observation): string[] {
  const id = subject.networkId.toLowerCase();
  return [...after.pools].flatMap(([poolId, pool]) => {
    const was = before.pools.get(poolId);
    const difference = pool.allocated - (was?.allocated ?? 0n);
    const expected = count(pool.held.get(id)) - count(was?.held.get(id));
    return [
      ...(difference === expected ? [] : [`usage changed by ${difference}, not ${expected}`]),
      ...(pool.reserved === was?.reserved ? [] : [`${pool.reserved} addresses are reserved`]),
    ];
  });
}

/** The VNet counts for the quotas while a pool holds something for it; what is left behind counts on. */
function quotaProblems({ subject, before, after, charged, record }: Observation): string[] {
  if (record.state === 'compensation-failed' || record.state === 'removed-release-unverified') {
    return [];
  }
  const id = subject.networkId.toLowerCase();
  const counts = (state: AzureState): number => Number(holdingsOf(state, id).size > 0);
  const expected = counts(after) - counts(before);
  const difference = charged[1] - charged[0];
  return difference === expected
    ? []
    : [`${difference} VNets more count for the quotas, not ${expected}`];
}

/** VNets that count for the quotas of the tenant of all subjects. */
export const chargedVirtualNetworks = async ({ ledger }: Stage): Promise<number> =>
  Number(await ledger.quotaUsed('tenant:fabrikam', 'virtualNetworks'));

const count = (prefixes: readonly string[] = []): bigint =>
  prefixes.reduce((sum, prefix) => sum + 2n ** BigInt(32 - Number(prefix.split('/')[1])), 0n);

const families: Readonly<Record<Effect, string>> = {
  allocated: 'allocation',
  associated: 'association',
  deleted: 'removal',
  disassociated: 'removal',
};

/** The event that tells of the end comes once, and tells the truth. */
function eventProblems({ effect, events, record }: Observation): string[] {
  const own = events.filter(({ subject }) => subject === record.id);
  const results = own
    .map(({ type }) => type.replace(/^com\.vnetvending\.(.*)\.v1$/, '$1'))
    .filter((type) => type.startsWith(`${families[effect]}.`) && !onTheWay.test(type));
  const ids = own.map(({ id }) => id);
  const endings = {
    succeeded: ['succeeded'],
    failed: ['failed', 'compensated'],
    cancelled: ['failed', 'compensated'],
    'compensation-failed': ['compensation-failed'],
    'removed-release-unverified': ['release-unverified'],
  } as Readonly<Record<string, readonly string[]>>;
  const isTrue = (endings[record.state] ?? []).some(
    (ending) => results[0] === `${families[effect]}.${ending}`,
  );
  return [
    ...(results.length === 1 && isTrue ? [] : [`events of the end: ${results.join(', ')}`]),
    ...(new Set(ids).size === ids.length ? [] : [`events came twice: ${ids.join(', ')}`]),
  ];
}

/** The next request about the VNet can have it. */
function claimProblems({ platform }: Stage, { record }: Observation): string[] {
  const database = new DatabaseSync(platform.ledgerFile, { readOnly: true });
  try {
    const claim = database
      .prepare('SELECT virtual_network_id FROM virtual_network_claims WHERE request_id = ?')
      .get(record.id);
    return claim && record.state !== 'compensation-failed' ? ['the VNet is still claimed'] : [];
  } finally {
    database.close();
  }
}

function recordedPrefixes({ result }: RequestRecord): ReadonlyMap<string, readonly string[]> {
  if (!result) return new Map();
  const pools = 'released' in result ? result.released : result.allocations;
  return new Map(pools.map(({ poolId, prefixes }) => [poolId.toLowerCase(), prefixes.toSorted()]));
}

type Prefixes = ReadonlyMap<string, readonly string[]>;
const same = (a: Prefixes, b: Prefixes): boolean => show(a) === show(b);
const show = (prefixes: Prefixes): string =>
  [...prefixes]
    .map(([poolId, list]) => `${list.join(' ')} of ${poolId.split('/').at(-1)}`)
    .sort()
    .join(', ') || 'nothing';

/** Where two texts differ first. */
function difference(a: string, b: string): string {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  const from = Math.max(0, at - 60);
  return `...${a.slice(from, at + 80)}... became ...${b.slice(from, at + 80)}...`;
}

/** Events of states that are no ends. */
const onTheWay = /\.(started|verifying|compensating)$/;
