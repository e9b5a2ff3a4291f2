import { usageError } from '../cli-error.ts';
import type { NamedSize, PoolChoice } from './named-values.ts';
import type { Size } from './parse-size.ts';

/** Options of `vnetv request` for a new VNet. */
export interface AllocateOptions {
  readonly tenant?: string;
  readonly subscription?: string;
  readonly resourceGroup?: string;
  readonly vnet?: string;
  readonly location?: string;
  readonly pool?: readonly PoolChoice[];
  readonly size?: number | string;
  readonly prefixLength?: number;
  readonly subnet?: readonly NamedSize[];
  readonly tag?: readonly (readonly [string, string])[];
  readonly ticket?: { readonly system: string; readonly id: string };
  readonly reason?: string;
}

/** What the API knows and need not be typed. */
export interface LookUp {
  /** The only subscription of a tenant; undefined when it has several. */
  subscriptionOf(tenant: string): Promise<string | undefined>;
  locationOf(pool: string): Promise<string | undefined>;
}

const needed = {
  tenant: '--tenant',
  resourceGroup: '--resource-group',
  vnet: '--vnet',
  pool: '--pool',
  reason: '--reason',
} as const;

/** Makes the `allocate` request that the options describe. */
export async function allocateRequest(
  id: string,
  options: AllocateOptions,
  lookUp: LookUp,
): Promise<Record<string, unknown>> {
  const { tenant = '', pool: pools = [], subnet = [], tag = [], ticket } = options;
  const allocations = pools.map((choice) => allocationOf(choice, options));
  const missing: string[] = Object.entries(needed)
    .filter(([name]) => options[name as keyof typeof needed] === undefined)
    .map(([, flag]) => flag);
  if (allocations.includes(undefined)) missing.push('--size or --prefix-length');
  if (missing.length > 0) {
    throw usageError(
      `A request for a VNet lacks ${missing.join(', ')}.`,
      'Give these options, or the whole request as JSON with -f FILE.',
    );
  }
  const subscriptionId = options.subscription ?? (await lookUp.subscriptionOf(tenant));
  if (subscriptionId === undefined) {
    throw usageError(
      `The tenant '${tenant}' has not exactly one subscription, so it must be said which one.`,
      'Give --subscription; "vnetv tenants" lists them.',
    );
  }
  const location = options.location ?? (await lookUp.locationOf(pools[0]?.pool ?? ''));
  return {
    id,
    operation: 'allocate',
    reason: options.reason,
    ...(ticket ? { ticket } : {}),
    target: {
      tenant,
      subscriptionId,
      resourceGroup: options.resourceGroup,
      virtualNetwork: options.vnet,
      ...(location === undefined ? {} : { location }),
    },
    allocations,
    ...(subnet.length > 0 ? { subnets: subnet.map(({ name, size }) => ({ name, ...size })) } : {}),
    ...(tag.length > 0 ? { tags: Object.fromEntries(tag) } : {}),
  };
}

function allocationOf(
  { pool, size: own }: PoolChoice,
  { size, prefixLength }: AllocateOptions,
): ({ readonly pool: string } & Size) | undefined {
  if (own !== undefined) return { pool, ...own };
  if (size !== undefined && prefixLength !== undefined) {
    throw usageError('--size and --prefix-length exclude one another.', 'Give one of them.');
  }
  if (size !== undefined) return { pool, numberOfIpAddresses: size };
  return prefixLength === undefined ? undefined : { pool, prefixLength };
}
