import type { Azure, StartedOperation } from '../../../src/azure/azure.ts';
import { failure, type Outcome, success } from '../../../src/model/outcome.ts';
import type { VirtualNetworkTarget } from '../../../src/model/plan.ts';
import { AzureOperations } from './azure-operations.ts';
import { AzureWrites, nothingToDelete, type Written } from './azure-writes.ts';
import { azureError, type Faults } from './faults.ts';
import { documentOf, viewOf } from './network-document.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import type { WorkerProcess } from './worker-process.ts';
import { type Effect, keyOf, type Network, type World } from './world.ts';

/** Who calls: an activity of a request, in one life of the process. */
export interface Caller {
  readonly requestId: string;
  readonly activity: string;
  readonly epoch: number;
}

export interface AzureParts {
  readonly world: World;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly faults: Faults;
  readonly process: WorkerProcess;
  readonly resourceGroups: readonly string[];
  /** Subscriptions without a connection of the network manager. */
  readonly unconnected: readonly string[];
  /** Told of every change that the product makes. */
  readonly onEffect: (effect: Effect) => Promise<void>;
  /** Told when a caller has heard of a VNet, or that there is none. */
  readonly onRead: (caller: Caller, networkId: string) => void;
}

/** A request reads often and writes seldom; a fault of a write is what is worth seeing. */
const [readFactor, writeFactor] = [0.4, 3];

/** Longest time that a call is under way; the process takes longer than this to start again. */
const longestTravelMs = 4_000;

/** Azure as far as the product asks it, in memory, on the world, with faults. Independent of the product's code. */
export class AzureModel {
  readonly #parts: AzureParts;
  readonly operations: AzureOperations;
  readonly #writes: AzureWrites;
  calls = 0;

  constructor(parts: AzureParts) {
    const { world, scheduler, random, faults } = parts;
    this.#parts = parts;
    this.operations = new AzureOperations(world, scheduler, random, faults);
    this.#writes = new AzureWrites(world, this.operations);
  }

