import { describe, expect, test } from 'vitest';
import { type ApprovalNews, nextAct, openStageOf } from '../../src/model/approval-acts.ts';
import { approvalProgress } from '../../src/model/approval-progress.ts';
import type { ApprovalStage } from '../../src/model/approval-stages.ts';
import { anybodysStage, firstVersion } from './samples.ts';

const start = Date.parse(firstVersion.madeAt);
const at = (hours: number) => start + hours * 3_600_000;
const planHash = 'a'.repeat(64);
const full: ApprovalStage = {
  ...anybodysStage,
  approvers: ['network'],
  remindAfterHours: 4,
  escalateAfterHours: 24,
  escalateTo: ['operators'],
};

/** What is to be done at an hour, when this was told, and perhaps escalated, before. */
function act(
  hours: number,
  told: readonly ApprovalNews[] = ['requested'],
  { escalated = false, stage = full } = {},
) {
  const decisions = escalated
    ? [{ decision: 'escalate', by: {}, stage: stage.name, planHash, at: firstVersion.madeAt }]
    : [];
  const progress = approvalProgress({ ...firstVersion, planHash, stages: [stage] }, decisions);
  if (!progress) throw new Error('unreachable');
  const next = nextAct(openStageOf(progress, told), at(hours));
  return next.act === 'wait' ? (next.until - start) / 3_600_000 : next;
}

const tell = (news: ApprovalNews) => ({ act: 'tell', news });
const decide = (decision: string) => ({ act: 'decide', decision });

describe('a stage that waits', () => {
  test('is told to its approvers first, then waits for what comes next', () => {
    expect(act(0, [])).toEqual(tell('requested'));
    expect(act(0)).toBe(4);
    expect(act(4, ['requested', 'reminded'])).toBe(24);
    expect(act(24, ['requested', 'reminded', 'escalated'], { escalated: true })).toBe(72);
  });

  test('reminds, escalates, tells the escalation and expires, each exactly when it is due', () => {
    expect(act(3.999)).toBe(4);
    expect(act(4)).toEqual(tell('reminded'));
    expect(act(24, ['requested', 'reminded'])).toEqual(decide('escalate'));
    expect(act(24, ['requested', 'reminded'], { escalated: true })).toEqual(tell('escalated'));
    expect(act(71.999, ['requested', 'reminded', 'escalated'], { escalated: true })).toBe(72);
    expect(act(72, ['requested', 'reminded', 'escalated'], { escalated: true })).toEqual(
      decide('expire'),
    );
  });

  test('leaves out what was missed and has no purpose any more', () => {
    // Nobody looked for a day: those who get it now need no reminder.
    expect(act(30)).toEqual(decide('escalate'));
    expect(act(30, ['requested', 'escalated'], { escalated: true })).toBe(72);
    expect(act(80, [])).toEqual(decide('expire'));
  });

  test('reminds after an escalation, too, where the policy wants it so', () => {
    const stage = { ...full, remindAfterHours: 30 };
    expect(act(30, ['requested', 'escalated'], { escalated: true, stage })).toEqual(
      tell('reminded'),
    );
  });

  test('only expires where the policy wants nothing else', () => {
    expect(act(0, ['requested'], { stage: anybodysStage })).toBe(72);
    expect(act(72, ['requested'], { stage: anybodysStage })).toEqual(decide('expire'));
  });
});
