import { describe, expect, it } from 'vitest';
import { judge, termAt } from './chain.ts';
import { type Checkpoint, MAX_PREVIOUS } from './checkpoint.ts';

/** A chain by the names of its checkpoints, each a letter; of which terms began at those numbers. */
function chain(names: string, takes: readonly number[] = [1], turns: readonly number[] = []): Checkpoint {
  const hashes = [...names].map((name) => name.repeat(64));
  const previous = hashes.slice(0, -1).reverse().slice(0, MAX_PREVIOUS);
  return { hash: hashes.at(-1), number: names.length, takes, turns, previous } as unknown as Checkpoint;
}

const typeOf = (own: Checkpoint | undefined, other: Checkpoint) => judge(own, other).type;
const winsFrom = (own: Checkpoint, other: Checkpoint) => {
  const verdict = judge(own, other);
  return verdict.type === 'wins' ? verdict.from : verdict.type;
};

describe('a chain of checkpoints', () => {
  it('goes on with the next one, and jumps to a later one whose way is not here', () => {
    expect(typeOf(undefined, chain('a'))).toBe('next');
    expect(typeOf(undefined, chain('ab'))).toBe('later');
    expect(typeOf(chain('a'), chain('ab'))).toBe('next');
    expect(typeOf(chain('a'), chain('abc'))).toBe('later');
    expect(typeOf(chain('abc'), chain('ab'))).toBe('known');
    expect(typeOf(chain('abc'), chain('abc'))).toBe('known');
  });

  it('gives way where another first differs with a later term, and of one term with a lower hash', () => {
    expect(winsFrom(chain('abcd'), chain('aby', [1, 3]))).toBe(3);
    expect(winsFrom(chain('aby', [1, 3]), chain('abcd'))).toBe('loses');
    expect(winsFrom(chain('abz'), chain('abc'))).toBe(3);
    expect(winsFrom(chain('abc'), chain('abz'))).toBe('loses');
    // What comes behind does not matter: both ways it is the same one.
    expect(winsFrom(chain('abzz', [1, 4]), chain('abc'))).toBe(3);
    expect(winsFrom(chain('abc'), chain('abzz', [1, 4]))).toBe('loses');
  });

  it('is told from another by its terms where they are too far apart', () => {
    const long = (rest: string, takes: readonly number[]) => chain(`ab${rest.repeat(30)}`, takes);
    expect(winsFrom(chain('ab'), long('c', [1]))).toBe('later');
    expect(winsFrom(chain('ab'), long('c', [1, 3]))).toBe('later');
    expect(winsFrom(chain('abd'), long('c', [1, 3]))).toBe(3);
    expect(winsFrom(long('c', [1, 3]), chain('abd'))).toBe('loses');
    expect(winsFrom(long('c', [1]), chain('ab'))).toBe('known');
  });

  it('gives way to one in which somebody was removed, whatever its terms', () => {
    expect(winsFrom(chain('abcd', [1, 3]), chain('aby', [1], [3]))).toBe(3);
    expect(winsFrom(chain('aby', [1], [3]), chain('abcd', [1, 3]))).toBe('loses');
    const long = (rest: string, turns: readonly number[]) => chain(`ab${rest.repeat(30)}`, [1], turns);
    expect(winsFrom(chain('abd', [1, 3]), long('c', [5]))).toBe('later');
    expect(winsFrom(long('d', []), chain(`ab${'c'.repeat(28)}`, [1], [9]))).toBe(16);
    expect(winsFrom(long('c', [5]), chain('abd', [1, 3]))).toBe('known');
    expect(winsFrom(chain(`ab${'c'.repeat(28)}`, [1], [9]), long('d', []))).toBe('loses');
  });

  it('says of which term each of its numbers is', () => {
    expect([1, 2, 3, 4].map((number) => termAt(chain('abcd', [1, 3]), number))).toEqual([1, 1, 2, 2]);
  });
});
