import { createHash } from 'node:crypto';
import type { Random } from './random.ts';

interface Event {
  readonly at: number;
  /** Drawn by the seed: the order of what happens at the same time. */
  readonly rank: number;
  readonly what: string;
  readonly run: () => void | Promise<void>;
}

const linesKept = 300;

/**
 * Owns time and all concurrency: whatever happens is an event, one at a time. When and in which order is
 * drawn by the seed. The product's code runs between two events until it waits for the next one.
 */
export class Scheduler {
  readonly #random: Random;
  readonly #events: Event[] = [];
  readonly #hash = createHash('sha256');
  readonly #lines: string[] = [];
  readonly #keepAll: boolean;
  readonly startedAt = Date.parse('2026-01-05T08:00:00Z');
  #now = this.startedAt;
  #steps = 0;

  constructor(random: Random, keepAll: boolean) {
    this.#random = random;
    this.#keepAll = keepAll;
  }

  /** Milliseconds since 1970, as nobody's clock shows it: true time. */
  get now(): number {
    return this.#now;
  }

  get seconds(): number {
    return (this.#now - this.startedAt) / 1000;
  }

  get steps(): number {
    return this.#steps;
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  after(delayMs: number, what: string, run: Event['run']): void {
    const at = this.#now + Math.max(0, Math.round(delayMs));
    push(this.#events, { at, rank: this.#random.next(), what, run });
  }

  /** Lets the next event happen; false when there is none. */
  async step(): Promise<boolean> {
    const event = pop(this.#events);
    if (!event) return false;
    this.#now = event.at;
    this.#steps++;
    if (event.what !== '') this.note(event.what);
    await event.run();
    await settled();
    return true;
  }

  /** The lines that led here. */
  recentLines(count: number): readonly string[] {
    return this.#lines.slice(-count);
  }

  /** A line of the trace; the hash of all lines tells whether two runs were the same. */
  note(line: string): void {
    const text = `${this.seconds.toFixed(3).padStart(12)} ${line}`;
    this.#hash.update(text).update('\n');
    this.#lines.push(text);
    if (!this.#keepAll && this.#lines.length > 2 * linesKept) this.#lines.splice(0, linesKept);
  }

  traceHash(): string {
    return this.#hash.copy().digest('hex');
  }
}

/** Resolves when no code can go on without another event: nothing here waits for anything but promises. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const isBefore = (a: Event, b: Event): boolean => (a.at !== b.at ? a.at < b.at : a.rank < b.rank);

/** A binary heap. */
function push(heap: Event[], event: Event): void {
  let index = heap.length;
  heap.push(event);
  while (index > 0) {
    const above = (index - 1) >> 1;
    const parent = heap[above] as Event;
    if (!isBefore(event, parent)) break;
    heap[index] = parent;
    index = above;
  }
  heap[index] = event;
}

function pop(heap: Event[]): Event | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
  let index = 0;
  for (;;) {
    let below = 2 * index + 1;
    if (below >= heap.length) break;
    if (below + 1 < heap.length && isBefore(heap[below + 1] as Event, heap[below] as Event))
      below++;
    if (!isBefore(heap[below] as Event, last)) break;
    heap[index] = heap[below] as Event;
    index = below;
  }
  heap[index] = last;
  return first;
}
