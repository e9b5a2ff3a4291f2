import { type ApprovalNews, openStageOf } from '../../src/model/approval-acts.ts';
import { approvalProgress, type DecisionOnPlan } from '../../src/model/approval-progress.ts';
import type { ApprovalStage } from '../../src/model/approval-stages.ts';
import { success } from '../../src/model/outcome.ts';
import { anybodysStage } from '../model/samples.ts';
import type { Answers } from './drive.ts';

const planHash = 'the-plan';
const person = { objectId: 'o', tenantId: 't' };

/** A decision that the ledger holds from a time on, in seconds since the start. */
export interface TimedDecision {
  readonly at: number;
  readonly decision: 'approve' | 'reject' | 'cancel' | 'break-glass';
  readonly stage?: string;
  readonly by?: string;
}

/** The activities of an approval on a ledger in memory, which people write on at given times. */
export class FakeApproval {
  readonly #stages: readonly ApprovalStage[];
  readonly #people: readonly TimedDecision[];
  readonly #startedAt: number;
  readonly #now: () => number;
  readonly #policy: DecisionOnPlan[] = [];
  readonly #told = new Map<string, ApprovalNews[]>();
  /** What was told and what the policy decided, as `requested first at 0`. */
  readonly acts: string[] = [];

  constructor(
    now: () => number,
    {
      stages = [anybodysStage],
      people = [],
    }: { stages?: readonly ApprovalStage[]; people?: readonly TimedDecision[] } = {},
  ) {
    this.#now = now;
    this.#startedAt = now();
    this.#stages = stages;
    this.#people = people;
  }

  readonly answers: Answers = {
    readApproval: () => {
      const progress = this.#progress();
      if (progress.status === 'open') {
        const told = this.#told.get(progress.stage.name) ?? [];
        return success({ status: 'open', version: 1, open: openStageOf(progress, told) });
      }
      return success({ status: progress.status, by: 'Alex' });
    },
    tellApprovers: ({ news, stage }) => {
      this.#told.set(stage, [...(this.#told.get(stage) ?? []), news]);
      this.#note(`${news} ${stage}`);
      return success(null);
    },
    decideByPolicy: ({ decision, stage }) => {
      if (this.#progress().status !== 'open') return success(null);
      const at = new Date(this.#now()).toISOString();
      this.#policy.push({ decision, stage, planHash, at, by: {} });
      this.#note(`${decision} ${stage}`);
      return success(null);
    },
  };

  #note(act: string): void {
    this.acts.push(`${act} at ${(this.#now() - this.#startedAt) / 3_600_000}`);
  }

  #progress() {
    const iso = (seconds: number) => new Date(this.#startedAt + seconds * 1000).toISOString();
    const known = this.#people
      .filter(({ at }) => this.#startedAt + at * 1000 <= this.#now())
      .map(({ at, decision, stage = 'approval', by = 'o' }) => ({
        decision,
        stage,
        planHash,
        at: iso(at),
        by: { ...person, objectId: by },
      }));
    const plan = { planHash, madeAt: iso(0), stages: this.#stages };
    const progress = approvalProgress(plan, [...known, ...this.#policy]);
    if (!progress) throw new Error('unreachable');
    return progress;
  }
}
