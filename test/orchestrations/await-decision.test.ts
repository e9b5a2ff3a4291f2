import { expect, it } from 'vitest';
import type { ApprovalStage } from '../../src/model/approval-stages.ts';
import { vendingError } from '../../src/model/errors.ts';
import { failure, success } from '../../src/model/outcome.ts';
import type { AwaitDecisionInput } from '../../src/orchestrations/await-decision.ts';
import { anybodysStage } from '../model/samples.ts';
import { type Answers, Driver } from './drive.ts';
import { FakeApproval, type TimedDecision } from './fake-approval.ts';

const hour = 3600;
const day = 24 * hour;
const input: AwaitDecisionInput = { requestId: 'REQ-1', retrySeconds: 60 };

interface Case {
  readonly people?: readonly TimedDecision[];
  readonly wakeAtSeconds?: number;
  readonly stages?: readonly ApprovalStage[];
  readonly answers?: Answers;
}

function awaitDecision({ people = [], wakeAtSeconds, stages, answers = {} }: Case = {}) {
  const options = wakeAtSeconds === undefined ? {} : { wakeAtSeconds };
  const driver: Driver = new Driver({}, options);
  const approval = new FakeApproval(() => driver.now, { people, ...(stages ? { stages } : {}) });
  driver.answer({ ...approval.answers, ...answers });
  return { ...driver.run('awaitDecision', input), acts: approval.acts };
}

const approval = (at: number, change: Partial<TimedDecision> = {}): TimedDecision => ({
  at,
  decision: 'approve',
  ...change,
});
const approved = success({ status: 'approved', by: 'Alex' });
const expired = success({ status: 'expired', by: 'Alex' });

it('a decision is seen at once when its event wakes the workflow', () => {
  const run = awaitDecision({ people: [approval(100)], wakeAtSeconds: 100 });
  expect(run.output).toEqual(approved);
  expect(run.seconds).toBe(100);
  expect(run.openTimers).toBe(0);
});

it('a decision whose event was lost is seen within a quarter of an hour', () => {
  const run = awaitDecision({ people: [approval(10_000)] });
  expect(run.output).toEqual(approved);
  expect(run.seconds - 10_000).toBeLessThanOrEqual(15 * 60);
});

it('an event without a decision of the ledger decides nothing', () => {
  expect(awaitDecision({ wakeAtSeconds: 100 }).output).toEqual(expired);
});

it('the wait ends exactly at its time limit, by a decision of the policy, after a last look', () => {
  const run = awaitDecision();
  expect(run.output).toEqual(expired);
  expect(run.seconds).toBe(3 * day);
  expect(run.acts).toEqual(['requested approval at 0', 'expire approval at 72']);

  expect(awaitDecision({ people: [approval(3 * day)] }).output).toEqual(approved);
});

it('approvers are told once, reminded, and those it is escalated to are told, each in its time', () => {
  const stage = {
    ...anybodysStage,
    approvers: ['network'],
    remindAfterHours: 4,
    escalateAfterHours: 24,
    escalateTo: ['operators'],
  };
  expect(awaitDecision({ stages: [stage] }).acts).toEqual([
    'requested approval at 0',
    'reminded approval at 4',
    'escalate approval at 24',
    'escalated approval at 24',
    'expire approval at 72',
  ]);
});

it('the next stage is asked when the one before is complete, with a time limit of its own', () => {
  const stages = [
    { ...anybodysStage, name: 'first', minApprovals: 2 },
    { ...anybodysStage, name: 'second', timeLimitHours: 1 },
  ];
  const people = [
    approval(hour, { stage: 'first', by: 'a' }),
    approval(10 * hour, { stage: 'first', by: 'b' }),
  ];
  const run = awaitDecision({ stages, people });
  expect(run.acts).toEqual([
    'requested first at 0',
    'requested second at 10',
    'expire second at 11',
  ]);
  const last = approval(10.5 * hour, { stage: 'second', by: 'c' });
  expect(awaitDecision({ stages, people: [...people, last] }).output).toEqual(approved);
});

it.each([
  ['reject', 'rejected'],
  ['cancel', 'cancelled'],
  ['break-glass', 'approved'],
] as const)('%s ends the wait in whatever stage it is', (decision, status) => {
  const stages = [anybodysStage, { ...anybodysStage, name: 'second' }];
  const people = [approval(hour), approval(2 * hour, { decision, by: 'b' })];
  const run = awaitDecision({ stages, people });
  expect(run.output).toEqual(success({ status, by: 'Alex' }));
});

it('a policy that loses the race for the time limit finds what the other has decided', () => {
  let isBeaten = false;
  const run = awaitDecision({
    answers: {
      // Somebody approved between the look and the decision: nothing is recorded by the policy.
      decideByPolicy: () => {
        isBeaten = true;
        return success(null);
      },
      readApproval: () =>
        isBeaten
          ? approved
          : success({
              status: 'open',
              version: 1,
              open: {
                stage: 'approval',
                told: ['requested'],
                escalated: false,
                deadline: '2026-11-22T01:00:00Z',
              },
            }),
    } as Answers,
  });
  expect(run.output).toEqual(approved);
  expect(run.seconds).toBe(hour);
});

it('approvers who cannot be told are told later, and that keeps no time limit from coming', () => {
  let attempts = 0;
  const refused = failure(vendingError('AzureRefused', 'No.'));
  const run = awaitDecision({
    answers: {
      tellApprovers: () => {
        attempts++;
        return refused;
      },
    },
  });
  expect(run.output).toEqual(expired);
  expect(run.seconds).toBe(3 * day);
  expect(attempts).toBe((3 * day) / (15 * 60));
});

it('a policy decision that cannot be recorded is tried again, and not for nothing', () => {
  let attempts = 0;
  const run = awaitDecision({
    people: [approval(4 * day)],
    answers: {
      decideByPolicy: () => {
        attempts++;
        return failure(vendingError('AzureRefused', 'No.'));
      },
    },
  });
  expect(run.output).toEqual(approved);
  expect(attempts).toBe(day / (15 * 60));
});

it('a long wait starts a fresh history now and then', () => {
  const run = awaitDecision();
  expect(run.calls.length / run.generations).toBeLessThanOrEqual(21);
});

it('a ledger that cannot be read for good ends the wait with its error', () => {
  const refused = failure(vendingError('AzureRefused', 'No.'));
  expect(awaitDecision({ answers: { readApproval: () => refused } }).output).toEqual(refused);
});
