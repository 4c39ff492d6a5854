import { beforeEach, describe, expect, it } from 'vitest';
import type { Checkpoint } from './checkpoint.ts';
import { draftCheckpoint } from './closing.ts';
import { authorOf, FinalRoom } from './final.testing.ts';
import { keepsOnly } from './fold.ts';
import { Giving } from './giving.ts';
import type { History } from './history.ts';
import type { HistoryChange } from './history-contract.ts';
import { TestRoom } from './room.testing.ts';
import { decodeSnapshot, type Snapshot } from './snapshot.ts';
import type { Update } from './update.ts';

const room = new TestRoom();
const final = new FinalRoom(room);
const [ann, bob, eve, other] = [room.author(), room.author(), room.author(), room.author()] as const;
const a1 = room.after([], ann, 'a1', 1);
const b1 = room.after([], bob, 'b1', 1);
const a2 = room.after([a1], ann, 'a2', 2);

let own: History;
let theirs: History;
const typesOf = (changes: readonly HistoryChange[]) => changes.map(({ type }) => type);
const stateOf = (history: History) => history.fold.state;

describe('what a checkpoint covers', () => {
  beforeEach(() => {
    own = final.history();
    theirs = final.history();
  });

  it('is final: what comes later sorts behind it, also where it follows from nothing that is open (R7)', () => {
    final.add([own, theirs], a1, a2);
    final.add([own, theirs], final.checkpoint(own, ann));
    expect(stateOf(own)).toEqual(['a1', 'a2']);
    // b1 is as deep as a1: without the checkpoint it would come before a2.
    final.add([own, theirs], b1);
    const late = room.after([a1], bob, 'late', 2);
    final.add([own, theirs], late);
    expect(stateOf(own)).toEqual(['a1', 'a2', 'b1', 'late']);
    expect(stateOf(theirs)).toEqual(stateOf(own));
    expect([own.count, own.dag.size]).toEqual([4, 2]);
  });

  it('waits for the updates that it names, and closes them when they come', () => {
    final.add([own], a1, a2);
    const checkpoint = final.checkpoint(own, ann);
    expect(theirs.offer(checkpoint)).toBe('waits');
    theirs.add(a2);
    expect(theirs.tip).toBeUndefined();
    theirs.add(a1);
    expect(theirs.tip?.hash).toBe(checkpoint.hash);
    expect(typesOf(theirs.changes())).toEqual(['accepted', 'accepted', 'closed']);
  });

  it('leaves open what it does not name, behind it', () => {
    final.add([own], a1);
    final.add([theirs], a1, b1);
    final.add([theirs], final.checkpoint(own, ann));
    expect(stateOf(theirs)).toEqual(['a1', 'b1']);
    expect(theirs.dag.heads).toEqual(new Set([b1.hash]));
  });

  it('shuts out a second update with a number that is closed', () => {
    const twin = room.after([], ann, 'twin', 1);
    final.add([own], a1);
    final.add([theirs], twin, a1);
    const child = room.after([twin], bob, 'child', 1);
    final.add([theirs], child);
    const checkpoint = final.checkpoint(own, ann);
    final.add([own, theirs], checkpoint);
    final.add([own], twin, child);
    expect(stateOf(own)).toEqual(['a1', 'child']);
    expect(stateOf(theirs)).toEqual(['a1', 'child']);
  });

  it('says whether the state that it names comes out here, and of which side that is', () => {
    final.add([own, theirs], a1);
    const { pieces } = final.checkpoint(own, ann);
    theirs.changes();
    theirs.offer(final.checkpoint(own, ann, { pieces: pieces.map(() => '0'.repeat(64)) }));
    expect(theirs.changes()).toMatchObject([{ type: 'closed', state: 'other' }]);
    let calls = 0;
    const dice = final.history({ reducer: { name: 'dice', reduce: () => ++calls } });
    final.add([dice], a1, final.checkpoint(own, ann));
    expect(dice.changes().at(-1)).toMatchObject({ type: 'closed', state: 'unrepeatable' });
  });

  it('must come from whom the one before it names, or begin a term', () => {
    final.add([own], a1, final.checkpoint(own, ann, { next: authorOf(bob) }));
    final.add([own], a2);
    const { takes } = own.tip ?? { takes: [] };
    expect(own.offer(final.checkpoint(own, ann, { takes }))).toBe('refused');
    expect(own.changes().at(-1)).toMatchObject({ type: 'refused', author: authorOf(ann) });
    expect(own.offer(final.checkpoint(own, bob))).toBe('taken');
    expect(own.offer(final.checkpoint(own, eve))).toBe('taken');
    expect(own.tip?.takes).toEqual([1, 3]);
  });
});

