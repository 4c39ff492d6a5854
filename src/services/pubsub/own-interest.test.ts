import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { MAX_ADVERTISED, type Pattern, type Subject } from './contract.ts';
import { OwnInterest } from './own-interest.ts';
import { PeerInterests } from './peer-interests.ts';

const node = newNodeId(seededRandom(1));
const p = (text: string): Pattern => text as Pattern;

/** What another Node makes of what it is told. */
class Listener {
  readonly table = new PeerInterests();
  most = 0;

  hear(own: OwnInterest): void {
    for (const change of own.take()) {
      this.table.apply(node, change);
      this.most = Math.max(this.most, this.table.sizeOf(node));
    }
  }

  get lines(): readonly string[] {
    return linesOf(this.table.entries());
  }

  wants(subject: string): boolean {
    const { nodes, groups } = this.table.match(subject as Subject);
    return nodes.length > 0 || groups.size > 0;
  }
}

function linesOf(entries: OwnInterest['told']): readonly string[] {
  return entries.map(({ pattern, queue, count }) => `${pattern} ${queue} ${count}`).sort();
}

describe('the interest of a Node', () => {
  it('is told once, and then as it changes', () => {
    const own = new OwnInterest();
    own.changed(p('a'), undefined, 1);
    own.changed(p('a'), undefined, 1);
    own.changed(p('a'), 'q', 1);
    own.changed(p('b'), undefined, 1);
    own.changed(p('b'), undefined, -1);
    expect(own.isTold).toBe(false);
    expect(own.take()).toEqual([
      { pattern: 'a', queue: undefined, count: 2 },
      { pattern: 'a', queue: 'q', count: 1 },
    ]);
    expect([own.isTold, own.take()]).toEqual([true, []]);
    own.changed(p('a'), undefined, -1);
    own.changed(p('a'), 'q', -1);
    expect(own.take()).toEqual([
      { pattern: 'a', queue: 'q', count: 0 },
      { pattern: 'a', queue: undefined, count: 1 },
    ]);
  });

  it('is at any time to others what it was told to be', () => {
    const key = fc.tuple(fc.constantFrom('a', 'a.b', 'a.*', 'b.>'), fc.constantFrom(undefined, 'q', 'r'));
    const step = fc.oneof(key, fc.constant('tell' as const));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const own = new OwnInterest();
        const listener = new Listener();
        const there = new Map<string, number>();
        for (const one of steps) {
          if (one === 'tell') {
            listener.hear(own);
            expect(listener.lines).toEqual(linesOf(own.told));
            continue;
          }
          const name = one.join(' ');
          const isMore = (there.get(name) ?? 0) === 0 || name.length % 2 === 0;
          there.set(name, (there.get(name) ?? 0) + (isMore ? 1 : -1));
          own.changed(p(one[0]), one[1], isMore ? 1 : -1);
        }
      }),
    );
  });

  it('of very many subscriptions is cut to prefixes, and misses none', () => {
    const own = new OwnInterest();
    const listener = new Listener();
    const many = Array.from({ length: 20_000 }, (_, i) => `room.${i % 300}.seat.${i}`);
    for (const [i, one] of many.entries()) {
      own.changed(p(one), undefined, 1);
      if (i % 997 === 0) listener.hear(own);
    }
    own.changed(p('room.1.seat.1'), 'crew', 1);
    listener.hear(own);
    expect(listener.most).toBeLessThanOrEqual(MAX_ADVERTISED + 1);
    expect(listener.lines).toEqual(linesOf(own.told));
    expect(many.filter((one) => !listener.wants(one))).toEqual([]);
    expect(listener.wants('room.7.seat.new')).toBe(true);
    expect(listener.wants('room.301.seat.1')).toBe(false);
    expect(listener.table.match('room.1.seat.1' as Subject).groups.has('crew')).toBe(true);
  });

  it('is exact again when there are few again', () => {
    const own = new OwnInterest();
    const listener = new Listener();
    const many = Array.from({ length: 5_000 }, (_, i) => `room.${i % 30}.${i}`);
    for (const one of many) own.changed(p(one), undefined, 1);
    listener.hear(own);
    expect(listener.table.sizeOf(node)).toBeLessThan(100);
    for (const one of many.slice(100)) own.changed(p(one), undefined, -1);
    listener.hear(own);
    expect(listener.table.sizeOf(node)).toBe(100);
    expect([listener.wants('room.3.3'), listener.wants('room.3.333')]).toEqual([true, false]);
  });

  it('without any common prefix becomes everything', () => {
    const own = new OwnInterest();
    const listener = new Listener();
    for (let i = 0; i <= MAX_ADVERTISED; i++) own.changed(p(`x${i}`), undefined, 1);
    listener.hear(own);
    expect(listener.lines).toEqual([`> undefined ${MAX_ADVERTISED + 1}`]);
  });

  it('has room for a bounded number of queue groups, and always for those that it has', () => {
    const own = new OwnInterest();
    for (let i = 0; i < MAX_ADVERTISED - 1; i++) own.changed(p('x'), `q${i}`, 1);
    expect([own.mayHave('new'), own.mayHave('q1')]).toEqual([false, true]);
    own.changed(p('x'), 'q7', -1);
    expect(own.mayHave('new')).toBe(true);
  });
});
