import type { InvocationContext } from '@azure/functions';
import type { App } from '../app.ts';

const dayMs = 24 * 3_600_000;

/**
 * Writes down how full each pool is, for its usage over time. A pool in which nothing changes gets one
 * sample a day.
 */
export async function recordPoolUsage(app: App, context: InvocationContext): Promise<void> {
  const { landscape, azure, ledger } = app;
  const now = app.now();
  for (const { alias, id } of landscape.pools) {
    const usage = await azure.getPoolUsage(id);
    if (!usage.ok) {
      // The next run comes soon; a gap in the samples does no harm.
      context.warn(`The usage of pool ${alias} could not be read: ${usage.error.message}`);
      continue;
    }
    const counts = {
      allocatedIpAddresses: usage.value.numberOfAllocatedIpAddresses,
      totalIpAddresses: usage.value.totalNumberOfIpAddresses,
    };
    const aDayAgo = new Date(now.getTime() - dayMs).toISOString();
    const last = (await ledger.listPoolUsage(alias, aDayAgo)).at(-1);
    const isKnown =
      last?.allocatedIpAddresses === counts.allocatedIpAddresses &&
      last.totalIpAddresses === counts.totalIpAddresses;
    if (!isKnown) await ledger.recordPoolUsage({ pool: alias, at: now.toISOString(), ...counts });
  }
}
