import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Heap } from './heap.ts';

it('gives back what was pushed in order, whatever was popped in between', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.integer(), { nil: undefined })), (steps) => {
      const heap = new Heap<{ key: number }>((a, b) => a.key < b.key);
      const model: number[] = [];
      for (const key of steps) {
        expect(heap.peek()?.key).toBe(model[0]);
        if (key === undefined) {
          expect(heap.pop()?.key).toBe(model.shift());
        } else {
          heap.push({ key });
          model.push(key);
          model.sort((a, b) => a - b);
        }
      }
    }),
  );
});
