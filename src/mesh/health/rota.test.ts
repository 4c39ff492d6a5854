import { describe, expect, it } from 'vitest';
import type { NodeId } from '../../wire/index.ts';
import { NEVER } from '../protocol.ts';
import { Rota } from './rota.ts';

const setting = (...times: number[]) => {
  const links = times.map((nextWakeAt) => ({ nextWakeAt }));
  const rota = new Rota<{ nextWakeAt: number }>();
  rota.lookAtAll(links.map((link, i) => [`${i}` as NodeId, link] as const));
  const run = (now: number, nextWakeAt: number): string[] => {
    const due: string[] = [];
    rota.run(now, (peer, link) => {
      due.push(peer);
      link.nextWakeAt = nextWakeAt;
    });
    return due;
  };
  return { links, rota, run };
};

describe('the rota', () => {
  it('names who is due, and when the next one is', () => {
    const { rota, run } = setting(1000, 3000, 3000);
    expect(rota.nextAt).toBe(1000);
    expect(run(999, 0)).toEqual([]);
    expect(run(1000, 5000)).toEqual(['0']);
    expect(rota.nextAt).toBe(3000);
    expect(run(3000, 9000)).toEqual(['1', '2']);
    expect(rota.nextAt).toBe(5000);
  });

  it('sees at the time that was known, or shortly before, who is due later by now', () => {
    const { links, rota, run } = setting(1000, 1400, 1600);
    for (const link of links) link.nextWakeAt += 2000;
    expect(rota.nextAt).toBe(1000);
    expect(run(1000, 0)).toEqual([]);
    expect(rota.nextAt).toBe(1600);
  });

  it('is told who may be due earlier, and who is there', () => {
    const { links, rota, run } = setting(1000, 2000);
    const [, second] = links;
    if (!second) throw new Error('no link');
    second.nextWakeAt = 500;
    expect(run(600, 5000)).toEqual([]);
    expect(rota.lookAt(second)).toBe(500);
    expect(rota.nextAt).toBe(500);
    expect(run(600, 5000)).toEqual(['1']);
    rota.lookAtAll([]);
    expect(rota.nextAt).toBe(NEVER);
    expect(run(9000, 0)).toEqual([]);
  });
});
