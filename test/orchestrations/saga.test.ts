import { expect, it } from 'vitest';
import { vendingError } from '../../src/model/errors.ts';
import { failure, type Outcome, success } from '../../src/model/outcome.ts';
import { Saga, type SagaStep } from '../../src/orchestrations/saga.ts';
import type { Workflow } from '../../src/orchestrations/workflow.ts';

/** A saga that writes down what happens; steps and compensations that are named fail. */
function sagaOf(failing: readonly string[] = []) {
  const happened: string[] = [];
  const act = (what: string): Outcome<null> => {
    happened.push(what);
    return failing.includes(what) ? failure(vendingError('AzureRefused', 'No.')) : success(null);
  };
  // biome-ignore-start lint/correctness/useYield: nothing here takes a durable task
  const saga = new Saga(function* (step, outcome) {
    happened.push(`${step} ${outcome.ok ? 'succeeded' : 'failed'}`);
  });
  const step = (name: string): SagaStep => ({
    name,
    *run() {
      return act(name);
    },
    compensateWhen: 'attempted',
    leftover: `what ${name} made`,
    *compensate() {
      return act(`undo ${name}`);
    },
  });
  const lastStep: SagaStep = {
    name: 'last',
    *run() {
      return act('last');
    },
    compensateWhen: 'never',
  };
  // biome-ignore-end lint/correctness/useYield: as above
  return { saga, happened, step, lastStep };
}

function finish<T>(workflow: Workflow<T>): T {
  const { done, value } = workflow.next();
  if (!done) throw new Error('Nothing here waits.');
  return value;
}

it('what was done last is taken back first, and each outcome is recorded', () => {
  const { saga, happened, step } = sagaOf();
  finish(saga.run(step('first')));
  finish(saga.run(step('second')));
  expect(finish(saga.compensate())).toEqual([]);
  expect(happened).toEqual([
    'first',
    'second',
    'undo second',
    'compensate-second succeeded',
    'undo first',
    'compensate-first succeeded',
  ]);
  expect(saga.isEmpty).toBe(true);
});

it('a step that failed is taken back as well: it may have had its effect', () => {
  const { saga, happened, step } = sagaOf(['first']);
  expect(finish(saga.run(step('first'))).ok).toBe(false);
  finish(saga.compensate());
  expect(happened).toEqual(['first', 'undo first', 'compensate-first succeeded']);
});

it('a step is registered before it runs, so that one that throws is taken back', () => {
  const { saga, step, happened } = sagaOf();
  const thrower: SagaStep = {
    ...step('first'),
    run: () => {
      throw new Error('unforeseen');
    },
  };
  expect(() => finish(saga.run(thrower))).toThrow('unforeseen');
  finish(saga.compensate());
  expect(happened).toEqual(['undo first', 'compensate-first succeeded']);
});

it('a compensation that fails is named with its error, recorded, and does not stop the others', () => {
  const { saga, happened, step } = sagaOf(['undo third', 'undo first']);
  for (const name of ['first', 'second', 'third']) saga.register(step(name));
  const leftovers = finish(saga.compensate());
  expect(leftovers).toEqual(['what third made (No.)', 'what first made (No.)']);
  expect(happened).toEqual([
    'undo third',
    'compensate-third failed',
    'undo second',
    'compensate-second succeeded',
    'undo first',
    'compensate-first failed',
  ]);
});

it('a step that cannot be undone leaves nothing to compensate', () => {
  const { saga, happened, lastStep } = sagaOf();
  finish(saga.run(lastStep));
  expect(saga.isEmpty).toBe(true);
  expect(finish(saga.compensate())).toEqual([]);
  expect(happened).toEqual(['last']);
});
