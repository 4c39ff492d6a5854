import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fold } from './fold.ts';
import { noting, TestRoom } from './room.testing.ts';
import type { RoomReducer } from './states.ts';
import type { Update } from './update.ts';

const room = new TestRoom();
const [ann, bob] = [room.author(), room.author()];
const newFold = (): Fold =>
  new Fold({ reducer: noting as unknown as RoomReducer, initial: [], maxBytes: 1_000 });

const a1 = room.after([], ann, 'a1', 1);
const b1 = room.after([a1], bob, 'b1', 1);
const a2 = room.after([b1], ann, 'a2', 2);
const undo = (parent: Update, number: number, undone: number): Update =>
  room.update(ann, null, {
    ...{ number, depth: parent.depth + 1, parents: [parent.hash] },
    undoes: { session: 1, number: undone },
  });
const undone = undo(a2, 3, 1);
const redone = undo(undone, 4, 3);
const again = undo(redone, 5, 1);

describe('an update that undoes another', () => {
  it('leaves that one out of what follows, and is undone itself', () => {
    const fold = newFold();
    const states = [a1, b1, a2, undone, redone, again].map((update) => {
      fold.insert(update);
      return fold.state;
    });
    expect(states.slice(3)).toEqual([
      ['b1', 'a2'],
      ['a1', 'b1', 'a2'],
      ['b1', 'a2'],
    ]);
    expect([fold.at(a2), fold.at(redone), fold.isRepeatable()]).toEqual([
      ['a1', 'b1', 'a2'],
      ['a1', 'b1', 'a2'],
      true,
    ]);
    expect(fold.stateOf((update) => update !== again)).toEqual(['a1', 'b1', 'a2']);
    expect(fold.takeNoOps()).toEqual([]);
  });

  it('takes back nothing of anybody else, nothing that is final, and nothing twice', () => {
    const fold = newFold();
    const other = room.update(bob, null, {
      ...{ number: 2, depth: 4, parents: [a2.hash], undoes: { session: 1, number: 2 } },
    });
    for (const update of [a1, b1, a2, other]) fold.insert(update);
    expect(fold.state).toEqual(['a1', 'b1', 'a2']);
    const later = newFold();
    later.insert(undone);
    expect([later.state, later.takeNoOps()]).toEqual([[], []]);
  });

  it('costs what undoes, and not all that is open, with each update that comes', () => {
    const fold = newFold();
    let looks = 0;
    fold.insert({
      ...a1,
      get writer() {
        looks++;
        return a1.writer;
      },
    });
    fold.insert(undo(a1, 2, 1));
    expect(fold.state).toEqual([]);
    looks = 0;
    for (let i = 0; i < 50; i++) {
      fold.insert(room.update(bob, `b${i}`, { number: i + 1, depth: 9 }));
      expect(fold.state).toHaveLength(i + 1);
    }
    expect(looks).toBeLessThan(10);
  });

  it('comes to the same in whatever order all come', () => {
    const all = [a1, b1, a2, undone, redone, again];
    const orders = fc.shuffledSubarray(all, { minLength: all.length });
    fc.assert(
      fc.property(orders, fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }), (order, looks) => {
        const fold = newFold();
        for (const [i, update] of order.entries()) {
          fold.insert(update);
          if (looks[i]) fold.state;
        }
        expect(fold.state).toEqual(['b1', 'a2']);
      }),
    );
  });
});
