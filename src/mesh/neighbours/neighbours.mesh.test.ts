import { describe, expect, it } from 'vitest';
import { MAX_DEGREE, MAX_DEGREE_FOR_STRANGERS, TARGET_DEGREE } from './limits.ts';
import { ToyMesh } from './neighbours.testing.ts';

function meshOf(seed: number, count: number, apartMs = 40): ToyMesh {
  const mesh = new ToyMesh(seed);
  for (let i = 0; i < count; i++) {
    mesh.join();
    mesh.run(apartMs);
  }
  return mesh;
}

/** More of them: `MESH_SEEDS=100 npx vitest run src/mesh/neighbours`. */
const SEEDS = Array.from({ length: Number(process.env['MESH_SEEDS'] ?? 1) }, (_, i) => i + 1);

describe('Nodes that choose neighbours', () => {
  it.each([2, 3, 5, 8])('make a full mesh of %i within two seconds', (count) => {
    for (const seed of SEEDS) {
      const mesh = meshOf(seed, count, 5);
      mesh.run(2_000);
      expect(mesh.degrees()).toEqual(new Array(count).fill(count - 1));
    }
  });

  it.each([9, 16, 33, 64])(
    'make one small graph of %i, with six to twelve Links each, and come to rest',
    (count) => {
      for (const seed of SEEDS) {
        const mesh = meshOf(seed, count);
        mesh.run(180_000);
        expect(mesh.parts()).toEqual([count]);
        expect(Math.min(...mesh.degrees())).toBeGreaterThanOrEqual(TARGET_DEGREE);
        expect(Math.max(...mesh.degrees())).toBeLessThanOrEqual(MAX_DEGREE);
        expect(mesh.diameter()).toBeLessThanOrEqual(4);
        expect(mesh.cuts).toBe(0);
        const { disconnects } = mesh;
        const calls = mesh.here.reduce((sum, tab) => sum + tab.calls, 0);
        mesh.run(60_000);
        expect(mesh.disconnects - disconnects).toBeLessThanOrEqual(2);
        expect(mesh.here.reduce((sum, tab) => sum + tab.calls, 0) - calls).toBeLessThanOrEqual(6);
      }
    },
  );

  it('that all open at once calm down just so', () => {
    for (const seed of SEEDS) {
      const mesh = meshOf(seed, 40, 0);
      mesh.run(10_000);
      expect(mesh.parts()).toEqual([40]);
      expect(Math.max(...mesh.degrees())).toBeLessThanOrEqual(MAX_DEGREE_FOR_STRANGERS);
      mesh.run(120_000);
      expect(Math.max(...mesh.degrees())).toBeLessThanOrEqual(MAX_DEGREE);
      expect(mesh.cuts).toBe(0);
    }
  });

  it('close up again when a third of them die', () => {
    for (const seed of SEEDS) {
      const mesh = meshOf(seed, 36);
      mesh.run(30_000);
      for (const [i, tab] of mesh.here.entries()) if (i % 3 === 0) mesh.kill(tab);
      mesh.run(15_000);
      expect(mesh.parts()).toEqual([24]);
      expect(Math.min(...mesh.degrees())).toBeGreaterThanOrEqual(TARGET_DEGREE);
    }
  });

  it('find each other among 1,024 ghosts', () => {
    for (const seed of SEEDS) {
      const mesh = new ToyMesh(seed);
      mesh.addGhosts(1_024);
      for (let i = 0; i < 10; i++) {
        mesh.join();
        mesh.run(1_000);
      }
      mesh.run(10_000);
      expect(mesh.parts()).toEqual([10]);
    }
  });

  it.each([1, 3, 10])(
    'find a newcomer that comes after 1,024 ghosts within seconds, %i being there',
    (count) => {
      for (const seed of SEEDS) {
        const mesh = meshOf(seed, count);
        mesh.run(10_000);
        mesh.addGhosts(1_024);
        mesh.run(30_000);
        mesh.join();
        mesh.run(4_000);
        expect(mesh.parts()).toEqual([count + 1]);
      }
    },
  );

  it('let a newcomer in when all are full, and get rid of the surplus', () => {
    for (const seed of SEEDS) {
      const mesh = meshOf(seed, 13, 0);
      mesh.run(3_000);
      const newcomer = mesh.join();
      mesh.run(1_000);
      expect(newcomer.open.size).toBeGreaterThan(0);
      mesh.run(120_000);
      expect(Math.max(...mesh.degrees())).toBeLessThanOrEqual(MAX_DEGREE);
      expect(mesh.parts()).toEqual([14]);
    }
  });

  it('heal a partition within seconds', () => {
    for (const count of [8, 24]) {
      for (const seed of SEEDS) {
        const mesh = meshOf(seed, count);
        mesh.run(20_000);
        mesh.partition((_, i) => i % 2);
        mesh.run(60_000);
        expect(mesh.parts()).toEqual([count / 2, count / 2]);
        mesh.heal();
        mesh.run(10_000);
        expect(mesh.parts()).toEqual([count]);
      }
    }
  });

  it('heal it by remembered addresses when the registry lists nobody', () => {
    for (const seed of SEEDS) {
      const mesh = meshOf(seed, 12);
      mesh.run(20_000);
      mesh.partition((_, i) => i % 2);
      for (const tab of mesh.tabs) mesh.tell(tab, { type: 'candidates', ids: [] });
      mesh.run(600_000);
      mesh.heal();
      mesh.run(60_000);
      expect(mesh.parts()).toEqual([12]);
    }
  });

  it('have a tab that was frozen for half a minute back within two seconds', () => {
    for (const count of [3, 8, 24]) {
      for (const seed of SEEDS) {
        const mesh = meshOf(seed, count);
        mesh.run(20_000);
        const tab = mesh.at(1);
        const missed = [...tab.open.keys()];
        mesh.freeze(tab);
        mesh.run(30_000);
        expect(tab.open.size).toBe(0);
        mesh.thaw(tab, missed);
        mesh.run(2_000);
        expect(mesh.parts()).toEqual([count]);
        expect(tab.open.size).toBeGreaterThanOrEqual(Math.min(count - 1, TARGET_DEGREE - 2));
      }
    }
  });

  it('call a newcomer of a large room a few times, not all at once', () => {
    const mesh = meshOf(9, 64, 10);
    mesh.run(30_000);
    const calls = () => mesh.here.reduce((sum, tab) => sum + tab.calls, 0);
    const before = calls();
    mesh.addGhosts(1);
    mesh.run(10_000);
    expect(calls() - before).toBeGreaterThan(0);
    expect(calls() - before).toBeLessThan(40);
  });

  it('are together again soon after the rendezvous is back', () => {
    for (const seed of SEEDS) {
      const mesh = meshOf(seed, 6);
      mesh.run(20_000);
      mesh.isServerUp = false;
      mesh.partition((_, i) => i);
      mesh.run(120_000);
      expect(mesh.parts()).toHaveLength(6);
      mesh.heal();
      mesh.run(60_000);
      expect(mesh.parts()).toHaveLength(6);
      mesh.isServerUp = true;
      mesh.tellCandidates();
      mesh.run(2_000);
      expect(mesh.parts()).toEqual([6]);
    }
  });

  it('do not run after those that said farewell', () => {
    const mesh = meshOf(3, 6);
    mesh.run(20_000);
    const calls = () => mesh.here.reduce((sum, tab) => sum + tab.calls, 0);
    mesh.leave(mesh.at(2));
    const before = calls();
    mesh.run(60_000);
    expect(calls() - before).toBeLessThanOrEqual(6);
  });
});
