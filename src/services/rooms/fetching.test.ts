import { beforeEach, describe, expect, it } from 'vitest';
import { seededRandom, toHex } from '../../runtime/index.ts';
import { type NodeId, newNodeId } from '../../wire/index.ts';
import type { Checkpoint } from './checkpoint.ts';
import { Fetching } from './fetching.ts';
import { Peers } from './peers.ts';
import { TestRoom } from './room.testing.ts';
import { encodeSnapshot, measured, piecesOf } from './snapshot.ts';

const { cryptography } = new TestRoom();
const [near, far] = Array.from({ length: 2 }, (_, i) => newNodeId(seededRandom(i))) as [NodeId, NodeId];
const snapshotOf = (last: string) =>
  encodeSnapshot({
    state: [...['a', 'b', 'c'].map((one) => one.repeat(262_144)), last],
    closed: new Map(),
    members: new Map(),
  });
const checkpointOf = (last: string) =>
  ({ hash: last.repeat(64), ...measured(snapshotOf(last), cryptography) }) as unknown as Checkpoint;
const checkpoint = checkpointOf('1');
const pieces = piecesOf(snapshotOf('1'));

let fetching: Fetching;
let peers: Peers;
const given = (bytes: Uint8Array) => ({ bytes, hash: toHex(cryptography.sha256(bytes)) });
const asked = (nowMs = 0) => fetching.questions(nowMs).map(({ to, index }) => [to, index]);
const gives = (to: NodeId, index: number, piece = pieces[index], nowMs = 0) =>
  fetching.answered({ to, checkpoint: checkpoint.hash, index }, piece && given(piece), nowMs);

describe('the snapshot at a checkpoint', () => {
  beforeEach(() => {
    peers = new Peers();
    for (const node of [near, far]) peers.add(node);
    fetching = new Fetching(peers);
    fetching.begin(checkpoint, near);
  });

  it('comes in pieces, three on their way at a time, from all who have it', () => {
    fetching.hasIt(far, checkpoint.hash);
    expect(asked()).toEqual([
      [near, 0],
      [far, 1],
      [near, 2],
    ]);
    expect(gives(near, 2).whole).toBeUndefined();
    expect(asked()).toEqual([[near, 3]]);
    for (const [to, index] of [[near, 0] as const, [far, 1] as const]) gives(to, index);
    expect(gives(near, 3).whole).toEqual(snapshotOf('1'));
  });

  it('goes on with another giver, at the last good piece, when one dies', () => {
    asked();
    gives(near, 0);
    fetching.hasIt(far, checkpoint.hash);
    peers.remove(near);
    fetching.left(near);
    expect(asked()).toEqual([1, 2, 3].map((index) => [far, index]));
  });

  it('asks another as well for what one takes long with, which is asked last from then on', () => {
    const slowMs = 10_000;
    asked();
    fetching.hasIt(far, checkpoint.hash);
    expect([asked(slowMs - 1), fetching.nextWakeAt]).toEqual([[], slowMs]);
    expect(asked(slowMs)).toEqual([0, 1, 2].map((index) => [far, index]));
    for (const index of [0, 1, 2]) gives(far, index, pieces[index], slowMs);
    expect(asked(slowMs)).toEqual([[far, 3]]);
    expect(gives(far, 3, pieces[3], slowMs).whole).toHaveLength(snapshotOf('1').length);
    expect(gives(near, 0, pieces[0], 119_000).isFalse).toBe(false);
  });

  it('gives way to another snapshot while nobody gives it, and not before', () => {
    const slowMs = 10_000;
    asked();
    gives(near, 0);
    asked();
    fetching.begin(checkpointOf('2'), far);
    expect([fetching.checkpoint?.hash, fetching.isStalled]).toEqual([checkpoint.hash, false]);
    expect([asked(slowMs), fetching.isStalled]).toEqual([[], true]);
    fetching.begin(checkpointOf('2'), far);
    expect([fetching.checkpoint?.hash, fetching.isStalled]).toEqual([checkpointOf('2').hash, false]);
    expect(asked(slowMs)).toEqual([1, 2, 3].map((index) => [far, index]));
  });

  it('shows who gives another piece, and asks it again after a rest', () => {
    asked();
    expect(gives(near, 0, pieces[1]).isFalse).toBe(true);
    expect([asked(), fetching.nextWakeAt]).toEqual([[], 5_000]);
    expect(asked(5_000)).toEqual([[near, 0]]);
  });

  it('begins again with a newer one when nobody has it any more, and fetches only what has changed', () => {
    asked();
    for (const index of [0, 1]) gives(near, index);
    gives(near, 2, new Uint8Array());
    expect([asked(), fetching.checkpoint]).toEqual([[], undefined]);
    fetching.begin(checkpointOf('2'), far);
    expect(asked()).toEqual([2, 3].map((index) => [far, index]));
  });
});
