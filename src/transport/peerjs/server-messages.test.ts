import fc from 'fast-check';
import { expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { readServerMessage } from './server-messages.ts';

const src = newNodeId(seededRandom(1));
const offer = {
  connectionId: 'dc_1',
  type: 'data',
  serialization: 'raw',
  reliable: true,
  label: 'frames',
  sdp: { type: 'offer', sdp: 'v=0' },
};

it('understands what PeerServer carries for PeerJS', () => {
  expect(readServerMessage({ type: 'OPEN' })).toEqual({ kind: 'open' });
  expect(readServerMessage({ type: 'OFFER', src, payload: offer })).toEqual({
    kind: 'offer',
    from: src,
    connectionId: 'dc_1',
  });
  const answer = { connectionId: 'dc_1', sdp: { type: 'answer', sdp: 'v=0' } };
  const signal = { kind: 'signal', from: src, connectionId: 'dc_1' };
  expect(readServerMessage({ type: 'ANSWER', src, payload: answer })).toEqual({ ...signal, sdp: 'v=0' });
  const candidate = { connectionId: 'dc_1', candidate: { candidate: 'candidate:1', sdpMid: '0' } };
  expect(readServerMessage({ type: 'CANDIDATE', src, payload: candidate })).toEqual(signal);
  expect(readServerMessage({ type: 'EXPIRE', src })).toEqual({ kind: 'unavailable', peer: src });
  expect(readServerMessage({ type: 'LEAVE', src })).toEqual({ kind: 'unavailable', peer: src });
  expect(readServerMessage({ type: 'ID-TAKEN', payload: { msg: 'ID is taken' } })).toEqual({
    kind: 'refused',
    reason: 'ID is taken',
  });
  expect(readServerMessage({ type: 'ERROR' })).toEqual({ kind: 'refused', reason: 'ERROR' });
});

it('drops offers that would make PeerJS throw, or open anything but our own channel', () => {
  const changes: readonly object[] = [
    { serialization: 'constructor' },
    { serialization: 'json' },
    { type: 'media' },
    { reliable: false },
    { label: undefined },
    { connectionId: '' },
    { connectionId: 'x'.repeat(65) },
    { sdp: null },
    { sdp: { type: 'rollback', sdp: '' } },
    { sdp: { type: 'offer', sdp: 'x'.repeat(40_000) } },
  ];
  for (const change of changes) {
    expect(readServerMessage({ type: 'OFFER', src, payload: { ...offer, ...change } })).toBeUndefined();
  }
  expect(readServerMessage({ type: 'OFFER', src: 'bob', payload: offer })).toBeUndefined();
});

it('never throws, and knows nothing else', () => {
  fc.assert(
    fc.property(fc.anything(), fc.anything(), (message, payload) => {
      readServerMessage(message);
      for (const type of ['OFFER', 'ANSWER', 'CANDIDATE', 'ERROR', 'NEW'])
        readServerMessage({ type, src, payload });
    }),
  );
  expect(readServerMessage({ type: 'NEW', src, payload: offer })).toBeUndefined();
});
