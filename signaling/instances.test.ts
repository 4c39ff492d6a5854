import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../src/runtime/index.ts';
import { newNodeId } from '../src/wire/index.ts';
import { Instances } from './instances.ts';

const ids = Array.from({ length: 5 }, (_, i) => newNodeId(seededRandom(i)));
const [a, b, c] = ids as [(typeof ids)[0], (typeof ids)[0], (typeof ids)[0]];

describe('the instances', () => {
  it('tell who comes who is there, and those who are there who comes', () => {
    const instances = new Instances<number>(10);
    expect(instances.register(1, 'n', a)).toEqual({ id: a, notify: [], others: [] });
    expect(instances.register(2, 'n', b)).toEqual({ id: b, notify: [1], others: [a] });
    expect(instances.register(3, 'other', c)).toEqual({ id: c, notify: [], others: [] });
    expect(instances.leave(1)).toEqual({ id: a, notify: [2] });
    expect(instances.leave(1)).toBeUndefined();
  });

  it('keep an id while any session holds it', () => {
    const instances = new Instances<number>(10);
    instances.register(1, 'n', a);
    instances.register(2, 'n', b);
    expect(instances.register(3, 'n', a)).toEqual({ id: a, notify: [], others: [b] });
    expect(instances.leave(1)).toEqual({ id: a, notify: [] });
    expect(instances.leave(3)).toEqual({ id: a, notify: [2] });
  });

  it('refuse a second registration of one session and a full network', () => {
    const instances = new Instances<number>(2);
    instances.register(1, 'n', a);
    expect(instances.register(1, 'm', b)).toBeUndefined();
    instances.register(2, 'n', a);
    expect(instances.register(3, 'n', c)).toBeUndefined();
    expect(instances.register(3, 'm', c)).toBeDefined();
  });

  it('tell every session the truth about its network, and forget all when all have left', () => {
    const step = fc.record({ session: fc.nat(7), network: fc.nat(1), id: fc.nat(4), leave: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const instances = new Instances<number>(100);
        const seen = new Map<number, { network: string; id: string; known: Set<string> }>();
        const leave = (session: number): void => {
          const change = instances.leave(session);
          seen.delete(session);
          for (const told of change?.notify ?? []) {
            expect(seen.get(told)?.known.delete(change?.id ?? '')).toBe(true);
          }
        };
        for (const { session, network, id, leave: leaving } of steps) {
          const nodeId = ids[id];
          if (leaving || nodeId === undefined) {
            leave(session);
            continue;
          }
          const change = instances.register(session, `n${network}`, nodeId);
          if (!change) continue;
          for (const told of change.notify) seen.get(told)?.known.add(nodeId);
          seen.set(session, { network: `n${network}`, id: nodeId, known: new Set(change.others) });
          for (const [, view] of seen) {
            const truth = [...seen.values()].filter((v) => v.network === view.network && v.id !== view.id);
            expect([...view.known].sort()).toEqual([...new Set(truth.map((v) => v.id))].sort());
          }
        }
        for (const session of [...seen.keys()]) leave(session);
        expect(instances.sessionCount).toBe(0);
        expect(instances.networkCount).toBe(0);
      }),
    );
  });

  it('keep nothing of 300,000 registrations, whatever ids and networks they named', () => {
    const instances = new Instances<number>(100);
    const random = seededRandom(9);
    let most = 0;
    for (let i = 0; i < 300_000; i++) {
      // Some ids come again while their old session is still there, some networks are new each time.
      const id = i % 3 === 0 ? a : newNodeId(random);
      instances.register(i, i % 2 === 0 ? 'n' : `n${i}`, id);
      instances.leave(i - 50);
      most = Math.max(most, instances.sessionCount + instances.networkCount);
    }
    for (let i = 300_000 - 50; i < 300_000; i++) instances.leave(i);
    expect(most).toBeLessThanOrEqual(102);
    expect([instances.sessionCount, instances.networkCount]).toEqual([0, 0]);
  });
});
