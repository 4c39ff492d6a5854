import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom, toBase64Url, toHex } from '../runtime/index.ts';
import { newNodeId } from './node-id.ts';
import { MAX_INSTANCES, readRegistryReply, readRegistryRequest } from './registry-messages.ts';

const random = seededRandom(1);
const id = newNodeId(random);
const network = 'ab'.repeat(32);
const [publicKey, signature, nonce] = [random.bytes(32), random.bytes(64), random.bytes(32)];
const proof = { network, publicKey: toBase64Url(publicKey), signature: toBase64Url(signature) };

describe('registry messages', () => {
  it('are read as they were meant', () => {
    expect(readRegistryRequest({ type: 'REGISTER', payload: proof })).toEqual({
      type: 'REGISTER',
      network,
      publicKey,
      signature,
    });
    expect(readRegistryRequest({ type: 'PING' })).toEqual({ type: 'PING' });
    expect(readRegistryReply({ type: 'CHALLENGE', payload: { nonce: toHex(nonce) } })).toEqual({
      type: 'CHALLENGE',
      nonce,
    });
    expect(readRegistryReply({ type: 'BEAT' })).toEqual({ type: 'BEAT' });
    for (const [type, payload] of [
      ['INSTANCES', { ids: [id] }],
      ['INSTANCES', { ids: [] }],
      ['JOINED', { id }],
      ['LEFT', { id }],
      ['GOODBYE', { reason: 'restarting' }],
      ['GOODBYE', { reason: 'replaced' }],
    ] as const) {
      expect(readRegistryReply({ type, payload })).toEqual({ type, ...payload });
    }
  });

  it('are undefined for a name that is not hashed, keys of another length, or another shape', () => {
    for (const bad of [
      { ...proof, network: 'amber-otter-river' },
      { ...proof, network: [network] },
      { ...proof, publicKey: toBase64Url(random.bytes(33)) },
      { ...proof, publicKey: 'x'.repeat(10_000) },
      { ...proof, signature: toBase64Url(random.bytes(63)) },
      { ...proof, signature: '!' },
      { network },
      null,
      7,
    ]) {
      expect(readRegistryRequest({ type: 'REGISTER', payload: bad })).toBeUndefined();
    }
    for (const bad of [
      { type: 'INSTANCES', payload: { ids: [id, 7] } },
      { type: 'INSTANCES', payload: { ids: id } },
      { type: 'INSTANCES', payload: { ids: Array.from({ length: MAX_INSTANCES + 1 }, () => id) } },
      { type: 'JOINED', payload: { id: 'bob' } },
      { type: 'LEFT', payload: { id: id.toUpperCase() } },
      { type: 'CHALLENGE', payload: { nonce: 'ab' } },
      { type: 'GOODBYE', payload: { reason: 'because' } },
      { type: 'nothing' },
      [],
      null,
    ]) {
      expect(readRegistryReply(bad)).toBeUndefined();
    }
  });

  it('never throw, whatever arrives', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.constantFrom('REGISTER', 'CHALLENGE', 'INSTANCES', 'X'),
        (json, type) => {
          for (const message of [json, { type, payload: json }]) {
            readRegistryRequest(message);
            readRegistryReply(message);
          }
        },
      ),
    );
  });
});
