import { describe, expect, it } from 'vitest';
import { NEVER } from '../protocol.ts';
import { Rota } from './rota.ts';

const setting = (...times: number[]) => {
  const links = times.map((nextWakeAt, i) => ({ name: 'abc'[i], nextWakeAt }));
  const rota = new Rota<(typeof links)[0]>();
  rota.lookAtAll(links);
  /** Wakes those that are due, which are due at that time then. */
  const run = (now: number, nextWakeAt: number): unknown[] => {
    const due = rota.due(now);
    for (const link of due) link.nextWakeAt = nextWakeAt;
    rota.lookAtDue(now);
    return due.map(({ name }) => name);
  };
  const [a, b] = links;
  if (!a || !b) throw new Error('two at least');
  return { a, b, rota, run };
};

describe('the rota', () => {
  it('names who is due, and when the next one is', () => {
    const { rota, run } = setting(1000, 3000, 3000);
    expect(rota.nextAt).toBe(1000);
    expect(run(999, 0)).toEqual([]);
    expect(run(1000, 5000)).toEqual(['a']);
    expect(rota.nextAt).toBe(3000);
    expect(run(3000, 9000)).toEqual(['b', 'c']);
    expect(rota.nextAt).toBe(5000);
  });

  it('looks only at the first again when something is heard there, and finds who is the first then', () => {
    const { a, b, rota } = setting(1000, 2000, 3000);
    b.nextWakeAt = 8000; // heard, and nobody told
    expect([rota.isFirst(a), rota.isFirst(b)]).toEqual([true, false]);
    a.nextWakeAt = 4000;
    rota.lookAt(a);
    expect(rota.nextAt).toBe(3000);
    expect(rota.isFirst(a)).toBe(false);
  });

  it('is told who may be due earlier, and who is there', () => {
    const { b, rota, run } = setting(1000, 2000);
    b.nextWakeAt = 500;
    expect(run(600, 5000)).toEqual([]);
    rota.lookAt(b);
    expect(rota.nextAt).toBe(500);
    expect(run(600, 5000)).toEqual(['b']);
    rota.lookAtAll([]);
    expect(rota.nextAt).toBe(NEVER);
    expect(run(9000, 0)).toEqual([]);
  });
});
