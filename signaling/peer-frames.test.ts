import fc from 'fast-check';
import { expect, it } from 'vitest';
import { seededRandom } from '../src/runtime/index.ts';
import { newNodeId } from '../src/wire/index.ts';
import { isPeerQuery, parsePeerFrame } from './peer-frames.ts';

const dst = newNodeId(seededRandom(1));
const payload = {
  sdp: { type: 'offer', sdp: 'v=0' },
  type: 'data',
  connectionId: 'dc_1',
  metadata: { a: {} },
};

const isFrame = (text: string): boolean => parsePeerFrame(text) !== undefined;

it('lets pass what PeerJS sends, and says to whom', () => {
  expect(isFrame('{"type":"HEARTBEAT"}')).toBe(true);
  for (const type of ['OFFER', 'ANSWER', 'CANDIDATE']) {
    expect(parsePeerFrame(JSON.stringify({ type, dst, payload }))).toEqual({ type: 'signal', target: dst });
  }
});

it('drops other types, receivers that are no uuid, missing payloads and junk', () => {
  const bad = [
    { type: 'LEAVE', dst },
    { type: 'EXPIRE', dst, payload },
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

it('drops a payload nested so deep that writing it again would overflow the stack', () => {
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
  expect(isFrame(`{"type":"OFFER","dst":"${dst}","payload":{"sdp":${deep}}}`)).toBe(false);
});

it('never throws', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      isFrame(text);
    }),
  );
});

it('takes a socket only with a uuid, a short token and the key', () => {
  const query = (id: string, token: string, key: string) => new URLSearchParams({ id, token, key });
  expect(isPeerQuery(query(dst, 'abc', 'peerjs'), 'peerjs')).toBe(true);
  expect(isPeerQuery(query('bob', 'abc', 'peerjs'), 'peerjs')).toBe(false);
  expect(isPeerQuery(query(dst, '', 'peerjs'), 'peerjs')).toBe(false);
  expect(isPeerQuery(query(dst, 'a'.repeat(65), 'peerjs'), 'peerjs')).toBe(false);
  expect(isPeerQuery(query(dst, 'abc', 'other'), 'peerjs')).toBe(false);
});
