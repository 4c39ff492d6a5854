import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { Liars, MAX_LIARS } from './liars.ts';

const random = seededRandom(1);
const [self, a, b] = [newNodeId(random), newNodeId(random), newNodeId(random)];
const liar = (node: typeof a) => ({ node, withdrawnCost: 1 });

describe('who is said to have brought wrong results', () => {
  it('is whom the present coordinator names; new ones are told once', () => {
    const liars = new Liars(self, [liar(a)]);
    expect(liars.told([liar(a), liar(b)])).toEqual([b]);
    expect(liars.told([liar(a), liar(b)])).toEqual([]);
    expect([liars.has(a), liars.has(b), liars.size]).toEqual([true, true, 2]);
    liars.told([liar(b)]);
    expect(liars.has(a)).toBe(false);
    liars.forget();
    expect(liars.list).toEqual([]);
  });

  it('is this Node only when it has found it out itself', () => {
    const liars = new Liars(self);
    expect(liars.told([liar(self)])).toEqual([]);
    expect(liars.has(self)).toBe(false);
    expect(liars.isSelfNamed).toBe(true);
    expect(liars.list).toEqual([liar(self)]);
    liars.add(liar(self));
    expect(liars.has(self)).toBe(true);
    liars.forget();
    expect(liars.has(self)).toBe(false);
  });

  it('is told of up to a bound', () => {
    const liars = new Liars(self);
    for (let i = 0; i <= MAX_LIARS; i++) liars.add(liar(newNodeId(random)));
    expect(liars.size).toBe(MAX_LIARS);
  });
});
