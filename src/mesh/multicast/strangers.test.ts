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
    for (const frame of frames) expect(strangers.keep(frame)).toBe(true);
    expect(strangers.take(source)).toEqual(frames);
    expect(strangers.take(source)).toBeUndefined();
  });

  it('of one neighbour take no place of another’s, however many', () => {
    const strangers = new Strangers();
    const source = strangerId(random);
    strangers.keep(arrived(honest, source));
    for (let i = 0; i < 5000; i++) {
      strangers.note(liar, strangerId(random));
      strangers.keep(arrived(liar, strangerId(random)));
    }
    expect(strangers.take(source)).toHaveLength(1);
  });

  it('are bounded in number and bytes, and their source is remembered all the same', () => {
    const strangers = new Strangers();
    const source = strangerId(random);
    let kept = 0;
    for (let i = 0; i < 100; i++) if (strangers.keep(arrived(liar, source, 60_000))) kept++;
    expect(kept).toBe(4);
    const other = strangerId(random);
    expect(strangers.keep(arrived(liar, other, 60_000))).toBe(false);
    expect(strangers.take(other)).toEqual([]);
    strangers.take(source);
    expect(strangers.keep(arrived(liar, source, 60_000))).toBe(true);
    strangers.forget(liar);
    expect(strangers.take(source)).toBeUndefined();
  });
});
