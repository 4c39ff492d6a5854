import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/runtime/index.ts';
import { encodeFrame, FrameType, frameProblem, newNodeId } from '../../src/wire/index.ts';
import { FORGERIES, FORGERY_NAMES } from './forgery.ts';

const random = seededRandom(1);
const ids = { self: newNodeId(random), neighbour: newNodeId(random), victim: newNodeId(random) };

describe('the menu of forgeries', () => {
  it('makes something of every entry once frames have come by, and nothing it needs them for before', () => {
    const frames = new Map<FrameType, Uint8Array>();
    for (const type of [
      FrameType.new_edge,
      FrameType.msg_broadcast,
      FrameType.suspect,
      FrameType.destroy_edge,
    ]) {
      frames.set(type, encodeFrame({ type, source: ids.victim }, random.bytes(80)));
    }
    frames.set(
      FrameType.msg,
      encodeFrame({ type: FrameType.msg, source: ids.self, target: ids.victim }, random.bytes(80)),
    );
    for (const name of FORGERY_NAMES) {
      const knowledge = {
        ...ids,
        random,
        seen: (type: FrameType) => frames.get(type),
        seenAny: () => frames.get(FrameType.msg),
      };
      expect(FORGERIES[name](knowledge).length, name).toBeGreaterThan(0);
      const nothing = { ...ids, random, seen: () => undefined, seenAny: () => undefined };
      expect(() => FORGERIES[name](nothing)).not.toThrow();
    }
  });

  it('has well-formed frames where it means to get past the parser', () => {
    const frame = encodeFrame({ type: FrameType.new_edge, source: ids.victim }, random.bytes(80));
    const knowledge = { ...ids, random, seen: () => frame, seenAny: () => frame };
    for (const name of [
      'records-of-others',
      'foreign-farewells',
      'acknowledgements',
      'unsealed-relay',
      'wrong-seal',
    ] as const) {
      for (const forged of FORGERIES[name](knowledge)) expect(frameProblem(forged), name).toBeUndefined();
    }
  });
});
