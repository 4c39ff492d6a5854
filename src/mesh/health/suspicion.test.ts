import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { Suspicion, suspicionTimeoutMs } from './suspicion.ts';

const ids = Array.from({ length: 40 }, (_, i) => newNodeId(seededRandom(i + 1)));
const id = (i: number) => ids[i] ?? newNodeId(seededRandom(i));

describe('a suspicion', () => {
  it('shrinks with each confirmation, the first most, down to a minimum', () => {
    const timeouts = [0, 1, 2, 3, 10].map(suspicionTimeoutMs);
    expect(timeouts[0]).toBe(1200);
    expect(timeouts[2]).toBeCloseTo(900, 6);
    expect(timeouts[3]).toBe(900);
    const drop = (i: number) => (timeouts[i] ?? 0) - (timeouts[i + 1] ?? 0);
    expect(drop(0)).toBeGreaterThan(drop(1));
    expect(timeouts[4]).toBe(900);
  });

  it('counts a witness once, and forgets one that hears the suspect again', () => {
    const suspicion = new Suspicion(0);
    suspicion.confirm(id(1));
    suspicion.confirm(id(1));
    expect(suspicion.witnesses.size).toBe(1);
    suspicion.withdraw(id(1));
    expect(suspicion.leftMs(300, 1)).toBe(900);
    suspicion.confirm(id(2));
    suspicion.clear();
    expect(suspicion.leftMs(300, 1)).toBe(900);
  });

  it('keeps a bounded number of witnesses', () => {
    const suspicion = new Suspicion(0);
    for (const witness of ids) suspicion.confirm(witness);
    expect(suspicion.witnesses.size).toBe(16);
  });

  it('does not run while we stand still, and runs slower while we are unwell', () => {
    const suspicion = new Suspicion(0);
    suspicion.forgive(30_000);
    expect(suspicion.leftMs(30_500, 1)).toBe(700);
    expect(suspicion.leftMs(30_500, 2)).toBe(1900);
  });
});
