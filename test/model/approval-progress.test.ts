import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { approvalProgress, type DecisionOnPlan } from '../../src/model/approval-progress.ts';
import type { ApprovalStage } from '../../src/model/approval-stages.ts';
import { type JudgedDecision, judgeDecision } from '../../src/model/decisions.ts';
import type { Decider } from '../../src/model/people.ts';
import { anybodysStage, ids, sampleLandscape } from './samples.ts';

const madeAt = '2026-11-22T00:00:00.000Z';
const planHash = 'a'.repeat(64);
const hour = (hours: number) => new Date(Date.parse(madeAt) + hours * 3_600_000).toISOString();

const person = (index: number): Decider => ({
  name: `P${index}`,
  objectId: `dddddddd-0000-4000-8000-00000000010${index}`,
  tenantId: ids.managementTenant,
});
const first: ApprovalStage = { ...anybodysStage, name: 'first', approvers: ['a'], minApprovals: 2 };
const second: ApprovalStage = {
  ...anybodysStage,
  name: 'second',
  approvers: ['b'],
  timeLimitHours: 10,
  escalateAfterHours: 5,
  escalateTo: ['c'],
};
const plan = { planHash, madeAt, stages: [first, second] };

const by = (
  index: number,
  decision: string,
  stage: string | undefined,
  hours: number,
  change: Partial<DecisionOnPlan> = {},
): DecisionOnPlan => ({
  decision,
  by: person(index),
  planHash,
  at: hour(hours),
  ...(stage === undefined ? {} : { stage }),
  ...change,
});
const approve = (index: number, stage: string, hours = 1, change: Partial<DecisionOnPlan> = {}) =>
  by(index, 'approve', stage, hours, change);

const statusOf = (...decisions: DecisionOnPlan[]) => approvalProgress(plan, decisions)?.status;

describe('the progress of an approval', () => {
  test('is none where none is needed', () => {
    expect(approvalProgress({ ...plan, stages: [] }, [])).toBeUndefined();
  });

  test('begins with the first stage, when the plan was made', () => {
    expect(approvalProgress(plan, [])).toEqual({
      status: 'open',
      stage: first,
      stageNumber: 1,
      stages: 2,
      approvals: [],
      approvers: ['a'],
      escalated: false,
      startedAt: madeAt,
      deadline: hour(72),
    });
  });

  test('reaches the next stage with the approval that completes the one before, and counts its time from there', () => {
    const decisions = [approve(1, 'first', 1), approve(2, 'first', 4)];
    expect(approvalProgress(plan, decisions)).toMatchObject({
      status: 'open',
      stage: { name: 'second' },
      stageNumber: 2,
      approvals: [],
      startedAt: hour(4),
      deadline: hour(14),
    });
    const last = approve(3, 'second', 6);
    expect(approvalProgress(plan, [...decisions, last])).toMatchObject({
      status: 'approved',
      stageNumber: 2,
      approvals: [last],
      decisive: last,
    });
  });

  test('counts a person once, whatever the stage, the name and the case of the ids', () => {
    const upper = approve(1, 'first', 2, {
      by: { ...person(1), objectId: person(1).objectId.toUpperCase() },
    });
    expect(approvalProgress(plan, [approve(1, 'first'), upper])).toMatchObject({ stageNumber: 1 });
    const complete = [approve(1, 'first'), approve(2, 'first')];
    expect(statusOf(...complete, approve(1, 'second'))).toBe('open');
    expect(statusOf(...complete, approve(3, 'second'))).toBe('approved');
  });

  test('counts no approval of another plan, of another stage, or by nobody', () => {
    const others = [
      approve(1, 'first', 1, { planHash: 'b'.repeat(64) }),
      approve(2, 'second'),
      approve(3, 'first', 1, { by: {} }),
      by(4, 'approve', undefined, 1),
    ];
    expect(approvalProgress(plan, others)).toMatchObject({ stageNumber: 1, approvals: [] });
  });

  test('shows who may approve as well once the stage is escalated', () => {
    const decisions = [
      approve(1, 'first'),
      approve(2, 'first'),
      by(9, 'escalate', 'second', 6, { by: {} }),
    ];
    expect(approvalProgress(plan, decisions)).toMatchObject({
      approvers: ['b', 'c'],
      escalated: true,
    });
    expect(approvalProgress(plan, [by(9, 'escalate', 'second', 6)])).toMatchObject({
      approvers: ['a'],
      escalated: false,
    });
  });

  test('keeps a stage that anybody may complete open to anybody when it is escalated', () => {
    const open = { ...second, approvers: [] };
    const escalated = by(9, 'escalate', 'second', 6);
    expect(approvalProgress({ ...plan, stages: [open] }, [escalated])?.approvers).toEqual([]);
  });

  test('is over with a cancellation, a rejection, break-glass or the time limit', () => {
    expect(statusOf(by(1, 'break-glass', undefined, 1))).toBe('approved');
    expect(statusOf(by(1, 'reject', 'first', 1))).toBe('rejected');
    expect(statusOf(by(1, 'cancel', undefined, 1))).toBe('cancelled');
    expect(statusOf(by(1, 'expire', 'first', 72))).toBe('expired');
  });

  test('is stopped by a rejection or cancellation whatever plan they name; all else names this plan', () => {
    const elsewhere = { planHash: 'b'.repeat(64) };
    expect(statusOf(by(1, 'reject', 'first', 1, elsewhere))).toBe('rejected');
    expect(statusOf(by(1, 'cancel', undefined, 1, elsewhere))).toBe('cancelled');
    expect(statusOf(by(1, 'break-glass', undefined, 1, elsewhere))).toBe('open');
    expect(statusOf(by(1, 'expire', 'first', 1, elsewhere))).toBe('open');
  });

  test('lets a cancellation come before everything, and a rejection before an approval', () => {
    const approved = by(1, 'break-glass', undefined, 1);
    const rejected = by(2, 'reject', 'first', 2);
    const cancelled = by(3, 'cancel', undefined, 3);
    expect(statusOf(approved, rejected)).toBe('rejected');
    expect(statusOf(approved, rejected, cancelled)).toBe('cancelled');
  });
});

