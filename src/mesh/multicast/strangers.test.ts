import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { encodeFrame, FrameType, type NodeId, parseFrameHeader } from '../../wire/index.ts';
import type { FrameArrived } from '../vocabulary.ts';
import { strangerId } from './mesh.testing.ts';
import { Strangers } from './strangers.ts';

const random = seededRandom(1);
const [honest, liar] = [strangerId(random), strangerId(random)];

function arrived(via: NodeId, source: NodeId, bytes = 100): FrameArrived {
  const frame = encodeFrame({ type: FrameType.msg_broadcast, source }, new Uint8Array(bytes));
  const header = parseFrameHeader(frame);
  if (typeof header === 'string') throw new Error(header);
  return { type: 'frame', via, header, frame };
}

describe('frames of strangers', () => {
  it('wait for their source’s record, of all neighbours together', () => {
    const strangers = new Strangers();
    const source = strangerId(random);
    const frames = [arrived(honest, source), arrived(liar, source)];
    for (const frame of frames) expect(strangers.keep(frame, 0)).toBe(true);
    expect(strangers.take(source)).toEqual(frames);
    expect(strangers.take(source)).toBeUndefined();
  });

  it('of one neighbour take no place of another’s, however many', () => {
    const strangers = new Strangers();
    const source = strangerId(random);
    strangers.keep(arrived(honest, source), 0);
    for (let i = 0; i < 5000; i++) {
      strangers.note(liar, strangerId(random), 0);
      strangers.keep(arrived(liar, strangerId(random)), 0);
    }
    expect(strangers.take(source)).toHaveLength(1);
  });

  it('are bounded in number and bytes, and their source is remembered all the same', () => {
    const strangers = new Strangers();
    const source = strangerId(random);
    let kept = 0;
    for (let i = 0; i < 100; i++) if (strangers.keep(arrived(liar, source, 60_000), 0)) kept++;
    expect(kept).toBe(4);
    const other = strangerId(random);
    expect(strangers.keep(arrived(liar, other, 60_000), 0)).toBe(false);
    expect(strangers.take(other)).toEqual([]);
    strangers.take(source);
    expect(strangers.keep(arrived(liar, source, 60_000), 0)).toBe(true);
    strangers.forget(liar);
    expect(strangers.take(source)).toBeUndefined();
  });

  it('that have waited for a while are asked for at whoever spoke of them, once for each time', () => {
    const strangers = new Strangers();
    const [first, second, known] = [strangerId(random), strangerId(random), strangerId(random)];
    expect(strangers.nextWakeAt).toBe(Number.POSITIVE_INFINITY);
    strangers.note(honest, first, 1000);
    strangers.keep(arrived(honest, second), 1500);
    strangers.note(honest, known, 1500);
    strangers.note(liar, second, 1600);
    strangers.take(known);
    expect(strangers.due(strangers.nextWakeAt - 1)).toEqual([]);
    expect(strangers.due(strangers.nextWakeAt)).toEqual([
      { type: 'want-records', peer: honest, ids: [first, second] },
    ]);
    strangers.forget(liar);
    expect(strangers.nextWakeAt).toBe(Number.POSITIVE_INFINITY);
    strangers.note(honest, first, 5000);
    expect(strangers.due(strangers.nextWakeAt)).toEqual([
      { type: 'want-records', peer: honest, ids: [first] },
    ]);
    expect(strangers.take(second)).toHaveLength(1);
  });

  it('are not asked for by the thousand', () => {
    const strangers = new Strangers();
    for (let i = 0; i < 5000; i++) strangers.note(liar, strangerId(random), 0);
    expect(strangers.due(strangers.nextWakeAt)[0]?.ids).toHaveLength(64);
    expect(strangers.due(1e9)).toEqual([]);
  });
});
