import type { ErrorCode } from '../../../src/model/error-catalogue.ts';
import { type VendingError, vendingError } from '../../../src/model/errors.ts';
import type { Random } from './random.ts';

/** What can go wrong, each kind in some of the seeds only, so that each is also seen alone. */
const rates = {
  throttled: 0.04,
  busy: 0.03,
  unavailableBefore: 0.03,
  unavailableAfter: 0.05,
  noAnswerForLong: 0.01,
  tokenExpired: 0.02,
  malformedAnswer: 0.02,
  refused: 0.004,
  tokenUnavailable: 0.02,
  operationFails: 0.1,
  operationHangs: 0.05,
  operationForgotten: 0.03,
  operationSuperseded: 0.02,
  slowOperation: 0.08,
  lateAllocation: 0.25,
  lateRelease: 0.7,
  releaseHangs: 0.06,
  ledgerFails: 0.004,
  eventsFail: 0.02,
  durableClientFails: 0.03,
  repeatedCompletion: 0.04,
  messageTwice: 0.15,
  messageAgain: 0.1,
  messageLate: 0.1,
  crash: 1,
  instanceLost: 1,
  clockJump: 1,
  interference: 1,
} as const;

export type FaultKind = keyof typeof rates;

/** Which faults a run has, and how often each has happened. */
export class Faults {
  readonly #random: Random;
  readonly #rates = new Map<FaultKind, number>();
  readonly counts = new Map<FaultKind, number>();
  #isOver = false;

  constructor(random: Random) {
    this.#random = random;
    const calm = random.chance(0.1);
    for (const [kind, rate] of Object.entries(rates) as [FaultKind, number][]) {
      const isActive = !calm && random.chance(0.5);
      const strength = random.pick([0.5, 1, 1, 2, 4]);
      if (isActive) this.#rates.set(kind, Math.min(rate * strength, Math.max(rate, 0.4)));
    }
  }

  /** From now on everything goes as it should. */
  stop(): void {
    this.#isOver = true;
  }

  get areOver(): boolean {
    return this.#isOver;
  }

  isActive(kind: FaultKind): boolean {
    return !this.#isOver && this.#rates.has(kind);
  }

  /** Draws whether it happens now; `factor` makes it more or less likely. */
  strikes(kind: FaultKind, factor = 1): boolean {
    const rate = this.#isOver ? 0 : (this.#rates.get(kind) ?? 0);
    if (rate === 0 || !this.#random.chance(Math.min(rate * factor, Math.max(rate, 0.5))))
      return false;
    this.count(kind);
    return true;
  }

  count(kind: FaultKind): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
  }
}

/** An error as the real client answers it. */
export const azureError = (
  code: ErrorCode,
  message: string,
  options: Parameters<typeof vendingError>[2] = {},
): VendingError => vendingError(code, message, options);
