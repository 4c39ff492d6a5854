import fc from 'fast-check';
import { expect, it } from 'vitest';
import { seededRandom } from '../src/runtime/index.ts';
import { newNodeId } from '../src/wire/index.ts';
import { MAX_FRAME_ELEMENTS } from './limits.ts';
import { parsePeerFrame } from './peer-frames.ts';

const dst = newNodeId(seededRandom(1));
const payload = {
  sdp: { type: 'offer', sdp: 'v=0 "quoted" \\ ,,,{{{[[[' },
  type: 'data',
  connectionId: 'dc_1',
  metadata: { a: {} },
};

const isFrame = (text: string): boolean => parsePeerFrame(text) !== undefined;
const offerWith = (extra: unknown): string =>
  JSON.stringify({ type: 'OFFER', dst, payload: { ...payload, extra } });

it('lets pass what PeerJS sends, and says to whom; and our own messages', () => {
  expect(parsePeerFrame('{"type":"HEARTBEAT"}')).toEqual({ type: 'heartbeat' });
  expect(parsePeerFrame('{"type":"PING"}')).toEqual({ type: 'request', request: { type: 'PING' } });
  for (const signal of ['OFFER', 'ANSWER', 'CANDIDATE']) {
    const frame = { type: 'signal', signal, target: dst, payload };
    expect(parsePeerFrame(JSON.stringify({ type: signal, dst, payload }))).toEqual(frame);
  }
});

it('drops other types, receivers that are no uuid, missing payloads and junk', () => {
  const bad = [
    { type: 'LEAVE', dst },
    { type: 'EXPIRE', dst, payload },
    { type: 'REGISTER', payload },
    { type: 'OFFER', dst: 'bob', payload },
    { type: 'OFFER', dst: { toString: 1 }, payload },
    { type: 'OFFER', dst },
    { type: 'OFFER', payload },
    null,
    3,
    'x',
    [],
  ];
  for (const frame of bad) expect(isFrame(JSON.stringify(frame))).toBe(false);
  expect(isFrame('{')).toBe(false);
});

it('drops what is nested deep or has many elements, however short; long strings are only strings', () => {
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
  expect(isFrame(`{"type":"OFFER","dst":"${dst}","payload":{"sdp":${deep}}}`)).toBe(false);
  expect(isFrame(offerWith([[[[[[]]]]]]))).toBe(true);
  expect(isFrame(offerWith([[[[[[[]]]]]]]))).toBe(false);
  expect(isFrame(offerWith(new Array(MAX_FRAME_ELEMENTS - 20).fill(0)))).toBe(true);
  expect(isFrame(offerWith(new Array(MAX_FRAME_ELEMENTS).fill(0)))).toBe(false);
  expect(isFrame(offerWith(new Array(MAX_FRAME_ELEMENTS).fill({})))).toBe(false);
  expect(isFrame(offerWith('[{,"\\'.repeat(2_000)))).toBe(true);
});

it('weighs as JSON is: what it lets pass has no more elements and depth than it says', () => {
  const weight = (value: unknown): { elements: number; depth: number } => {
    if (typeof value !== 'object' || value === null) return { elements: 1, depth: 0 };
    const inside = Object.values(value).map(weight);
    return {
      elements: 1 + inside.reduce((sum, { elements }) => sum + elements, 0),
      depth: 1 + Math.max(0, ...inside.map(({ depth }) => depth)),
    };
  };
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 10 }), (extra) => {
      const text = offerWith(extra);
      const { elements, depth } = weight(JSON.parse(text));
      if (isFrame(text)) expect(depth).toBeLessThanOrEqual(8);
      else expect(elements > MAX_FRAME_ELEMENTS / 2 || depth > 8).toBe(true);
    }),
  );
});

it('never throws', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      isFrame(text);
    }),
  );
});
