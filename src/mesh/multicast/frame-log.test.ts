import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FRAME_COST_BYTES, FrameLog } from './frame-log.ts';

const frameOf = (byte: number, length = 10) => new Uint8Array(length).fill(byte);

describe('a log of frames', () => {
  it('holds what was appended until the oldest are dropped, whatever the order of both', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 600 }), (steps) => {
        const log = new FrameLog();
        const model: Uint8Array[] = [];
        let low = 0;
        for (const isAppend of steps) {
          if (isAppend) {
            model.push(frameOf(model.length, model.length % 7));
            log.append(model[model.length - 1] ?? frameOf(0), model.length);
          } else {
            log.dropOldest();
            low = Math.min(low + 1, model.length);
          }
          expect([log.low, log.next]).toEqual([low, model.length]);
        }
        let bytes = 0;
        for (let i = 0; i < model.length; i++) {
          expect(log.frame(i)).toBe(i < low ? undefined : model[i]);
          if (i >= low) bytes += (model[i]?.length ?? 0) + FRAME_COST_BYTES;
        }
        expect(log.bytes).toBe(bytes);
        expect(log.offsetOf(log.next) - log.offsetOf(log.low)).toBe(bytes);
      }),
      { seed: 1 },
    );
  });

  it('finds the first that came since a time', () => {
    const log = new FrameLog();
    for (const at of [10, 10, 20, 30]) log.append(frameOf(1), at);
    expect([0, 10, 11, 30, 31].map((time) => log.lowestSince(time))).toEqual([0, 0, 2, 3, 4]);
    log.dropOldest();
    expect(log.lowestSince(0)).toBe(1);
  });

  it('goes on at a later sequence, its distances in bytes unbroken', () => {
    const log = new FrameLog();
    log.append(frameOf(1), 0);
    const end = log.offsetOf(1);
    log.skipTo(9);
    expect([log.low, log.next, log.bytes, log.offsetOf(9)]).toEqual([9, 9, 0, end]);
    log.append(frameOf(2), 0);
    expect(log.frame(9)?.[0]).toBe(2);
    expect(log.offsetOf(3)).toBe(end);
  });
});
