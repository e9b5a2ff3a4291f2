import { describe, expect, test } from 'vitest';
import {
  type ApprovalStage,
  resolveStages,
  stagesWithOperator,
} from '../../src/model/approval-stages.ts';
import { anybodysStage, sampleLandscape } from './samples.ts';

const { policy } = sampleLandscape({ policy: { rules: [], approvalTimeLimitHours: 8 } });
const named = (name: string, change: Partial<ApprovalStage> = {}): ApprovalStage => ({
  ...anybodysStage,
  name,
  approvers: ['network'],
  ...change,
});

describe('the stages of an approval', () => {
  test('are those of the rule, or else of the policy, with its time limit unless they have one', () => {
    const own = [
      { name: 'own', approvers: [], minApprovals: 2, escalateTo: [], timeLimitHours: 3 },
    ];
    expect(resolveStages(own, policy)).toEqual(own);
    expect(resolveStages(undefined, policy)).toEqual([
      { name: 'approval', approvers: [], minApprovals: 1, escalateTo: [], timeLimitHours: 8 },
    ]);
  });

  test('end with one of operators where an operator must approve', () => {
    const operators = {
      ...anybodysStage,
      name: 'operators',
      approvers: ['operators'],
      timeLimitHours: 8,
    };
    expect(stagesWithOperator([named('first')], policy)).toEqual([named('first'), operators]);
    expect(stagesWithOperator([], policy)).toEqual([operators]);
    // What an operator can complete alone needs nobody else.
    expect(stagesWithOperator([anybodysStage], policy)).toEqual([operators]);
    const two = { ...anybodysStage, minApprovals: 2 };
    expect(stagesWithOperator([two], policy)).toEqual([two, operators]);
  });

  test('need no other one where one is of operators alone', () => {
    const theirs = named('theirs', { approvers: ['operators'] });
    expect(stagesWithOperator([theirs], policy)).toEqual([theirs]);
    const mixed = named('mixed', { approvers: ['operators', 'network'] });
    expect(stagesWithOperator([mixed], policy)).toHaveLength(2);
    const escalating = named('esc', { approvers: ['operators'], escalateTo: ['network'] });
    expect(stagesWithOperator([escalating], policy)).toHaveLength(2);
  });
});
