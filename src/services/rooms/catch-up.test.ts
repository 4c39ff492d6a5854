import { beforeEach, describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { type NodeId, newNodeId } from '../../wire/index.ts';
import { CatchUp, headsToSay } from './catch-up.ts';
import { NO_CHECKPOINT } from './checkpoint.ts';
import type { CheckpointHash, UpdateHash } from './contract.ts';
import { Dag } from './dag.ts';
import { Peers } from './peers.ts';
import { TestRoom } from './room.testing.ts';
import type { Update } from './update.ts';

const room = new TestRoom();
const ann = room.author();
const [near, far] = Array.from({ length: 2 }, (_, i) => newNodeId(seededRandom(i))) as [NodeId, NodeId];

/** One after the other, of so many bytes each. */
function chain(length: number, bytes = 1): Update[] {
  const updates: Update[] = [];
  for (let i = 1; i <= length; i++) updates.push(room.after(updates.slice(-1), ann, 'x'.repeat(bytes), i));
  return updates;
}

const updates = chain(40);
const hashOf = (index: number): UpdateHash => (updates[index] as Update).hash;
const upTo = (count: number): Update[] => updates.slice(0, count);

let dag: Dag;
let peers: Peers;
let catchUp: CatchUp;
const have = (some: readonly Update[]): void => {
  for (const update of some) dag.add(update);
};
let tipHash: CheckpointHash;
const other = 'c'.repeat(64) as CheckpointHash;
const said = (node: NodeId, count: number, checkpoint = NO_CHECKPOINT): void => {
  peers.add(node);
  peers.said(node, { heads: [hashOf(count - 1)], count, isQuestion: false, checkpoint });
};
const bytesOf = (some: readonly Update[]) => some.map(({ bytes }) => bytes);
const answer = (some: readonly Update[], left = 0, from = near, nowMs = 1_000): boolean => {
  const before = dag.size;
  have(some);
  return catchUp.answered(from, { items: bytesOf(some), left, isSnapshot: false }, dag.size > before, nowMs);
};

describe('catching up', () => {
  beforeEach(() => {
    dag = new Dag(room.keyring.first.id);
    peers = new Peers();
    tipHash = NO_CHECKPOINT;
    const history = {
      dag,
      get count() {
        return dag.size;
      },
      get tipHash() {
        return tipHash;
      },
      has: (hash: UpdateHash) => dag.has(hash),
      knows: (hash: CheckpointHash) => hash === NO_CHECKPOINT || hash === tipHash,
    };
    catchUp = new CatchUp(history, peers);
  });

  it('asks for a few after a while, because they mostly come by themselves', () => {
    have(upTo(10));
    said(near, 12);
    catchUp.look(0);
    expect([catchUp.behind, catchUp.nextWakeAt]).toEqual([2, 150]);
    expect(catchUp.ask(upTo(10), 149)).toBeUndefined();
    have(updates.slice(10, 12));
    catchUp.look(149);
    expect([catchUp.behind, catchUp.nextWakeAt]).toEqual([0, Number.POSITIVE_INFINITY]);
  });

  it('asks at once for many, whoever has most, and says what is known: heads, then 1, 2, 4, 8 back', () => {
    have(upTo(20));
    said(near, 38);
    said(far, 40);
    catchUp.look(0);
    const known = [19, 18, 16, 12, 4].map(hashOf);
    expect(catchUp.ask(upTo(20), 0)).toEqual({
      to: far,
      known: { checkpoint: NO_CHECKPOINT, hashes: known },
    });
    expect(catchUp.ask(upTo(20), 0)).toBeUndefined();
  });

  it('asks each in turn, so that nobody who gives a little at a time holds up the rest', () => {
    said(near, 40);
    said(far, 39);
    catchUp.look(0);
    expect(catchUp.ask([], 0)?.to).toBe(near);
    expect(answer(upTo(1), 39)).toBe(true);
    expect(catchUp.ask(upTo(1), 1_000)?.to).toBe(far);
    expect(answer(upTo(39), 0, far)).toBe(true);
    catchUp.look(1_000);
    expect(catchUp.ask(upTo(39), catchUp.nextWakeAt)?.to).toBe(near);
  });

  it('asks another as well when one takes long, and that one last from then on', () => {
    const slowMs = 5_000;
    said(near, 40);
    said(far, 39);
    catchUp.look(0);
    expect(catchUp.ask([], 0)?.to).toBe(near);
    catchUp.look(1);
    expect([catchUp.nextWakeAt, catchUp.ask([], slowMs - 1)]).toEqual([slowMs, undefined]);
    expect(catchUp.ask([], slowMs)?.to).toBe(far);
    expect(answer(upTo(38), 1, far, slowMs + 1)).toBe(true);
    expect(catchUp.ask(upTo(38), slowMs + 1)?.to).toBe(far);
    expect(answer(updates.slice(38, 39), 0, far, slowMs + 2)).toBe(true);
    catchUp.look(1e9);
    expect([catchUp.behind, catchUp.nextWakeAt]).toEqual([1, Number.POSITIVE_INFINITY]);
    expect(answer(updates.slice(39), 0, near, 119_000)).toBe(true);
    expect(catchUp.behind).toBe(0);
  });

  it('asks no more than a few at once, and waits for longer where all are slow: the Link may be our own', () => {
    const all = Array.from({ length: 6 }, (_, i) => newNodeId(seededRandom(10 + i)));
    for (const node of all) said(node, 40);
    const askedAt = (untilMs: number): number[] => {
      const times: number[] = [];
      catchUp.look(0);
      for (let nowMs = catchUp.nextWakeAt; nowMs <= untilMs; nowMs = catchUp.nextWakeAt) {
        if (catchUp.ask([], nowMs)) times.push(nowMs);
        catchUp.look(nowMs);
      }
      return times;
    };
    expect(askedAt(1e6)).toEqual([0, 5_000, 10_000, 15_000]);
    const [first] = all as [NodeId, ...NodeId[]];
    expect(answer(upTo(20), 20, first, 16_000)).toBe(true);
    catchUp.look(16_000);
    expect(catchUp.nextWakeAt).toBe(15_000 + 10_000);
  });

  it('does not believe for ever who says that much is to come and gives next to nothing', () => {
    said(near, 40);
    catchUp.look(0);
    catchUp.ask([], 0);
    expect(answer(upTo(1), 39)).toBe(true);
    catchUp.ask(upTo(1), 1_000);
    expect(answer(upTo(2), 38)).toBe(false);
    expect([catchUp.isBehind(near), catchUp.isBehind(far)]).toEqual([false, false]);
  });

  it('goes on with the next piece at once, and ends when nothing is left', () => {
    said(near, 40);
    catchUp.look(0);
    catchUp.ask([], 0);
    expect(answer(upTo(20), 20)).toBe(true);
    expect(catchUp.ask(upTo(20), 1_000)?.known.hashes[0]).toBe(hashOf(19));
    expect(answer(updates.slice(20))).toBe(true);
    expect(catchUp.behind).toBe(0);
    expect(catchUp.nextWakeAt).toBe(Number.POSITIVE_INFINITY);
  });

  it('goes on elsewhere from there when the giver dies', () => {
    said(near, 40);
    said(far, 39);
    catchUp.look(0);
    expect(catchUp.ask([], 0)?.to).toBe(near);
    answer(upTo(20), 20);
    expect(catchUp.ask(upTo(20), 1_000)?.to).toBe(far);
    catchUp.answered(far, undefined, false, 1_050);
    expect(catchUp.ask(upTo(20), 1_050)?.to).toBe(near);
    peers.remove(near);
    catchUp.left(near, 1_100);
    catchUp.look(6_050);
    const next = catchUp.ask(upTo(20), 6_050);
    expect(next).toMatchObject({ to: far, known: { hashes: [19, 18, 16, 12, 4].map(hashOf) } });
  });

  it('asks somebody else when no answer comes, and the first again after a rest', () => {
    said(near, 40);
    said(far, 39);
    catchUp.look(0);
    catchUp.ask([], 0);
    expect(catchUp.answered(near, undefined, false, 15_000)).toBe(true);
    expect(catchUp.ask([], 15_000)?.to).toBe(far);
    expect(catchUp.answered(far, undefined, false, 16_000)).toBe(true);
    expect(catchUp.nextWakeAt).toBe(20_000);
    expect(catchUp.behind).toBe(40);
    expect(catchUp.ask([], 20_000)?.to).toBe(near);
  });

  it('does not believe who does not give what it says it has, until it says so again', () => {
    said(near, 40);
    catchUp.look(0);
    catchUp.ask([], 0);
    expect(answer(upTo(20))).toBe(false);
    expect([catchUp.behind, catchUp.nextWakeAt]).toEqual([0, Number.POSITIVE_INFINITY]);
    said(near, 40);
    catchUp.look(1_000);
    expect([catchUp.behind, catchUp.nextWakeAt]).toEqual([20, 6_000]);
  });

  it('is not fed for ever with what is known', () => {
    said(near, 40);
    catchUp.look(0);
    catchUp.ask([], 0);
    answer(upTo(20), 20);
    catchUp.ask(upTo(20), 1_000);
    expect(answer(upTo(20), 20)).toBe(false);
    expect(catchUp.behind).toBe(0);
  });

  it('does not blame a giver for what it has got since it was asked', () => {
    said(near, 20);
    catchUp.look(0);
    catchUp.ask([], 0);
    said(near, 22);
    expect(answer(upTo(20))).toBe(true);
    expect([catchUp.behind, catchUp.nextWakeAt]).toEqual([2, 1_150]);
  });

  it('compares heads with who has the same checkpoint, and asks who has one that is not known', () => {
    tipHash = other;
    said(near, 40);
    expect(catchUp.behind).toBe(0);
    said(near, 40, other);
    expect(catchUp.behind).toBe(40);
    tipHash = NO_CHECKPOINT;
    catchUp.look(0);
    expect(catchUp.ask([], 0)?.to).toBe(near);
    expect(catchUp.answered(near, { items: [], left: 0, isSnapshot: true }, false, 1_000)).toBe(true);
    expect(catchUp.behind).toBe(40);
  });

  it('believes no more in a checkpoint that is not given, and blames nobody: there may be another since', () => {
    said(near, 40, other);
    catchUp.look(0);
    catchUp.ask([], 0);
    expect(answer([])).toBe(true);
    expect(catchUp.behind).toBe(0);
  });

  it('takes no answer that nobody waits for', () => {
    said(near, 40);
    expect(catchUp.answered(near, { items: [], left: 0, isSnapshot: false }, false, 0)).toBe(true);
    expect(catchUp.behind).toBe(40);
  });
});

describe('the heads that a Node names', () => {
  it('are the deepest, and no more than a message holds', () => {
    dag = new Dag(room.keyring.first.id);
    have(upTo(3));
    const roots = Array.from({ length: 70 }, (_, i) => room.update(room.author(), i));
    have(roots);
    const heads = headsToSay(dag.heads, dag);
    expect(heads).toHaveLength(64);
    expect(heads[0]).toBe(hashOf(2));
  });
});
