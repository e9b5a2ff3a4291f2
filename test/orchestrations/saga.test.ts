import { expect, it } from 'vitest';
import { vendingError } from '../../src/model/errors.ts';
import { failure, success } from '../../src/model/outcome.ts';
import { Saga } from '../../src/orchestrations/saga.ts';
import type { Workflow } from '../../src/orchestrations/workflow.ts';

/** A saga of three steps; the one named fails to be undone. */
function sagaOf(failing: readonly string[] = []) {
  const undone: string[] = [];
  const saga = new Saga();
  for (const step of ['first', 'second', 'third']) {
    saga.register({
      leftover: `what ${step} made`,
      // biome-ignore lint/correctness/useYield: undoing takes no durable task here
      *run() {
        undone.push(step);
        return failing.includes(step)
          ? failure(vendingError('AzureRefused', 'No.'))
          : success(null);
      },
    });
  }
  return { saga, undone };
}

function finish<T>(workflow: Workflow<T>): T {
  const { done, value } = workflow.next();
  if (!done) throw new Error('Nothing here waits.');
  return value;
}

it('what was made last is taken back first', () => {
  const { saga, undone } = sagaOf();
  expect(finish(saga.compensate())).toEqual([]);
  expect(undone).toEqual(['third', 'second', 'first']);
  expect(saga.isEmpty).toBe(true);
});

it('a compensation that fails is named with its error, and does not stop the others', () => {
  const { saga, undone } = sagaOf(['third', 'first']);
  const leftovers = finish(saga.compensate());
  expect(undone).toEqual(['third', 'second', 'first']);
  expect(leftovers).toEqual(['what third made (No.)', 'what first made (No.)']);
});
