import type { RequestEvent } from '../../../src/model/events.ts';
import { approvers, groups, operators, type Person, requesters, superusers } from './landscape.ts';
import type { Random } from './random.ts';
import { encode, type MadeMessage, type MadeRequest, type RequestMaker } from './request-maker.ts';
import type { Scheduler } from './scheduler.ts';

const minute = 60_000;

interface PeopleParts {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly maker: RequestMaker;
  /** What was sent under each id. */
  readonly requests: Map<string, MadeRequest[]>;
  readonly send: (message: MadeMessage) => void;
  /** Cures what an operator can cure of a request before resuming it. */
  readonly cure: (request: MadeRequest) => void;
}

const mostResumptions = 4;

/** Requesters, approvers and operators: they act on what they are told by events, and sometimes without. */
export class People {
  readonly #parts: PeopleParts;
  readonly #asked = new Set<string>();
  readonly #resumptions = new Map<string, number>();
  #serial = 0;

  constructor(parts: PeopleParts) {
    this.#parts = parts;
  }

  /** Sends requests, contradictions and bad messages, over the first hour. */
  begin(count: number): void {
    const { scheduler, random, maker, send } = this.#parts;
    // Now and then all at once, about few VNets.
    const span = random.pick([60, 60, 2]) * minute;
    maker.crowd(span < 60 * minute);
    for (let index = 0; index < count; index++) {
      scheduler.after(random.between(0, span), '', () => this.#request());
    }
    for (let bad = random.pick([0, 0, 1, 2]); bad > 0; bad--) {
      scheduler.after(random.between(0, 60 * minute), '', () => send(maker.bad()));
    }
  }

  #request(): void {
    const { scheduler, random, maker } = this.#parts;
    const request = maker.request();
    this.#send(request);
    if (random.chance(0.12)) {
      const delayMs = random.between(1, 90 * minute);
      scheduler.after(delayMs, '', () => this.#send(maker.contradiction(request)));
    }
    if (random.chance(0.12)) {
      scheduler.after(random.between(1, 120 * minute), '', () => this.#send(request));
    }
    if (random.chance(0.15)) {
      const delayMs = random.pick([1, 5, 60]) * minute * random.next();
      scheduler.after(delayMs, '', () =>
        this.#decide(request.id, 'cancel', random.pick(requesters)),
      );
    }
  }

  #send(request: MadeRequest): void {
    const { random, maker, send } = this.#parts;
    const known = this.#parts.requests.get(request.id) ?? [];
    this.#parts.requests.set(request.id, [...known, request]);
    const body = random.chance(0.3) ? maker.envelope(request) : request;
    send({ messageId: `message-${request.id}-${known.length}`, body: encode(body), isBad: false });
  }

  /** What an event makes somebody do. */
  hear(event: RequestEvent): void {
    const { type, subject } = event;
    if (subject === undefined) return;
    if (/\.approval\.(requested|reminded|escalated)\.v1$/.test(type)) {
      this.#beAsked(subject, event);
    }
    if (/compensation-failed/.test(type)) this.#considerResuming(subject);
  }

  #beAsked(id: string, event: RequestEvent): void {
    const { scheduler, random } = this.#parts;
    if (this.#asked.has(event.id)) return;
    this.#asked.add(event.id);
    const { approvers: names = [], planHash } = event.data as {
      readonly approvers?: readonly string[];
      readonly planHash?: string;
    };
    const asked = names.flatMap((name) => groups[name as keyof typeof groups] ?? []);
    const later = () => random.between(1, random.pick([5, 30, 100])) * minute;
    const request = this.#parts.requests.get(id)?.[0];
    const own = requesters.find(({ name }) => name === request?.requester.name) ?? requesters[0];
    const decide = (decision: string, by: Person) =>
      scheduler.after(later(), '', () =>
        this.#decide(id, decision, by, random.chance(0.5) ? planHash : undefined),
      );
    if (random.chance(0.15) && own) decide('approve', own);
    if (random.chance(0.1)) decide('reject', random.pick(approvers));
    if (random.chance(0.1)) {
      const somebody = [...superusers, ...superusers, ...operators, ...requesters];
      decide('break-glass', random.pick(somebody));
    }
    for (let decisions = random.pick([0, 1, 2, 3]); decisions > 0; decisions--) {
      const by = random.chance(0.85)
        ? random.pick(asked.length > 0 ? asked : approvers)
        : random.pick([...approvers, ...requesters, ...operators, ...superusers]);
      decide('approve', by);
    }
  }

  cancel(request: string): void {
    this.#decide(request, 'cancel', this.#parts.random.pick([...requesters, ...operators]));
  }

  #decide(request: string, decision: string, by: Person, planHash?: string): void {
    const { random, send } = this.#parts;
    const id = `DEC-${++this.#serial}`;
    const message = {
      ...(random.chance(0.7) ? { id } : {}),
      operation: 'decide',
      request,
      decision,
      by,
      reason: `because of ${id}`,
      ...(planHash === undefined ? {} : { planHash }),
    };
    send({ messageId: `message-${id}`, body: encode(message), isBad: false });
  }

  #considerResuming(id: string): void {
    const { scheduler, random } = this.#parts;
    const before = this.#resumptions.get(id) ?? 0;
    if (before >= mostResumptions) return;
    this.#resumptions.set(id, before + 1);
    const by = random.chance(0.85) ? random.pick(operators) : random.pick(approvers);
    scheduler.after(random.between(1, 60) * minute, '', () => this.resume(id, by));
  }

  resume(request: string, by: Person = this.#parts.random.pick(operators)): void {
    const asked = this.#parts.requests.get(request)?.[0];
    if (asked) this.#parts.cure(asked);
    const id = `RES-${++this.#serial}`;
    const message = { id, operation: 'resume', request, by, reason: 'the cause is cured' };
    this.#parts.send({ messageId: `message-${id}`, body: encode(message), isBad: false });
  }
}
