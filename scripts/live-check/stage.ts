import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Azure, VirtualNetworkView } from '../../src/azure/azure.ts';
import { clouds } from '../../src/azure/clouds.ts';
import { createAzure } from '../../src/azure/create-azure.ts';
import { TenantCredentials } from '../../src/azure/credentials.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import { type Deployment, ownershipTag, type VirtualNetworkTarget } from '../../src/model/plan.ts';
import type { LiveCheck } from './options.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where the check acts, and the VNets that it may have made. */
export class Stage {
  readonly check: LiveCheck;
  readonly azure: Azure;
  readonly credentials: TenantCredentials;
  /** Part of every name and the value of every tag of this run. */
  readonly runId = `live-check-${randomBytes(4).toString('hex')}`;
  readonly made: VirtualNetworkTarget[] = [];
  #stop: AbortSignal | undefined;

  constructor(check: LiveCheck, environment: Environment, stop: AbortSignal) {
    this.check = check;
    this.#stop = stop;
    const { landscape, azure } = check;
    const cloud = clouds[azure.cloud];
    const common = { landscape, settings: environment, cloud };
    const disableInstanceDiscovery = azure.authority !== cloud.authority;
    this.azure = createAzure({ ...common, endpoints: { ...azure, disableInstanceDiscovery } });
    const { authority } = azure;
    const requestTimeoutSeconds = 60;
    this.credentials = new TenantCredentials({
      ...common,
      authority,
      disableInstanceDiscovery,
      requestTimeoutSeconds,
    });
  }

  /** A VNet of this run; random names, so that no VNet of anybody else is meant. */
  target(purpose: string): VirtualNetworkTarget {
    const { tenant, subscriptionId, resourceGroup, pool } = this.check;
    const virtualNetwork = `vnet-${this.runId}-${purpose}`;
    const target = {
      tenantAlias: tenant.alias,
      tenantId: tenant.tenantId,
      subscriptionId,
      resourceGroup,
      virtualNetwork,
      virtualNetworkId: `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Network/virtualNetworks/${virtualNetwork}`,
      location: pool.location,
    };
    this.made.push(target);
    return target;
  }

  /** From now on only patience ends the waiting. */
  ignoreStop(): void {
    this.#stop = undefined;
  }

  deployment(
    target: VirtualNetworkTarget,
    change: { readonly poolId?: string; readonly addresses?: string } = {},
  ): Deployment {
    const { pool, addresses } = this.check;
    return {
      requestId: this.runId,
      operation: 'allocate',
      target,
      allocations: [
        {
          poolAlias: pool.alias,
          poolId: change.poolId ?? pool.id,
          family: pool.family,
          numberOfIpAddresses: change.addresses ?? addresses,
        },
      ],
      subnets: [],
      tags: { [ownershipTag]: this.runId },
    };
  }

  /** Whether a VNet was made by this run. */
  isOurs = ({ tags }: VirtualNetworkView): boolean =>
    tags[ownershipTag]?.startsWith(this.runId) ?? false;

  /**
   * Looks again and again until there is an answer; how many milliseconds that took, or undefined when
   * patience ended first. @throws when the run was stopped
   */
  async until(
    look: () => Promise<boolean>,
    patienceSeconds = this.check.patienceSeconds,
  ): Promise<number | undefined> {
    const startedAt = performance.now();
    const { pollSeconds } = this.check;
    for (;;) {
      if (await look()) return Math.round(performance.now() - startedAt);
      if (performance.now() - startedAt > patienceSeconds * 1000) return undefined;
      this.#stop?.throwIfAborted();
      await sleep(pollSeconds * 1000, undefined, this.#stop ? { signal: this.#stop } : {});
    }
  }

  /** Whether the pool lists the VNet. */
  async poolLists(target: VirtualNetworkTarget): Promise<boolean> {
    const listed = unwrap(await this.azure.listPoolAssociations(this.check.pool.id));
    const id = target.virtualNetworkId.toLowerCase();
    return listed.some(({ resourceId }) => resourceId.toLowerCase() === id);
  }
}

/** @throws what Azure refused where the check cannot go on without it */
export function unwrap<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  const { message, cause, remedy } = outcome.error;
  throw new Error(`${message} ${cause} ${remedy}`);
}