describe('two chains of checkpoints', () => {
  beforeEach(() => {
    own = final.history();
    theirs = final.history();
    final.add([own, theirs], a1);
    final.add([own, theirs], final.checkpoint(own, ann));
    final.add([own], a2);
    final.add([theirs], b1);
  });

  it('become that of the later term, everywhere, and what was closed by the other goes on behind it', () => {
    const lost = final.checkpoint(own, ann);
    const taken = final.checkpoint(theirs, eve);
    final.add([own], lost, taken);
    expect(own.tip?.hash).not.toBe(taken.hash); // what it covers is not here
    final.add([own], b1);
    final.add([theirs], taken, lost, a2);
    expect([own.tip?.hash, theirs.tip?.hash]).toEqual([taken.hash, taken.hash]);
    expect(stateOf(own)).toEqual(['a1', 'b1', 'a2']);
    expect(stateOf(theirs)).toEqual(stateOf(own));
    expect(own.changes()).toContainEqual({ type: 'broken', from: 2, to: 2, by: authorOf(eve) });
    expect(typesOf(theirs.changes())).not.toContain('broken');
  });

  it('are told where the one that counts comes from too far away to see where they part', () => {
    for (const [history, text] of [
      [own, 'own'],
      [theirs, 'theirs'],
    ] as const) {
      for (let i = 0; i < (history === own ? 17 : 40); i++) {
        final.add([history], room.after([], bob, `${text}${i}`, i + 2));
        final.add([history], final.checkpoint(history, ann));
      }
    }
    const { tip, segments } = theirs;
    const { anchor } = segments.at(-1) ?? {};
    if (!tip || anchor?.state === undefined) throw new Error('there is no state');
    own.changes();
    expect(own.offer(tip)).toBe('later');
    // Both have closed as much of bob's, and only one has closed a2.
    own.take(tip, { ...anchor, state: anchor.state });
    expect(own.changes()).toContainEqual({ type: 'broken', from: 18, to: 18, by: authorOf(ann) });
    expect(stateOf(own)).toContain('a2');
  });

  it('of one author and number are shown, and the lower hash counts', () => {
    const [one, two] = [final.checkpoint(own, ann), final.checkpoint(own, ann, { depth: 90 })];
    const [low, high] = one.hash < two.hash ? [one, two] : [two, one];
    final.add([own], high, low);
    final.add([theirs], a2, low, high);
    expect([own.tip?.hash, theirs.tip?.hash]).toEqual([low.hash, low.hash]);
    const blame = {
      type: 'refused',
      author: authorOf(ann),
      reason: 'it made two checkpoints with one number',
    };
    expect(own.changes()).toContainEqual(blame);
    expect(theirs.changes()).toContainEqual(blame);
  });
});

describe('what is kept', () => {
  const large = (i: number, before: readonly Update[]): Update =>
    room.after(before, ann, `${i}${'x'.repeat(8_000)}`, i);

  it('begins with a checkpoint when there is much that is closed, and a newcomer gets that (R9)', () => {
    own = final.history({ maxHistoryBytes: 100_000 });
    const all: Update[] = [];
    for (let i = 1; i <= 40; i++) {
      all.push(large(i, all.slice(-1)));
      final.add([own], all[i - 1] as Update);
      if (i % 4 === 0) final.add([own], final.checkpoint(own, ann));
      expect(own.bytes).toBeLessThan(130_000);
    }
    const giving = new Giving(own);
    const { items, isSnapshot } = giving.answerTo({ checkpoint: '' as never, hashes: [] });
    expect([items.length, isSnapshot]).toEqual([1, true]);
    const checkpoint = final.read(items[0] as Uint8Array);
    expect(checkpoint.hash).toBe(own.tipHash);
    const pieces = checkpoint.pieces.map((_, i) => giving.snapshotPiece(checkpoint.hash, i) as Uint8Array);
    const snapshot = decodeSnapshot(Buffer.concat(pieces), 1e6);
    theirs = final.history();
    if (snapshot) theirs.take(checkpoint, snapshot);
    expect([stateOf(theirs), theirs.count]).toEqual([stateOf(own), 40]);
    const next = large(41, []);
    final.add([own, theirs], room.after([], bob, 'next', 1));
    expect(stateOf(theirs)).toEqual(stateOf(own));
    theirs.add(all[3] as Update); // closed long ago
    expect(theirs.dag.size).toBe(1);
    expect(next.depth).toBe(1);
  });

  it('is given from where somebody was who was away for a moment: updates, then the checkpoint that closed them', () => {
    own = final.history();
    theirs = final.history();
    final.add([own, theirs], a1);
    final.add([own, theirs], final.checkpoint(own, ann));
    final.add([own], a2, b1);
    const checkpoint = final.checkpoint(own, ann);
    const open = room.after([], bob, 'open', 2);
    final.add([own], checkpoint, open);
    const answer = new Giving(own).answerTo({ checkpoint: theirs.tipHash, hashes: [a2.hash] });
    const between = [b1.bytes, checkpoint.bytes, open.bytes];
    expect(answer).toEqual({ items: between, left: 0, isSnapshot: false });
    const unknown = new Giving(theirs).answerTo({ checkpoint: own.tipHash, hashes: [] });
    expect(unknown.items.length).toBeLessThanOrEqual(1);
  });

  it('is all that came since, where the state is not known, until somebody gives it', () => {
    own = final.history();
    const keeper = final.history({ reducer: keepsOnly });
    let last: readonly Update[] = [];
    for (let i = 1; i <= 12; i++) {
      last = [large(i, last)];
      final.add([own, keeper], last[0] as Update);
    }
    const checkpoint = final.checkpoint(own, ann);
    final.add([own, keeper], checkpoint);
    expect([keeper.tipHash, keeper.order.length, keeper.needsState]).toEqual([checkpoint.hash, 12, true]);
    expect(
      draftCheckpoint(
        keeper,
        { next: authorOf(other), isTaking: true, members: [], removed: undefined },
        room.cryptography,
      ),
    ).toBeUndefined();
    const { anchor } = own.segments.at(-1) ?? {};
    if (anchor?.state !== undefined) keeper.take(checkpoint, { ...anchor, state: anchor.state });
    expect([keeper.order, keeper.needsState]).toEqual([[], false]);
  });
});

