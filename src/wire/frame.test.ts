import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LeafcutterError, seededRandom } from '../runtime/index.ts';
import {
  ACKNOWLEDGEMENT_INDEX,
  DEFAULT_HOP_LIMIT,
  encodeFrame,
  FRAME_HEADER_BYTES,
  FRAME_RULES,
  FrameFlag,
  type FrameHeader,
  FrameType,
  frameBody,
  frameFlags,
  frameProblem,
  frameRule,
  INDEX_MODULUS,
  lowerHopLimit,
  MAX_FRAME_LENGTH,
  MAX_HOP_LIMIT,
  newNodeId,
  PROTOCOL_VERSION,
  parseFrameHeader,
  SEAL_BYTES,
  setFrameFlags,
  writeFrameHeader,
} from './index.ts';

const random = seededRandom(1);
const a = newNodeId(random);
const b = newNodeId(random);

const types = Object.values(FrameType);
const nodeIds = fc.integer({ min: 0, max: 2 ** 32 - 1 }).map((seed) => newNodeId(seededRandom(seed)));
const headers: fc.Arbitrary<FrameHeader> = fc
  .record({
    type: fc.constantFrom(...types),
    hopLimit: fc.integer({ min: 1, max: MAX_HOP_LIMIT }),
    isSealed: fc.boolean(),
    source: nodeIds,
    target: nodeIds,
    index: fc.integer({ min: -1, max: INDEX_MODULUS - 1 }),
    stream: fc.integer({ min: 0, max: 0xffff }),
    session: fc.integer({ min: 0, max: 0xffff_ffff }),
  })
  .map(({ isSealed, ...fields }) => {
    const isRouted = frameRule(fields.type).scope === 'routed';
    return {
      ...fields,
      flags: isRouted && isSealed ? FrameFlag.sealed : 0,
      target: isRouted ? fields.target : undefined,
      index: fields.type === FrameType.msg ? fields.index : Math.max(0, fields.index),
    };
  });
/** A frame with those fields and that body; a sealed one gets room for its seal. */
const encode = (header: FrameHeader, body: Uint8Array): Uint8Array => {
  const sealBytes = header.flags === 0 ? 0 : SEAL_BYTES;
  const withSeal = new Uint8Array(body.length + sealBytes);
  withSeal.set(body);
  return encodeFrame(header, withSeal);
};

const message = (): Uint8Array =>
  encodeFrame({ type: FrameType.msg, source: a, target: b }, Uint8Array.of(1, 2, 3));
const patched = (at: number, ...bytes: number[]): Uint8Array => {
  const frame = message();
  frame.set(bytes, at);
  return frame;
};
const lengthened = (frame: Uint8Array, length: number): Uint8Array => {
  const bytes = new Uint8Array(length);
  bytes.set(frame);
  return bytes;
};

