/** Who comes while others speak all the time. */
import { describe, expect, it } from 'vitest';
import { SimulatedMesh } from './mesh.testing.ts';

describe('a newcomer among sources that never fall silent', () => {
  it.each([1, 2, 3, 4, 5])(
    'hears each of them within two seconds, and then without a gap (seed %i)',
    (seed) => {
      const mesh = new SimulatedMesh({ nodes: 6, seed, degree: 5 });
      let number = 0;
      const speak = () => {
        for (const index of [0, 1, 2]) mesh.broadcast(index, number);
        number++;
        if (mesh.now < 40_000) mesh.after(300, speak);
      };
      speak();
      mesh.run(20_000);
      const came = number;
      const newcomer = mesh.addNode();
      for (const index of [0, 2, 3, 4, 5]) mesh.connect(index, newcomer.index);
      mesh.run(2000);
      for (const index of [0, 1, 2]) expect(newcomer.received.get(index)?.at(-1)).toBeGreaterThan(came);
      mesh.run(30_000);
      for (const index of [0, 1, 2]) {
        const heard = newcomer.received.get(index) ?? [];
        const first = heard[0] ?? 0;
        expect(first).toBeLessThanOrEqual(came);
        expect(heard).toEqual(Array.from({ length: number - first }, (_, i) => first + i));
      }
    },
  );
});
