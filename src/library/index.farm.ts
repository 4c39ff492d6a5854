/** `leafcutter/farm`: any pure function over many inputs, on the workers of every Node of a mesh. */
import { Farm, type JobKind } from '../farm/index.ts';
import { systemClock, systemRandom, systemTimers, systemWallClock } from '../runtime/index.ts';
import type { Mesh } from './mesh.ts';

export * from '../farm/index.ts';

/** One Farm a mesh. @param kinds what this Node can work on; the same names mean the same function everywhere. More can be registered */
export function createFarm(mesh: Mesh, kinds: readonly JobKind[] = []): Farm {
  return new Farm({
    node: mesh.node,
    clock: systemClock,
    wallClock: systemWallClock,
    timers: systemTimers,
    random: systemRandom,
    kinds,
  });
}
