import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Pattern, Subject } from './contract.ts';
import { matches, pattern, subject } from './subject.ts';
import { SubjectTrie } from './trie.ts';

const token = fc.constantFrom('a', 'b', 'c', 'A', 'aa');
const subjects = fc.array(token, { minLength: 1, maxLength: 4 }).map((tokens) => subject(tokens.join('.')));
const patterns = fc
  .tuple(fc.array(fc.oneof(token, fc.constant('*')), { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([tokens, isOpen]) => pattern((isOpen ? [...tokens.slice(1), '>'] : tokens).join('.')));

const listing = (): SubjectTrie<string, readonly string[]> => new SubjectTrie((values) => [...values].sort());

describe('a tree of patterns', () => {
  it('finds what a comparison token by token finds, while patterns come and go', () => {
    const step = fc.oneof(
      fc.record({ type: fc.constant('insert' as const), pattern: patterns }),
      fc.record({ type: fc.constant('remove' as const), pattern: patterns }),
      fc.record({ type: fc.constant('match' as const), subject: subjects }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), fc.integer({ min: 1, max: 8 }), (steps, kept) => {
        const trie = new SubjectTrie<string, readonly string[]>((values) => [...values].sort(), kept);
        const there = new Set<Pattern>();
        for (const one of steps) {
          if (one.type === 'insert') {
            trie.insert(one.pattern, one.pattern);
            there.add(one.pattern);
          } else if (one.type === 'remove') {
            expect(trie.remove(one.pattern, one.pattern)).toBe(there.delete(one.pattern));
          } else {
            const expected = [...there].filter((pattern) => matches(pattern, one.subject.split('.'))).sort();
            expect(trie.match(one.subject)).toEqual(expected);
          }
          expect(trie.size).toBe(there.size);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('tells every pattern that is in it with all that is under it, until it is enough', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(patterns, fc.nat(3)), { maxLength: 40 }), fc.nat(40), (pairs, enough) => {
        const trie = new SubjectTrie<number, number>((values) => values.length);
        const there = new Map<Pattern, Set<number>>();
        for (const [one, value] of pairs) {
          trie.insert(one, value);
          there.set(one, (there.get(one) ?? new Set()).add(value));
        }
        const told = new Map<Pattern, ReadonlySet<number>>();
        trie.walk((one, values) => {
          told.set(one, values);
          return true;
        });
        expect(told).toEqual(there);
        let visited = 0;
        trie.walk(() => ++visited < enough);
        expect(visited).toBe(Math.min(there.size, Math.max(1, enough)));
      }),
    );
  });

  it('keeps several values under one pattern, each once', () => {
    const trie = listing();
    for (const value of ['x', 'y', 'x']) trie.insert(pattern('a.*'), value);
    expect(trie.match(subject('a.b'))).toEqual(['x', 'y']);
    expect(trie.remove(pattern('a.*'), 'x')).toBe(true);
    expect(trie.remove(pattern('a.*'), 'x')).toBe(false);
    expect(trie.match(subject('a.b'))).toEqual(['y']);
  });

  it('answers what it found before without looking again, until a pattern that concerns it changes', () => {
    let looked = 0;
    const trie = new SubjectTrie<string, number>((values) => {
      looked++;
      return values.length;
    });
    const [plain, other] = [subject('a.b'), subject('c')];
    for (const one of [plain, plain, other, plain]) trie.match(one);
    expect(looked).toBe(2);
    trie.insert(pattern('a.b'), 'x');
    expect([trie.match(plain), trie.match(other), looked]).toEqual([1, 0, 3]);
    trie.insert(pattern('a.*'), 'y');
    expect([trie.match(plain), trie.match(other), looked]).toEqual([2, 0, 5]);
    trie.changed(pattern('a.b'));
    expect([trie.match(plain), trie.match(other), looked]).toEqual([2, 0, 6]);
  });

  it('keeps what is asked for often while many others pass', () => {
    let looked = 0;
    const trie = new SubjectTrie<string, number>(() => ++looked, 4);
    const often = subject('often');
    trie.match(often);
    for (let i = 0; i < 100; i++) {
      trie.match(subject(`once.${i}`));
      if (i % 3 === 0) trie.match(often);
    }
    expect(looked).toBe(101);
  });

  it('is empty again when everything is gone, whatever the order', () => {
    const trie = listing();
    const all = ['a', 'a.b', 'a.*', 'a.>', '>', '*.*.c', 'a.b.c'].map(pattern);
    for (const one of all) trie.insert(one, one);
    for (const one of [...all].reverse()) trie.remove(one, one);
    expect(trie.size).toBe(0);
    for (const text of ['a', 'a.b', 'a.b.c']) expect(trie.match(text as Subject)).toEqual([]);
  });
});
