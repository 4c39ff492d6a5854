import { describe, expect, it } from 'vitest';
import { NEVER } from '../protocol.ts';
import { Rota } from './rota.ts';

const setting = (...times: number[]) => {
  const links = times.map((nextWakeAt) => ({ nextWakeAt }));
  const rota = new Rota<(typeof links)[0]>();
  rota.lookAtAll(links);
  const [a, b] = links;
  if (!a || !b) throw new Error('two at least');
  return { a, b, rota };
};

describe('the rota', () => {
  it('looks only at the first again when something is heard there, and finds who is the first then', () => {
    const { a, b, rota } = setting(1000, 2000, 3000);
    expect(rota.nextAt).toBe(1000);
    b.nextWakeAt = 8000; // heard, and nobody told
    expect([rota.isFirst(a), rota.isFirst(b)]).toEqual([true, false]);
    a.nextWakeAt = 4000;
    rota.lookAt(a);
    expect(rota.nextAt).toBe(3000);
    expect(rota.isFirst(a)).toBe(false);
  });

  it('is told who is due earlier, and who is there', () => {
    const { b, rota } = setting(1000, 2000);
    b.nextWakeAt = 500;
    rota.lookAt(b);
    expect(rota.nextAt).toBe(500);
    rota.lookAtAll([b]);
    expect(rota.isFirst(b)).toBe(true);
    rota.lookAtAll([]);
    expect(rota.nextAt).toBe(NEVER);
    rota.lookAt(b); // whose Link is down
    expect(rota.nextAt).toBe(NEVER);
  });
});
