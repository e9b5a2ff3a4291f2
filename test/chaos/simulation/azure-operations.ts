import type { StartedOperation } from '../../../src/azure/azure.ts';
import { failure, type Outcome, success } from '../../../src/model/outcome.ts';
import { azureError, type Faults } from './faults.ts';
import type { Hold, Pool } from './pool-space.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import { secretMark } from './vocabulary.ts';
import type { Network, Operation, World } from './world.ts';

const minute = 60_000;

interface Ends {
  /** What the operation does when it succeeds. */
  readonly done: () => void;
  /** What is left of it when it fails. */
  readonly failed: () => void;
}

/** The part of Azure that goes on after it has answered: operations, and pools that take their time. */
export class AzureOperations {
  readonly #world: World;
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #faults: Faults;
  readonly #running = new Map<string, Operation & { hangs: boolean }>();
  readonly #onCalm: (() => void)[] = [];

  constructor(world: World, scheduler: Scheduler, random: Random, faults: Faults) {
    this.#world = world;
    this.#scheduler = scheduler;
    this.#random = random;
    this.#faults = faults;
  }

  /** What had hung for the sake of a fault goes on. */
  calm(): void {
    for (const go of this.#onCalm.splice(0))
      this.#scheduler.after(minute, 'a pool lets go at last', go);
  }

  /** Why a write has to wait, or undefined when it may go ahead, over what runs now if need be. */
  refuseWhileRunning(network: Network): Outcome<never> | undefined {
    const current = this.#running.get(network.guid);
    if (current?.state !== 'running') return undefined;
    if (!current.hangs && this.#random.chance(0.6)) {
      return failure(
        azureError('ResourceBusy', 'AnotherOperationInProgress', { retryAfterSeconds: 5 }),
      );
    }
    current.state = 'superseded';
    return undefined;
  }

  /** Starts an operation on a VNet that has been changed to `state` already. */
  start(network: Network, ends: Ends): Outcome<StartedOperation> {
    const serial = this.#world.serial();
    const url = `https://management.example/operations/${serial}?${secretMark}-${serial}`;
    const operation = {
      url,
      state: 'running' as Operation['state'],
      hangs: this.#faults.strikes('operationHangs'),
    };
    this.#world.operations.set(url, operation);
    this.#running.set(network.guid, operation);
    if (!operation.hangs) {
      this.#scheduler.after(this.#duration(), '', () => this.#end(network, operation, ends));
    }
    const asks = this.#random.chance(0.5);
    return success({
      resourceGuid: network.guid,
      operationUrl: this.#random.chance(0.9) ? url : undefined,
      retryAfterSeconds: asks ? this.#random.between(1, 10) : undefined,
      requestId: `request-${serial}`,
    });
  }

  #duration(): number {
    return this.#faults.strikes('slowOperation')
      ? this.#random.between(2, 25) * minute
      : this.#random.between(500, 60_000);
  }

  #end(network: Network, operation: Operation, { done, failed }: Ends): void {
    if (operation.state !== 'running' || !this.#world.exists(network)) return;
    const isFailed = this.#faults.strikes('operationFails');
    operation.state = isFailed ? 'failed' : 'succeeded';
    network.version++;
    this.#scheduler.note(`operation on ${network.guid} ${operation.state}`);
    if (isFailed) failed();
    else done();
    if (this.#faults.strikes('operationForgotten')) operation.state = 'forgotten';
  }

  /** Shows what a pool has given, on both sides, each in its time. */
  show(hold: Hold, onVirtualNetwork: () => void): void {
    const late = () =>
      this.#faults.strikes('lateAllocation') ? this.#random.between(1_000, 5 * minute) : 0;
    const [first, second] = [late(), late()];
    if (first === 0) onVirtualNetwork();
    else this.#scheduler.after(first, 'a prefix shows, late', onVirtualNetwork);
    if (second === 0) hold.isListed = true;
    else {
      this.#scheduler.after(second, 'an association shows, late', () => {
        hold.isListed = true;
      });
    }
  }

  /** The pool takes its space back, sooner or later. */
  release(pool: Pool, hold: Hold): void {
    if (hold.isReleasing) return;
    hold.isReleasing = true;
    hold.isListed = true;
    const go = () => {
      const index = pool.holds.indexOf(hold);
      if (index >= 0) pool.holds.splice(index, 1);
    };
    if (this.#faults.strikes('releaseHangs')) this.#onCalm.push(go);
    else if (this.#faults.strikes('lateRelease')) {
      this.#scheduler.after(this.#random.between(1_000, 20 * minute), 'a pool lets go, late', go);
    } else go();
  }

  releaseAll(network: Network): void {
    for (const { pool, hold } of this.#world.holdsOf(network)) this.release(pool, hold);
  }
}
