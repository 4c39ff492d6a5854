import { expect, it } from 'vitest';
import { seededRandom } from '../src/runtime/index.ts';
import { newNodeId } from '../src/wire/index.ts';
import { Directory } from './directory.ts';
import { NetworkTable } from './network-table.ts';
import type { Home } from './rendezvous.ts';

it('is made once a second at most, however often it is asked for, and is never older', () => {
  const random = seededRandom(1);
  const directory = new Directory<Home>(random);
  let now = 0;
  const table = new NetworkTable(directory, () => now);
  const count = (): number => JSON.parse(table.json()).networks[0]?.instances.length ?? 0;
  const register = (): void => {
    const home = { name: 'elsewhere' } as Home;
    directory.add({ id: newNodeId(random), network: 'n', addressTag: 'a', since: 0, home });
  };
  register();
  expect(count()).toBe(1);
  register();
  now = 999;
  expect(count()).toBe(1);
  now = 1_000;
  expect(count()).toBe(2);
});
