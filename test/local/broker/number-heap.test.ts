import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NumberHeap } from '../../../src/local/broker/number-heap.ts';

test('numbers come out of a heap in ascending order, whatever is pushed and popped between', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.integer())), (steps) => {
      const heap = new NumberHeap();
      const model: number[] = [];
      for (const step of steps) {
        if (step === null) {
          model.sort((a, b) => a - b);
          expect(heap.peek()).toBe(model[0]);
          expect(heap.pop()).toBe(model.shift());
        } else {
          heap.push(step);
          model.push(step);
        }
        expect(heap.size).toBe(model.length);
      }
    }),
  );
});
