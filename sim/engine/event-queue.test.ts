import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventQueue } from './event-queue.ts';

describe('an event queue', () => {
  it('gives out by time, and what is due at one time in the order in which it came, whatever is added in between', () => {
    const steps = fc.array(fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constant('pop' as const)), {
      maxLength: 300,
    });
    fc.assert(
      fc.property(steps, (all) => {
        const queue = new EventQueue();
        const model: { at: number; number: number }[] = [];
        const order: number[] = [];
        let count = 0;
        const pop = (): void => {
          const at = queue.nextAt;
          const entry = queue.pop();
          entry?.task?.run(at);
          model.sort((a, b) => a.at - b.at || a.number - b.number);
          const expected = model.shift();
          expect(entry && at).toBe(expected?.at);
          if (expected) expect(order.at(-1)).toBe(expected.number);
        };
        for (const step of all) {
          if (step === 'pop') pop();
          else {
            const number = count++;
            model.push({ at: step, number });
            queue.pushTask(step, { run: () => order.push(number) });
          }
        }
        while (queue.size > 0) pop();
        expect(model).toHaveLength(0);
        expect(queue.nextAt).toBe(Number.POSITIVE_INFINITY);
      }),
    );
  });
});
