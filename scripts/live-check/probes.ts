import type { VirtualNetworkTarget } from '../../src/model/plan.ts';
import { makeAnew } from './clean-up.ts';
import { type Observation, refusalFacts } from './observation.ts';
import { type Stage, unwrap } from './stage.ts';

type Probe = (stage: Stage) => Promise<Observation>;

/** How long after the PUT prefixes are there, on both sides, and in which states the VNet is until then. */
export const probeAllocation: Probe = async (stage) => {
  const target = stage.target('probe');
  const sentAt = performance.now();
  const put = await stage.azure.createVirtualNetwork(stage.deployment(target));
  const since = () => Math.round(performance.now() - sentAt);
  const facts: Record<string, unknown> = { answerAfterMs: since() };
  const question =
    'How long after a cross-tenant PUT do VNet and pool show the prefix, and in which states?';
  if (!put.ok) {
    return { name: 'allocation', question, observed: false, facts: refusalFacts(put.error) };
  }
  facts['announcesOperation'] = put.value.operationUrl !== undefined;
  const states: { state: string; hasPrefix: boolean; afterMs: number }[] = [];
  await stage.until(async () => {
    const found = unwrap(await stage.azure.getVirtualNetwork(target));
    const state = found?.provisioningState ?? 'absent';
    const hasPrefix = (found?.addressPrefixes.length ?? 0) > 0;
    if (hasPrefix) facts['prefixAfterMs'] ??= since();
    if (!facts['poolListsAfterMs'] && (await stage.poolLists(target))) {
      facts['poolListsAfterMs'] = since();
    }
    const last = states.at(-1);
    if (last?.state !== state || last.hasPrefix !== hasPrefix) {
      states.push({ state, hasPrefix, afterMs: since() });
    }
    return state === 'Succeeded' && hasPrefix && facts['poolListsAfterMs'] !== undefined;
  });
  const observed = facts['prefixAfterMs'] !== undefined;
  return { name: 'allocation', question, observed, facts: { ...facts, states } };
};

/** Writes the VNet as it is, under an ETag that it never had. */
export const probeIfMatch: Probe = async (stage) => {
  const question = 'Does Azure honour If-Match on a VNet?';
  const read = unwrap(await stage.azure.readVirtualNetwork(madeBy(stage, 'probe')));
  if (!read) return notObserved('if-match', question, 'There is no VNet to write.');
  const stale = 'W/"00000000-0000-4000-8000-000000000000"';
  const put = await stage.azure.updateVirtualNetwork(madeBy(stage, 'probe'), read.document, stale);
  const isHonoured = !put.ok && put.error.code === 'PreconditionFailed';
  const isRefused = !put.ok && !isHonoured;
  return {
    name: 'if-match',
    question,
    observed: !isRefused,
    facts: { honoured: isHonoured, ...(put.ok ? {} : refusalFacts(put.error)) },
  };
};

