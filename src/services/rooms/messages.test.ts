import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { encodePlain } from './canonical.ts';
import { NO_CHECKPOINT } from './checkpoint.ts';
import type { CheckpointHash, UpdateHash } from './contract.ts';
import { MARK_BYTES } from './keys.ts';
import {
  decodeAnswer,
  decodeHeads,
  decodeKnown,
  decodePieceName,
  decodeRole,
  Envelope,
  encodeAnswer,
  encodeHeads,
  encodeKnown,
  encodePieceName,
  encodeRole,
  MAX_HEADS,
  MAX_KNOWN,
} from './messages.ts';
import { TestRoom } from './room.testing.ts';

const room = new TestRoom();
const [self, other] = [newNodeId(seededRandom(1)), newNodeId(seededRandom(2))];
const keys = room.keyring;
const own = new Envelope(self, keys, room.cryptography);
const theirs = new Envelope(other, keys, room.cryptography);
const hashes = (count: number): UpdateHash[] =>
  Array.from({ length: count }, (_, i) => i.toString(16).padStart(64, '0') as UpdateHash);
const body = Uint8Array.of(1, 2, 3);

describe('a message about a room', () => {
  it('is known by its mark to members, as of its sender and of nobody else', () => {
    const message = own.close('heads', body);
    expect(theirs.isFrom(self, message)).toBe(true);
    expect(theirs.isFrom(other, message)).toBe(false);
    const elsewhere = new TestRoom(1000, { seed: 2 });
    const stranger = new Envelope(other, elsewhere.keyring, room.cryptography);
    expect(stranger.isFrom(self, message)).toBe(false);
    expect(stranger.open('heads', self, message)).toBeUndefined();
  });

  it('opens as what it is, whole, and as nothing else', () => {
    const message = own.close('ask', body);
    expect(theirs.open('ask', self, message)).toEqual(body);
    for (const kind of ['heads', 'answer', 'genesis'] as const)
      expect(theirs.open(kind, self, message)).toBeUndefined();
    expect(theirs.open('ask', self, message.subarray(0, -1))).toBeUndefined();
    expect(theirs.open('ask', self, message.subarray(0, MARK_BYTES + 3))).toBeUndefined();
  });

  it('brings updates as they are, and no more of them than a message holds', () => {
    const updates = [body, Uint8Array.of(4)];
    expect(theirs.openUpdates(own.closeUpdates(updates, keys.current.id))).toEqual(updates);
    expect(theirs.openUpdates(own.closeUpdates(new Array(4097).fill(body), keys.current.id))).toBeUndefined();
    expect(theirs.openUpdates(own.ownMark)).toBeUndefined();
  });

  it('says which updates there are, and of which state', () => {
    const checkpoint = hashes(1)[0] as string as CheckpointHash;
    const heads = { heads: hashes(MAX_HEADS), count: 70, isQuestion: true, checkpoint };
    expect(decodeHeads(encodeHeads(heads))).toEqual(heads);
    expect(decodeHeads(encodeHeads({ ...heads, question: 7 }))).toEqual({ ...heads, question: 7 });
    expect(decodeHeads(encodeHeads({ ...heads, stateHash: '0123456789abcdef' }))?.stateHash).toBe(
      '0123456789abcdef',
    );
    expect(decodeHeads(encodeHeads({ ...heads, heads: hashes(MAX_HEADS + 1) }))).toBeUndefined();
    const [none, half, hash] = [new Uint8Array(), new Uint8Array(16), new Uint8Array(32)];
    for (const bad of [
      [-1, true, none, none, none],
      [1, 1, none, none, none],
      [1, true, half, none, none],
      [1, true, none, half, none],
      [1, true, none, null, none],
      [1, true, none, none, half],
      [1, true, none, none],
      [1, true, none, none, hash, -1],
      [1, true, none, none, hash, 1, 1],
      'heads',
    ]) {
      expect(decodeHeads(encodePlain(bad))).toBeUndefined();
    }
  });

  it('asks with what is known, and answers with a piece', () => {
    const known = { checkpoint: NO_CHECKPOINT, hashes: hashes(MAX_KNOWN) };
    expect(decodeKnown(encodeKnown(known))).toEqual(known);
    expect(decodeKnown(encodeKnown({ ...known, hashes: hashes(MAX_KNOWN + 1) }))).toBeUndefined();
    expect(decodeKnown(new Uint8Array(31))).toBeUndefined();
    const answer = { items: [body], left: 3, isSnapshot: false };
    expect(decodeAnswer(encodeAnswer(answer))).toEqual(answer);
    for (const bad of [[-1, true, []], [1, true, [1]], [1, 0, []], [1, true], [1, true, [], 2], {}]) {
      expect(decodeAnswer(encodePlain(bad))).toBeUndefined();
    }
  });

  it('asks for a piece of a snapshot, and for the role', () => {
    const name = { checkpoint: hashes(1)[0] as string as CheckpointHash, index: 3 };
    expect(decodePieceName(encodePieceName(name))).toEqual(name);
    for (const bad of [[new Uint8Array(31), 1], [new Uint8Array(32), -1], [1, 1], {}]) {
      expect(decodePieceName(encodePlain(bad))).toBeUndefined();
    }
    const request = { key: body, certificate: Uint8Array.of(4) };
    expect(decodeRole(encodeRole(request))).toEqual(request);
    expect(decodeRole(encodePlain([body, 1]))).toBeUndefined();
  });
});
