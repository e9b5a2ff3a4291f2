/** Numbers that a seed determines, the same on every machine (sfc32). */
export class Random {
  readonly #state: [number, number, number, number];

  constructor(seed: number) {
    this.#state = [0x9e3779b9, 0x243f6a88, seed >>> 0, Math.floor(seed / 2 ** 32) ^ 0xb7e15162];
    for (let warmUp = 0; warmUp < 20; warmUp++) this.next();
  }

  /** At least 0, below 1. */
  next(): number {
    const state = this.#state;
    const [a, b, c, d] = state;
    const sum = (((a + b) | 0) + d) | 0;
    state[3] = (d + 1) | 0;
    state[0] = b ^ (b >>> 9);
    state[1] = (c + (c << 3)) | 0;
    state[2] = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  pick<T>(list: readonly T[]): T {
    const picked = list[Math.floor(this.next() * list.length)];
    if (picked === undefined) throw new RangeError('There is nothing to pick from.');
    return picked;
  }

  /** A generator of its own, so that what one part draws does not change what another one gets. */
  fork(): Random {
    return new Random(Math.floor(this.next() * 2 ** 52));
  }
}