/** DELETE with the token of the managed tenant alone, and what becomes of the space in the pool. */
export const probeDeletion: Probe = async (stage) => {
  const name = 'deletion-without-auxiliary-token';
  const question = 'Does a deletion without auxiliary token give the space back, and how soon?';
  const target = madeBy(stage, 'probe');
  const found = unwrap(await stage.azure.getVirtualNetwork(target));
  if (!found) return notObserved(name, question, 'There is no VNet to delete.');
  const { token } = unwrap(await stage.credentials.obtain(target.tenantId, 'primary', 'Deleting'));
  const url = `${stage.check.azure.resourceManager}${target.virtualNetworkId}?api-version=2025-05-01`;
  const answer = await fetch(url, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${token.token}` },
  });
  const facts: Record<string, unknown> = { status: answer.status };
  if (!answer.ok) return { name, question, observed: true, facts: { ...facts, accepted: false } };
  facts['goneAfterMs'] =
    (await stage.until(async () => unwrap(await stage.azure.getVirtualNetwork(target)) === null)) ??
    null;
  const released = await stage.until(async () => !(await stage.poolLists(target)));
  facts['freed'] = released !== undefined;
  facts['poolLetsGoAfterMs'] = released ?? null;
  return { name, question, observed: true, facts };
};

/** Deletes another VNet as the workflow does, with both tokens, to compare. */
export const probeRelease: Probe = async (stage) => {
  const target = stage.target('release');
  await makeAnew(stage, target);
  const found = unwrap(await stage.azure.getVirtualNetwork(target));
  unwrap(await stage.azure.deleteVirtualNetwork(target, found?.etag ?? ''));
  const goneAfterMs = await stage.until(
    async () => unwrap(await stage.azure.getVirtualNetwork(target)) === null,
  );
  const poolLetsGoAfterMs = await stage.until(async () => !(await stage.poolLists(target)));
  return {
    name: 'release',
    question: 'How long after a deletion with both tokens does the pool have its space back?',
    observed: poolLetsGoAfterMs !== undefined,
    facts: { goneAfterMs: goneAfterMs ?? null, poolLetsGoAfterMs: poolLetsGoAfterMs ?? null },
  };
};

/** More addresses than the pool has; should Azure accept it, the VNet is cleaned up like the others. */
export const probeExhaustion: Probe = async (stage) => {
  const { totalNumberOfIpAddresses } = unwrap(await stage.azure.getPoolUsage(stage.check.pool.id));
  const addresses = String(BigInt(totalNumberOfIpAddresses) * 2n);
  return await probeRefusal(stage, 'pool-exhausted', { addresses });
};

export const probeUnknownPool: Probe = (stage) =>
  probeRefusal(stage, 'unknown-pool', { poolId: `${stage.check.pool.id}-${stage.runId}` });

async function probeRefusal(
  stage: Stage,
  name: string,
  change: { readonly poolId?: string; readonly addresses?: string },
): Promise<Observation> {
  const target = stage.target(name);
  const question = 'Which status, code and words does the refusal have?';
  const put = await stage.azure.createVirtualNetwork(stage.deployment(target, change));
  if (!put.ok) {
    return { name, question, observed: true, facts: { at: 'PUT', ...refusalFacts(put.error) } };
  }
  const { operationUrl } = put.value;
  let facts: Record<string, unknown> = { at: 'nowhere: the operation succeeded' };
  if (operationUrl) {
    await stage.until(async () => {
      const polled = await stage.azure.pollOperation(target, operationUrl);
      if (!polled.ok) facts = { at: 'operation', ...refusalFacts(polled.error) };
      return !polled.ok || polled.value.status === 'succeeded';
    });
  }
  return { name, question, observed: true, facts };
}

/** What the application may read with the roles that it has. */
export const probeReading: Probe = async (stage) => {
  const { pool, tenant, subscriptionId, landscape } = stage.check;
  const { tenantId } = landscape.managementTenant;
  const outcomes = {
    pool: await stage.azure.getPool(pool.id),
    usage: await stage.azure.getPoolUsage(pool.id),
    permissionsOnPool: await stage.azure.listPermissions({ tenantId, scope: pool.id }),
    connections: await stage.azure.listScopeConnections(tenant.tenantId, subscriptionId),
  };
  const facts = Object.entries(outcomes).map(
    ([what, outcome]) => [what, outcome.ok ? 'allowed' : refusalFacts(outcome.error)] as const,
  );
  return {
    name: 'reading',
    question: 'What may the application read of the pool and the connection with its roles?',
    observed: true,
    facts: Object.fromEntries(facts),
  };
};

/** Nobody can see it who may not assign roles. */
export const rolePropagation: Observation = {
  name: 'role-propagation',
  question: 'How long after a role assignment is it in force?',
  observed: false,
  facts: {
    why: 'The application may not assign roles. `vnetv setup` waits for the roles that it assigns.',
  },
};

function madeBy(stage: Stage, purpose: string): VirtualNetworkTarget {
  const found = stage.made.find(({ virtualNetwork }) => virtualNetwork.endsWith(`-${purpose}`));
  if (!found) throw new Error(`The VNet '${purpose}' was not made.`);
  return found;
}

const notObserved = (name: string, question: string, why: string): Observation => ({
  name,
  question,
  observed: false,
  facts: { why },
});