describe('what was written here', () => {
  const write = (i: number, before: readonly Update[]): Update =>
    room.after(before, ann, `${i}${'x'.repeat(8_000)}`, i);
  const droppedFrom = (history: History): readonly number[] =>
    history.changes().flatMap((change) => (change.type === 'dropped' ? [change.update.number] : []));

  /** Closes so many of ann's updates, while another administrator takes the role and closes none of them. */
  function apart(count: number): void {
    own = final.history({ author: authorOf(ann) });
    theirs = final.history();
    final.add([own, theirs], b1);
    final.add([own, theirs], final.checkpoint(own, ann));
    final.add([theirs], final.checkpoint(theirs, eve));
    let last: readonly Update[] = [];
    for (let i = 1; i <= count; i++) {
      last = [write(i, last)];
      final.add([own], ...last);
      if (i % 4 === 0) final.add([own], final.checkpoint(own, ann));
    }
    own.changes();
  }

  function meet(history: History): void {
    const { tip, segments } = theirs;
    const { anchor } = segments.at(-1) ?? {};
    if (!tip || anchor?.state === undefined) throw new Error('there is no state');
    expect(history.offer(tip)).toBe('later');
    history.take(tip, { ...anchor, state: anchor.state });
  }

  it('is to be written again when the chain that closed it does not count, also where it was let go of', () => {
    apart(16);
    expect(own.order.length).toBeLessThan(16);
    meet(own);
    expect(droppedFrom(own)).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
  });

  it('is to be written again in another place where its own is closed without it', () => {
    own = final.history({ author: authorOf(ann) });
    theirs = final.history();
    const later = room.after([], ann, 'later', 2);
    final.add([own], a1, later);
    final.add([theirs], later);
    own.changes();
    final.add([own], final.checkpoint(theirs, eve));
    expect(own.changes()).toContainEqual({ type: 'shutOut', update: a1 });
    expect(stateOf(own)).toEqual(['later']);
  });

  it('is kept up to a bound, the newest (R9)', () => {
    apart(80);
    expect(own.keptBytes).toBeLessThan(400 * 1024);
    meet(own);
    const dropped = droppedFrom(own);
    expect([dropped.length > 12, dropped.at(-1)]).toEqual([true, 80]);
    expect(dropped).toEqual(dropped.map((_, i) => 81 - dropped.length + i));
  });

  it('lies on the disk with the rest, in front of it', () => {
    apart(16);
    const { base, items } = own;
    const again = final.history({ author: authorOf(ann) });
    if (base) again.take(base.checkpoint, base);
    for (const { bytes } of items) {
      const update = room.codec.read(bytes);
      final.add([again], typeof update === 'string' ? final.read(bytes) : update);
    }
    expect(again.tipHash).toBe(own.tipHash);
    expect(droppedFrom(again)).toEqual([]);
    meet(again);
    expect(droppedFrom(again)).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
  });

  it('is nobody else’s: who reads it has nothing to write again', () => {
    apart(16);
    const reader = final.history({ author: authorOf(other) });
    final.add([reader], b1);
    for (const { anchor, updates } of own.segments)
      final.add([reader], ...updates, ...(anchor.checkpoint ? [anchor.checkpoint] : []));
    reader.take(theirs.tip as Checkpoint, theirs.segments.at(-1)?.anchor as Snapshot);
    expect(reader.tipHash).toBe(theirs.tipHash);
    expect(droppedFrom(reader)).toEqual([]);
    expect(reader.keptBytes).toBe(reader.bytes);
  });
});
