import type { PoolSummary } from '../../model/api/pool-views.ts';

export interface PoolUsage {
  readonly total: bigint;
  readonly allocated: bigint;
  /** Held back: neither given to a VNet nor to be given. */
  readonly reserved: bigint;
  readonly free: bigint;
  readonly level: 'roomy' | 'nearly-full' | 'full';
}

/** With less than a tenth free, whoever looks after the pool should think about more. */
const nearlyFullBelow = 10n;

/** The counts of a pool; undefined where the API could not read them. */
export function poolUsageOf(pool: PoolSummary): PoolUsage | undefined {
  const { totalIpAddresses, allocatedIpAddresses, availableIpAddresses } = pool;
  if (totalIpAddresses === undefined || allocatedIpAddresses === undefined) return undefined;
  const total = BigInt(totalIpAddresses);
  const allocated = BigInt(allocatedIpAddresses);
  const rest = total > allocated ? total - allocated : 0n;
  const told = availableIpAddresses === undefined ? rest : BigInt(availableIpAddresses);
  const free = told < rest ? told : rest;
  const level =
    free === 0n ? 'full' : free * 100n < total * nearlyFullBelow ? 'nearly-full' : 'roomy';
  return { total, allocated, reserved: rest - free, free, level };
}
