import type { Decision, DecisionOptions, Ledger } from '../../../src/ledger/ledger.ts';
import type { RequestEvent } from '../../../src/model/events.ts';
import type { Caller } from './azure-model.ts';
import type { MadeMessage, MadeRequest } from './request-maker.ts';
import { checkClose, type Remains } from './rules-at-close.ts';
import { checkEnd } from './rules-at-end.ts';
import { checkDecision, checkEffect } from './rules-on-effects.ts';
import { checkQuota, checkQuotasAtClose, Holdings } from './rules-on-quotas.ts';
import type { Scheduler } from './scheduler.ts';
import { endStates } from './vocabulary.ts';
import { type Effect, keyOf, type World } from './world.ts';

const linesTold = 80;

export interface Violation {
  readonly rule: number;
  readonly text: string;
}

export interface Witnessed {
  readonly world: World;
  readonly scheduler: Scheduler;
  readonly ledger: Ledger;
  readonly requests: ReadonlyMap<string, readonly MadeRequest[]>;
}

/** An end of a request, as it was recorded. */
export interface RecordedEnd {
  readonly requestId: string;
  readonly state: string;
  readonly at: number;
}

/**
 * Holds the rules of the design against what happened: the world, the messages that were sent, the events
 * and the records. It knows nothing of how the product works, and uses none of its judgements.
 */
export class Oracle {
  readonly witnessed: Witnessed;
  readonly violations: Violation[] = [];
  /** The lines that led to the first violation. */
  traceOfFirst: readonly string[] | undefined;
  readonly effects: Effect[] = [];
  readonly events: RequestEvent[] = [];
  readonly ends: RecordedEnd[] = [];
  readonly sent: MadeMessage[] = [];
  readonly logs: string[] = [];
  /** How often a request began to take back what it had done. */
  compensations = 0;
  /** True time of each decision that was recorded. */
  readonly decisions: { readonly decision: Decision; readonly at: number }[] = [];
  readonly #remembered = new Set<string>();
  readonly #lastReads = new Map<string, number>();
  readonly #holdings: Holdings;
  /** Current state by request, as recorded. */
  readonly #states = new Map<string, string>();

  constructor(witnessed: Witnessed) {
    this.witnessed = witnessed;
    this.#holdings = new Holdings(witnessed);
  }

  report(rule: number, text: string): void {
    if (this.violations.some((known) => known.rule === rule && known.text === text)) return;
    this.violations.push({ rule, text });
    this.witnessed.scheduler.note(`VIOLATION of rule ${rule}: ${text}`);
    this.traceOfFirst ??= this.witnessed.scheduler.recentLines(linesTold);
  }

  onRead({ requestId }: Caller, networkId: string): void {
    this.#lastReads.set(`${requestId} ${keyOf(networkId)}`, this.witnessed.scheduler.now);
  }

  /** When the request last looked at the VNet. */
  lastRead(requestId: string, networkId: string): number {
    return this.#lastReads.get(`${requestId} ${keyOf(networkId)}`) ?? 0;
  }

  /** Whether the request has written down that this is the VNet which it made. */
  remembers(requestId: string, guid: string): boolean {
    return this.#remembered.has(`${requestId} ${guid}`);
  }

  /** Whether somebody changed the VNet from a time on. */
  wasInterfered(networkId: string, since: number): boolean {
    return this.witnessed.world.interferences.some(
      (one) => keyOf(one.networkId) === keyOf(networkId) && one.at >= since,
    );
  }

  async onEffect(effect: Effect): Promise<void> {
    this.effects.push(effect);
    await checkEffect(this, effect);
    this.#holdings.note(effect);
    checkQuota(this, this.#holdings, effect);
  }

  /** After each write of the ledger by the product. */
  async onLedger(method: string, args: readonly unknown[], answer: unknown): Promise<void> {
    if (method === 'recordDecision' && answer === 'recorded') {
      const decision = args[0] as Decision;
      this.decisions.push({ decision, at: this.witnessed.scheduler.now });
      await checkDecision(this, decision);
      if ((args[1] as DecisionOptions | undefined)?.change)
        this.#states.set(decision.requestId, 'compensating');
    }
    if (method === 'putStepState') {
      const [requestId, step, state] = args as [string, string, { resourceGuid?: string }];
      if (step === 'deploy') this.#remembered.add(`${requestId} ${state.resourceGuid}`);
    }
    if (method !== 'updateRequest') return;
    const [requestId, { state }] = args as [string, { state: string }];
    const before = this.#states.get(requestId);
    this.#states.set(requestId, state);
    if (before === state) return;
    if (state === 'compensating') this.compensations++;
    if (!endStates.has(state)) return;
    const end = { requestId, state, at: this.witnessed.scheduler.now };
    this.ends.push(end);
    await checkEnd(this, end);
  }

  /** When everything is over. */
  async close(remains: Remains): Promise<void> {
    await checkClose(this, remains);
    await checkQuotasAtClose(this, this.#holdings);
  }
}