  /** Azure as one caller sees it. */
  for(caller: Caller): Azure {
    const read = <T>(what: string, answer: () => Outcome<T>) =>
      this.#call(caller, what, false, async () => answer());
    return {
      checkToken: (tenantId) => read(`token ${tenantId.slice(0, 8)}`, () => this.#token()),
      listPermissions: () =>
        read('permissions', () => success([{ actions: ['*'], notActions: [] }])),
      getResourceGroup: (_tenant, _subscription, name) =>
        read(`group ${name}`, () =>
          success(this.#hasGroup(name) ? { location: 'centralus' } : null),
        ),
      getVirtualNetwork: (target) =>
        read(`read ${target.virtualNetwork}`, () => {
          const network = this.#network(target);
          return success(network ? viewOf(network) : null);
        }).then((found) => this.#tell(caller, target, found)),
      readVirtualNetwork: (target) =>
        read(`read whole ${target.virtualNetwork}`, () => {
          const network = this.#network(target);
          return success(network ? { view: viewOf(network), document: documentOf(network) } : null);
        }).then((found) => this.#tell(caller, target, found)),
      listLocks: (target) =>
        read(`locks ${target.virtualNetwork}`, () =>
          success(this.#network(target)?.locks.slice() ?? []),
        ),
      ...this.#poolReads(read),
      pollOperation: (_target, url) => read('poll', () => this.#poll(url)),
      listScopeConnections: (_tenant, subscriptionId) =>
        read('connections', () =>
          success(
            this.#parts.unconnected.includes(subscriptionId)
              ? []
              : [{ name: 'simulated', state: 'Connected' as const }],
          ),
        ),
      ...this.#writesOf(caller),
    };
  }

  #poolReads(read: <T>(what: string, answer: () => Outcome<T>) => Promise<Outcome<T>>) {
    const of = <T>(poolId: string, answer: (pool: World['pools'][number]) => T): Outcome<T> => {
      const pool = this.#parts.world.pool(poolId);
      return pool
        ? success(answer(pool))
        : failure(azureError('NotFound', 'There is no such pool.'));
    };
    const nameOf = (poolId: string) => poolId.split('/').at(-1);
    const reads: Pick<Azure, 'getPool' | 'getPoolUsage' | 'listPoolAssociations'> = {
      getPool: (poolId) =>
        read(`pool ${nameOf(poolId)}`, () =>
          of(poolId, ({ location, family, prefix }) => ({
            location,
            family,
            addressPrefixes: [prefix],
          })),
        ),
      getPoolUsage: (poolId) =>
        read(`usage ${nameOf(poolId)}`, () =>
          of(poolId, (pool) => ({
            addressPrefixes: [pool.prefix],
            availableAddressPrefixes: pool.freePrefixes(),
            numberOfAllocatedIpAddresses: String(pool.allocated),
            numberOfAvailableIpAddresses: String(pool.total - pool.allocated),
            totalNumberOfIpAddresses: String(pool.total),
          })),
        ),
      listPoolAssociations: (poolId) =>
        read(`associations ${nameOf(poolId)}`, () =>
          of(poolId, (pool) =>
            pool.holds
              .filter(({ isListed }) => isListed)
              .map(({ networkId, prefixes }) => ({ resourceId: networkId, prefixes })),
          ),
        ),
    };
    return reads;
  }

  #writesOf(caller: Caller) {
    const writes: Pick<
      Azure,
      | 'createVirtualNetwork'
      | 'updateVirtualNetwork'
      | 'deleteVirtualNetwork'
      | 'deletePeering'
      | 'createPeering'
    > = {
      createVirtualNetwork: (deployment) =>
        this.#write(caller, 'create', deployment.target, () =>
          this.#writes.create(deployment, caller.requestId),
        ).then((put) => this.#tell(caller, deployment.target, put)) as Promise<
          Outcome<StartedOperation>
        >,
      updateVirtualNetwork: (target, document, etag) =>
        this.#write(caller, 'update', target, () =>
          this.#onExisting(target, etag, (network) => this.#writes.update(network, document)),
        ) as Promise<Outcome<StartedOperation>>,
      deleteVirtualNetwork: (target, etag) =>
        this.#write(caller, 'delete', target, () =>
          this.#network(target)
            ? this.#onExisting(target, etag, (network) => this.#writes.delete(network))
            : nothingToDelete,
        ),
      deletePeering: (target, name) =>
        this.#write(caller, 'delete-peering', target, () => {
          const isThere = this.#network(target)?.peerings.some((peering) => peering.name === name);
          if (!isThere) return nothingToDelete;
          return this.#onExisting(target, undefined, (network) =>
            this.#writes.changePeerings(network, (all) => all.filter((one) => one.name !== name)),
          );
        }),
      createPeering: (target, name, document) =>
        this.#write(caller, 'create-peering', target, () =>
          this.#onExisting(target, undefined, (network) =>
            this.#writes.changePeerings(network, (all) => [
              ...all.filter((one) => one.name !== name),
              { name, properties: (document['properties'] ?? document) as Record<string, unknown> },
            ]),
          ),
        ) as Promise<Outcome<StartedOperation>>,
    };
    return writes;
  }

  #onExisting(
    target: VirtualNetworkTarget,
    etag: string | undefined,
    change: (network: Network) => Written,
  ): Written {
    const network = this.#network(target);
    if (!network) return { outcome: failure(azureError('NotFound', 'There is no such VNet.')) };
    if (etag !== undefined && viewOf(network).etag !== etag) {
      return { outcome: failure(azureError('PreconditionFailed', 'The VNet changed.')) };
    }
    return change(network);
  }

  #write(
    caller: Caller,
    kind: Effect['kind'],
    target: VirtualNetworkTarget,
    change: () => Written,
  ): Promise<Outcome<StartedOperation | null>> {
    const { scheduler, onEffect } = this.#parts;
    return this.#call(caller, `${kind} ${target.virtualNetwork}`, true, async () => {
      const { outcome, before, after } = change();
      if (outcome.ok && (before || after)) {
        const { requestId, activity } = caller;
        await onEffect({
          kind,
          requestId,
          activity,
          at: scheduler.now,
          ...(before ? { before } : {}),
          ...(after ? { after } : {}),
        });
      }
      return outcome;
    });
  }

  /**
   * One call: it travels, it arrives, it is answered or not. A crash leaves what is under way to arrive or
   * to be lost; nobody hears its answer.
   */
  #call<T>(
    { requestId, activity, epoch }: Caller,
    what: string,
    isWrite: boolean,
    effect: () => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    const { scheduler, random, process } = this.#parts;
    const label = `${requestId} ${activity}: ${what}`;
    this.calls++;
    const travelMs = random.chance(0.1)
      ? random.between(500, longestTravelMs)
      : random.between(5, 300);
    return new Promise((resolve) => {
      scheduler.after(travelMs, label, async () => {
        const isOrphan = process.epoch !== epoch;
        if (isOrphan && (!isWrite || random.chance(0.5))) return;
        const { outcome, delayMs, fault } = await this.#answer(isWrite, effect);
        const told = outcome.ok ? 'ok' : outcome.error.code;
        scheduler.note(`  -> ${told}${fault ? ` (${fault})` : ''}${isOrphan ? ' (orphan)' : ''}`);
        const answer = () => {
          if (process.epoch === epoch) resolve(outcome);
        };
        if (delayMs === 0) answer();
        else scheduler.after(delayMs, `${label}: no answer came`, answer);
      });
    });
  }

  async #answer<T>(
    isWrite: boolean,
    effect: () => Promise<Outcome<T>>,
  ): Promise<{ outcome: Outcome<T>; delayMs: number; fault?: string }> {
    const { faults, random } = this.#parts;
    const factor = isWrite ? writeFactor : readFactor;
    const before = this.#faultBefore(isWrite);
    if (before) return { outcome: failure(before.error), delayMs: before.delayMs, fault: 'before' };
    const outcome = await effect();
    if (faults.strikes('unavailableAfter', factor)) {
      const error = azureError('AzureUnavailable', 'The connection broke.');
      return { outcome: failure(error), delayMs: random.chance(0.3) ? 100_000 : 0, fault: 'after' };
    }
    if (faults.strikes('malformedAnswer', factor)) {
      const error = azureError('AzureAnswerInvalid', 'The answer is unusable.');
      return { outcome: failure(error), delayMs: 0, fault: 'after' };
    }
    return { outcome, delayMs: 0 };
  }

  #faultBefore(isWrite: boolean) {
    const { faults, random } = this.#parts;
    const factor = isWrite ? writeFactor : readFactor;
    const now = (error: ReturnType<typeof azureError>) => ({ error, delayMs: 0 });
    if (faults.strikes('throttled', factor)) {
      const options = random.chance(0.5) ? { retryAfterSeconds: random.between(1, 90) } : {};
      return now(azureError('Throttled', 'TooManyRequests', options));
    }
    if (isWrite && faults.strikes('busy', factor))
      return now(azureError('ResourceBusy', 'AnotherOperationInProgress'));
    if (faults.strikes('unavailableBefore', factor))
      return now(azureError('AzureUnavailable', 'ServiceUnavailable'));
    if (faults.strikes('noAnswerForLong', factor)) {
      return { error: azureError('AzureUnavailable', 'No answer came in time.'), delayMs: 100_000 };
    }
    if (faults.strikes('tokenExpired', factor))
      return now(azureError('AuthenticationFailed', 'ExpiredAuthenticationToken'));
    if (isWrite && faults.strikes('refused', factor))
      return now(azureError('AzureRefused', 'RequestDisallowedByPolicy', { kind: 'operator' }));
    return undefined;
  }

  #token(): Outcome<{ objectId: string }> {
    return this.#parts.faults.strikes('tokenUnavailable')
      ? failure(azureError('TokenUnavailable', 'Entra ID issued no token.'))
      : success({ objectId: 'the-application' });
  }

  #poll(url: string): ReturnType<Azure['pollOperation']> extends Promise<infer T> ? T : never {
    const operation = this.#parts.world.operations.get(url);
    if (this.#parts.faults.strikes('operationSuperseded') || operation?.state === 'superseded') {
      return failure(
        azureError('OperationSuperseded', 'CanceledAndSupersededDueToAnotherOperation'),
      );
    }
    switch (operation?.state) {
      case 'running':
      case 'succeeded':
        return success({
          status: operation.state,
          retryAfterSeconds: this.#parts.random.chance(0.3)
            ? this.#parts.random.between(1, 20)
            : undefined,
        });
      case 'failed':
        return failure(azureError('OperationFailed', 'The operation ended Failed.'));
      default:
        return failure(azureError('NotFound', 'Azure has forgotten the operation.'));
    }
  }

  #hasGroup(name: string): boolean {
    return this.#parts.resourceGroups.some((group) => keyOf(group) === keyOf(name));
  }

  /** Lets the oracle know what the caller has heard of a VNet. */
  #tell<T>(
    caller: Caller,
    { virtualNetworkId }: VirtualNetworkTarget,
    heard: Outcome<T>,
  ): Outcome<T> {
    if (heard.ok) this.#parts.onRead(caller, virtualNetworkId);
    return heard;
  }

  #network(target: VirtualNetworkTarget): Network | undefined {
    return this.#parts.world.network(target.virtualNetworkId);
  }
}
