import type { PoolUsage } from '../../ledger/ledger.ts';
import type { App } from '../app.ts';
import { logEvent } from '../telemetry/log-event.ts';
import type { LogTarget } from '../telemetry/scope.ts';

const dayMs = 24 * 3_600_000;

/**
 * Writes down how full each pool is, for its usage over time. A pool in which nothing changes gets one
 * sample a day. The log gets every look, so that an alert on a full pool has fresh values.
 */
export async function recordPoolUsage(app: App, log: LogTarget): Promise<void> {
  const { landscape, azure, ledger } = app;
  const now = app.now();
  for (const { alias, id } of landscape.pools) {
    const usage = await azure.getPoolUsage(id);
    if (!usage.ok) {
      // The next run comes soon; a gap in the samples does no harm.
      const { code: errorCode, message } = usage.error;
      logEvent('pool.unreadable', { pool: alias, errorCode, message }, log);
      continue;
    }
    const counts = {
      allocatedIpAddresses: usage.value.numberOfAllocatedIpAddresses,
      totalIpAddresses: usage.value.totalNumberOfIpAddresses,
    };
    logEvent('pool.usage', { pool: alias, usedPercent: percentOf(counts), ...counts }, log);
    const aDayAgo = new Date(now.getTime() - dayMs).toISOString();
    const last = (await ledger.listPoolUsage(alias, aDayAgo)).at(-1);
    const isKnown =
      last?.allocatedIpAddresses === counts.allocatedIpAddresses &&
      last.totalIpAddresses === counts.totalIpAddresses;
    if (!isKnown) await ledger.recordPoolUsage({ pool: alias, at: now.toISOString(), ...counts });
  }
}

/** With two decimals; counts of IPv6 are beyond what a number holds. */
function percentOf(counts: Pick<PoolUsage, 'allocatedIpAddresses' | 'totalIpAddresses'>): number {
  const total = BigInt(counts.totalIpAddresses);
  if (total === 0n) return 0;
  return Number((BigInt(counts.allocatedIpAddresses) * 10_000n) / total) / 100;
}
