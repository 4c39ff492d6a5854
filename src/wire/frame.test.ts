import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LeafcutterError, seededRandom } from '../runtime/index.ts';
import {
  ACKNOWLEDGEMENT_INDEX,
  DEFAULT_HOP_LIMIT,
  encodeFrame,
  FRAME_HEADER_BYTES,
  FrameFlag,
  type FrameHeader,
  FrameType,
  frameBody,
  frameProblem,
  INDEX_MODULUS,
  lowerHopLimit,
  MAX_FRAME_LENGTH,
  MAX_HOP_LIMIT,
  newNodeId,
  parseFrameHeader,
} from './index.ts';

fc.configureGlobal({ seed: 1 });

const random = seededRandom(1);
const a = newNodeId(random);
const b = newNodeId(random);

const types = Object.values(FrameType);
const nodeIds = fc.integer({ min: 0, max: 2 ** 32 - 1 }).map((seed) => newNodeId(seededRandom(seed)));
const headers: fc.Arbitrary<FrameHeader> = fc
  .record({
    type: fc.constantFrom(...types),
    hopLimit: fc.integer({ min: 1, max: MAX_HOP_LIMIT }),
    opening: fc.boolean(),
    source: nodeIds,
    target: fc.option(nodeIds, { nil: undefined }),
    index: fc.integer({ min: -1, max: INDEX_MODULUS - 1 }),
    stream: fc.integer({ min: 0, max: 0xffff }),
    epoch: fc.integer({ min: 0, max: 0xffff }),
  })
  .map(({ opening, ...fields }) => {
    const isMessage = fields.type === FrameType.msg;
    const needsTarget = isMessage || fields.type === FrameType.signal;
    return {
      ...fields,
      flags: opening && isMessage ? FrameFlag.opening : 0,
      target: needsTarget
        ? (fields.target ?? b)
        : fields.type === FrameType.msg_broadcast
          ? undefined
          : fields.target,
      index: isMessage ? fields.index : Math.max(0, fields.index),
    };
  });

const message = (): Uint8Array =>
  encodeFrame({ type: FrameType.msg, source: a, target: b }, Uint8Array.of(1, 2, 3));
const patched = (at: number, ...bytes: number[]): Uint8Array => {
  const frame = message();
  frame.set(bytes, at);
  return frame;
};

describe('a frame', () => {
  it('comes back with every field and its body', () => {
    fc.assert(
      fc.property(headers, fc.uint8Array({ maxLength: 200 }), (header, body) => {
        const frame = encodeFrame(header, body);
        expect(parseFrameHeader(frame)).toEqual(header);
        expect(frameBody(frame)).toEqual(body);
      }),
    );
  });

  it('defaults to the default hop limit, no target, and zero for the numbers', () => {
    expect(parseFrameHeader(encodeFrame({ type: FrameType.ping, source: a }, new Uint8Array()))).toEqual({
      type: FrameType.ping,
      hopLimit: DEFAULT_HOP_LIMIT,
      flags: 0,
      source: a,
      target: undefined,
      index: 0,
      stream: 0,
      epoch: 0,
    });
  });

  it('gives its body as a view, so that a relay never copies', () => {
    const frame = message();
    expect(frameBody(frame).buffer).toBe(frame.buffer);
  });

  it('is read correctly as a view at any offset of a larger buffer', () => {
    const frame = message();
    const bundle = new Uint8Array(frame.length + 7);
    bundle.set(frame, 7);
    expect(parseFrameHeader(bundle.subarray(7))).toEqual(parseFrameHeader(frame));
  });

  it('has its hop limit lowered in place down to zero, where it is no longer valid', () => {
    const frame = encodeFrame({ type: FrameType.msg, source: a, target: b, hopLimit: 2 }, new Uint8Array());
    expect(lowerHopLimit(frame)).toBe(1);
    expect(parseFrameHeader(frame)).toMatchObject({ hopLimit: 1 });
    expect(lowerHopLimit(frame)).toBe(0);
    expect(parseFrameHeader(frame)).toBe('bad-hop-limit');
    expect(lowerHopLimit(frame)).toBe(0);
  });
});

describe('a frame with an impossible field is refused by name', () => {
  it.each([
    ['too-short', message().subarray(0, FRAME_HEADER_BYTES - 1)],
    ['too-short', new Uint8Array()],
    ['too-long', (() => patchedLength(MAX_FRAME_LENGTH + 1))()],
    ['bad-version', patched(0, 2)],
    ['bad-type', patched(1, 0)],
    ['bad-type', patched(1, 200)],
    ['bad-hop-limit', patched(2, 0)],
    ['bad-hop-limit', patched(2, MAX_HOP_LIMIT + 1)],
    ['bad-flags', patched(3, 0x80)],
    ['bad-flags', patched(1, FrameType.ping, 1, FrameFlag.opening)],
    ['bad-source', patched(4, ...new Array<number>(16).fill(0))],
    ['bad-target', patched(20, ...new Array<number>(16).fill(0))],
    ['bad-target', patched(1, FrameType.msg_broadcast)],
    ['bad-index', patched(36, 0x27, 0x10)], // 10,000
    ['bad-index', patched(36, 0xff, 0xfe)], // -2
    ['bad-index', patched(1, FrameType.network_state, 1, 0, ...message().subarray(4, 36), 0xff, 0xff)],
  ] as const)('%s', (problem, bytes) => {
    expect(parseFrameHeader(bytes)).toBe(problem);
    expect(frameProblem(bytes)).toBe(problem);
  });

  function patchedLength(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    bytes.set(message());
    return bytes;
  }
});

describe('reading frames', () => {
  it('never throws on random bytes, and what it accepts encodes to the same bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const header = parseFrameHeader(bytes);
        if (typeof header !== 'string') expect(encodeFrame(header, frameBody(bytes))).toEqual(bytes);
      }),
    );
  });

  it('never throws on a valid frame with bytes flipped or cut off', () => {
    const mutations = fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { maxLength: 4 });
    fc.assert(
      fc.property(headers, mutations, fc.nat(60), (header, flips, length) => {
        const bytes = encodeFrame(header, Uint8Array.of(1, 2, 3)).slice(0, length);
        for (const [at, value] of flips) if (at < bytes.length) bytes[at] = value;
        const parsed = parseFrameHeader(bytes);
        if (typeof parsed !== 'string') expect(encodeFrame(parsed, frameBody(bytes))).toEqual(bytes);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('encoding a frame', () => {
  it.each([
    { type: FrameType.msg, source: a, target: b, index: INDEX_MODULUS },
    { type: FrameType.msg, source: a, target: b, index: -2 },
    { type: FrameType.msg, source: a, target: b, hopLimit: 257 },
    { type: FrameType.msg, source: a, target: b, stream: 0x10000 },
    { type: FrameType.msg, source: a, target: b, epoch: 1.5 },
    { type: FrameType.msg, source: a },
    { type: FrameType.msg_broadcast, source: a, target: b },
    { type: FrameType.peers, source: a, index: ACKNOWLEDGEMENT_INDEX },
  ])('refuses fields that no receiver would accept: %o', (fields) => {
    expect(() => encodeFrame(fields, new Uint8Array())).toThrow(LeafcutterError);
  });

  it('refuses a body that makes the frame too long', () => {
    const body = new Uint8Array(MAX_FRAME_LENGTH - FRAME_HEADER_BYTES + 1);
    expect(() => encodeFrame({ type: FrameType.msg, source: a, target: b }, body)).toThrow(/too-long/);
  });
});
