import { describe, expect, it } from 'vitest';
import { frameBody } from '../../wire/index.ts';
import type { LinkId } from '../vocabulary.ts';
import { isUnawaited } from './packet.ts';
import { direct, Harness, RELAYED } from './sender.testing.ts';

describe('a sending window', () => {
  it('says of a packet that nobody waits for it: alone, beyond the beginning, over a Link, and not when it is sent again', () => {
    const unawaited = (harness: Harness): boolean[] =>
      harness.frames.map((frame) => isUnawaited(frameBody(frame)));
    const sent = (awaited: boolean[], path = direct(1)): boolean[] => {
      const harness = Harness.opened(0);
      for (const isAwaited of awaited) harness.enqueue(1, 20, 60_000, 0, isAwaited);
      harness.pump(1, path);
      return unawaited(harness);
    };
    expect(sent([false, false])).toEqual([true]);
    expect(sent([false, true])).toEqual([false]);
    expect(sent([false], RELAYED)).toEqual([false]);
    const first = new Harness();
    first.enqueue(1, 20, 60_000, 0, false);
    first.pump(0);
    expect(unawaited(first)).toEqual([false]);
    const full = Harness.opened(0);
    full.enqueue(12, 240, 60_000, 0, false);
    full.pump(1);
    expect(unawaited(full)).toEqual(new Array(10).fill(false)); // more waits for room
    full.acknowledge(11);
    full.pump(2);
    expect(unawaited(full)).toEqual([false, true]);
    full.sender.linkDown(1 as LinkId);
    full.pump(3, direct(2));
    expect(unawaited(full)).toEqual([false, false]);
  });
});