describe('judging and recording decisions one after the other', () => {
  const people = [0, 1, 2, 3, 4, 5, 6].map(person);
  const [requester, ...others] = people as [Decider, ...Decider[]];
  const superuser = person(6);
  const memberships = fc.dictionary(
    fc.constantFrom('a', 'b', 'c'),
    fc.subarray(people, { minLength: 1 }),
    { maxKeys: 3 },
  );
  const stageOf = (name: string) =>
    fc
      .record({
        approvers: fc.subarray(['a', 'b', 'c']),
        minApprovals: fc.integer({ min: 1, max: 3 }),
        escalateTo: fc.subarray(['a', 'b', 'c', 'operators']),
      })
      .map((one): ApprovalStage => ({ ...anybodysStage, ...one, name }));
  const stages = fc
    .integer({ min: 1, max: 3 })
    .chain((count) =>
      fc.tuple(...Array.from({ length: count }, (_, index) => stageOf(`stage-${index}`))),
    );
  const acts = fc.array(
    fc.record({
      kind: fc.constantFrom('approve', 'approve', 'approve', 'approve', 'break-glass', 'escalate'),
      who: fc.constantFrom(...people),
      ofThisPlan: fc.boolean(),
    }),
    { maxLength: 14 },
  );

  /** What the ledger holds after the acts: what was judged to count, and the policy's escalations. */
  function record(
    plan: { planHash: string; madeAt: string; stages: readonly ApprovalStage[] },
    groups: Record<string, Decider[]>,
    made: readonly { kind: string; who: Decider; ofThisPlan: boolean }[],
  ) {
    const landscape = sampleLandscape({
      policy: {
        rules: [],
        groups: Object.entries(groups).map(([name, members]) => ({ name, members })),
      },
      operators: [person(5)],
      superusers: [superuser],
    });
    const request = { id: 'R', request: { requester }, state: 'awaiting-approval', plan } as const;
    const decisions: DecisionOnPlan[] = [];
    for (const [index, { kind, who, ofThisPlan }] of made.entries()) {
      const at = hour(index);
      if (kind === 'escalate') {
        const open = approvalProgress(plan, decisions)?.stage.name ?? '';
        decisions.push({ decision: 'escalate', by: {}, stage: open, planHash, at });
        continue;
      }
      const decision: JudgedDecision = {
        decision: kind as 'approve' | 'break-glass',
        by: who,
        reason: 'r',
        ...(ofThisPlan ? {} : { planHash: 'b'.repeat(64) }),
      };
      const judged = judgeDecision(request, decision, decisions, landscape);
      if (!judged.ok || judged.value.effect !== 'apply') continue;
      const { effect: _, ...bound } = judged.value;
      decisions.push({ decision: kind, by: who, at, ...bound });
    }
    return decisions;
  }

  test('never approves without enough different people of the right groups for each stage, or a superuser', () => {
    fc.assert(
      fc.property(stages, memberships, acts, (asked, groups, made) => {
        const plan = { planHash, madeAt, stages: asked };
        const decisions = record(plan, groups, made);
        if (approvalProgress(plan, decisions)?.status !== 'approved') return;
        if (decisions.some((one) => one.decision === 'break-glass')) {
          expect(decisions.filter((one) => one.decision === 'break-glass')).toMatchObject([
            { by: superuser },
          ]);
          return;
        }
        const all = new Set<unknown>();
        for (const { name, approvers, escalateTo, minApprovals } of asked) {
          const wasEscalated = decisions.some(
            (one) => one.decision === 'escalate' && one.stage === name,
          );
          const may = [...approvers, ...(wasEscalated ? escalateTo : [])];
          const counted = decisions.filter(
            (one) =>
              one.decision === 'approve' &&
              one.stage === name &&
              one.by.objectId !== requester.objectId &&
              (approvers.length === 0 ||
                may.some((group) =>
                  (group === 'operators' ? [person(5)] : (groups[group] ?? [])).some(
                    ({ objectId }) => objectId === one.by.objectId,
                  ),
                )),
          );
          const persons = new Set(counted.map((one) => one.by.objectId));
          expect(persons.size).toBeGreaterThanOrEqual(minApprovals);
          for (const one of persons) {
            expect(all).not.toContain(one);
            all.add(one);
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('approves when everybody who may has approved, if they are enough', () => {
    fc.assert(
      fc.property(stages, (asked) => {
        const plan = { planHash, madeAt, stages: asked };
        const groups = Object.fromEntries(['a', 'b', 'c'].map((name) => [name, others]));
        const made = others.map((who) => ({ kind: 'approve', who, ofThisPlan: true }));
        const needed = asked.reduce((sum, { minApprovals }) => sum + minApprovals, 0);
        const status = approvalProgress(plan, record(plan, groups, made))?.status;
        expect(status).toBe(needed <= others.length ? 'approved' : 'open');
      }),
    );
  });
});