describe('a frame', () => {
  it('comes back with every field and its body, without its seal', () => {
    fc.assert(
      fc.property(headers, fc.uint8Array({ maxLength: 200 }), (header, body) => {
        const frame = encode(header, body);
        expect(parseFrameHeader(frame)).toEqual(header);
        expect(frameBody(frame)).toEqual(body);
        expect(frameFlags(frame)).toBe(header.flags);
      }),
    );
  });

  it('has a header of 44 bytes, with the session as its last four', () => {
    const frame = encodeFrame(
      { type: FrameType.msg, source: a, target: b, session: 0xfedcba98 },
      new Uint8Array(),
    );
    expect(frame.length).toBe(44);
    expect(frame.subarray(40)).toEqual(Uint8Array.of(0xfe, 0xdc, 0xba, 0x98));
    expect(parseFrameHeader(frame)).toMatchObject({ session: 0xfedcba98 });
  });

  it('defaults to the default hop limit, no target, and zero for the numbers', () => {
    expect(parseFrameHeader(encodeFrame({ type: FrameType.prune, source: a }, new Uint8Array()))).toEqual({
      type: FrameType.prune,
      hopLimit: DEFAULT_HOP_LIMIT,
      flags: 0,
      source: a,
      target: undefined,
      index: 0,
      stream: 0,
      session: 0,
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

  it('is laid out the same where its body already is', () => {
    const frame = lengthened(new Uint8Array(), FRAME_HEADER_BYTES + 3);
    frame.set([1, 2, 3], FRAME_HEADER_BYTES);
    frame.fill(0xff, 20, 36); // a target of before
    writeFrameHeader(frame, { type: FrameType.msg_broadcast, source: a });
    expect(frame).toEqual(encodeFrame({ type: FrameType.msg_broadcast, source: a }, Uint8Array.of(1, 2, 3)));
  });

  it('has its hop limit lowered in place down to zero, where it is no longer valid', () => {
    const frame = encodeFrame({ type: FrameType.msg, source: a, target: b, hopLimit: 2 }, new Uint8Array());
    expect(lowerHopLimit(frame)).toBe(1);
    expect(parseFrameHeader(frame)).toMatchObject({ hopLimit: 1 });
    expect(lowerHopLimit(frame)).toBe(0);
    expect(parseFrameHeader(frame)).toBe('bad-hop-limit');
    expect(lowerHopLimit(frame)).toBe(0);
  });

  it('becomes a sealed one by its flag, when it is long enough for a seal', () => {
    const frame = lengthened(message(), message().length + SEAL_BYTES);
    setFrameFlags(frame, FrameFlag.sealed);
    expect(parseFrameHeader(frame)).toMatchObject({ flags: FrameFlag.sealed });
    expect(frameBody(frame)).toEqual(Uint8Array.of(1, 2, 3));
    expect(parseFrameHeader(frame.subarray(0, FRAME_HEADER_BYTES + SEAL_BYTES - 1))).toBe('too-short');
  });
});

describe('a frame with an impossible field is refused by name', () => {
  it.each([
    ['too-short', message().subarray(0, FRAME_HEADER_BYTES - 1)],
    ['too-short', new Uint8Array()],
    ['too-long', lengthened(message(), MAX_FRAME_LENGTH + 1)],
    ['bad-version', patched(0, PROTOCOL_VERSION - 1)],
    ['bad-version', patched(0, PROTOCOL_VERSION + 1)],
    ['bad-type', patched(1, 0)],
    ['bad-type', patched(1, 200)],
    ['bad-hop-limit', patched(2, 0)],
    ['bad-hop-limit', patched(2, MAX_HOP_LIMIT + 1)],
    ['bad-flags', patched(3, 0x80)],
    ['bad-flags', patched(3, 0x02)],
    ['bad-flags', patched(1, FrameType.msg_broadcast, 1, FrameFlag.sealed)],
    ['too-short', patched(3, FrameFlag.sealed)],
    ['bad-source', patched(4, ...new Array<number>(16).fill(0))],
    ['bad-target', patched(20, ...new Array<number>(16).fill(0))],
    ['bad-index', patched(36, 0x27, 0x10)], // 10,000
    ['bad-index', patched(36, 0xff, 0xfe)], // -2
    ['bad-index', patched(36, 0x80, 0x00)],
    ['bad-index', patched(1, FrameType.ping, 1, 0, ...message().subarray(4, 36), 0xff, 0xff)],
  ] as const)('%s', (problem, bytes) => {
    expect(parseFrameHeader(bytes)).toBe(problem);
    expect(frameProblem(bytes)).toBe(problem);
  });

  it.each(Object.entries(FRAME_RULES))('%s: by the target and the body that the table allows', (_, rule) => {
    const { code: type, scope, maxBodyBytes } = rule;
    const isRouted = scope === 'routed';
    const target = isRouted ? b : undefined;
    const largest = encodeFrame({ type, source: a, target }, new Uint8Array(maxBodyBytes));
    expect(frameProblem(largest)).toBeUndefined();
    expect(frameProblem(lengthened(largest, largest.length + 1))).toBe('too-long');
    const other = largest.slice();
    other.fill(isRouted ? 0 : 1, 20, 36);
    expect(frameProblem(other)).toBe('bad-target');
    if (!isRouted) return;
    const sealed = lengthened(largest, largest.length + SEAL_BYTES);
    setFrameFlags(sealed, FrameFlag.sealed);
    expect(frameProblem(sealed)).toBe(sealed.length > MAX_FRAME_LENGTH ? 'too-long' : undefined);
  });
});

describe('reading frames', () => {
  it('never throws on random bytes, and what it accepts encodes to the same bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const header = parseFrameHeader(bytes);
        if (typeof header === 'string') return;
        expect(encodeFrame(header, bytes.subarray(FRAME_HEADER_BYTES))).toEqual(bytes);
      }),
    );
  });

  it('never throws on a valid frame with bytes flipped or cut off', () => {
    const mutations = fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { maxLength: 4 });
    fc.assert(
      fc.property(headers, mutations, fc.nat(90), (header, flips, length) => {
        const bytes = encode(header, Uint8Array.of(1, 2, 3)).slice(0, length);
        for (const [at, value] of flips) if (at < bytes.length) bytes[at] = value;
        const parsed = parseFrameHeader(bytes);
        if (typeof parsed === 'string') return;
        expect(encodeFrame(parsed, bytes.subarray(FRAME_HEADER_BYTES))).toEqual(bytes);
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
    { type: FrameType.msg, source: a, target: b, session: 1.5 },
    { type: FrameType.msg, source: a, target: b, session: 2 ** 32 },
    { type: FrameType.msg, source: a, target: b, flags: FrameFlag.sealed },
    { type: FrameType.msg, source: a },
    { type: FrameType.msg_broadcast, source: a, target: b },
    { type: FrameType.ihave, source: a, index: ACKNOWLEDGEMENT_INDEX },
  ])('refuses fields that no receiver would accept: %o', (fields) => {
    expect(() => encodeFrame(fields, new Uint8Array())).toThrow(LeafcutterError);
  });

  it('refuses a body that makes the frame too long', () => {
    const body = new Uint8Array(MAX_FRAME_LENGTH - FRAME_HEADER_BYTES + 1);
    expect(() => encodeFrame({ type: FrameType.msg, source: a, target: b }, body)).toThrow(/too-long/);
  });
});
