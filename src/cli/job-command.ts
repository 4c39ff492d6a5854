/** What the commands about Jobs have in common: a Node that lends nothing and keeps nothing, with a farm that only listens and asks. */
import { callRoll, Farm } from '../farm/index.ts';
import {
  systemClock as clock,
  systemRandom as random,
  systemTimers as timers,
  systemWallClock as wallClock,
} from '../runtime/index.ts';
import type { RollCall } from './find-job.ts';
import { type MeshOptions, type MeshWork, withMesh } from './mesh-command.ts';

export interface FarmWork extends MeshWork {
  readonly farm: Farm;
  readonly rollCall: RollCall;
}

/** As `withMesh`. */
export function withFarm(
  invite: string,
  options: MeshOptions,
  work: (context: FarmWork) => Promise<number>,
): Promise<void> {
  return withMesh(invite, options, async (context) => {
    const { node } = context.mesh;
    const farm = new Farm({ node, clock, timers, wallClock, random });
    try {
      const rollCall: RollCall = (wait) => callRoll({ farm, node, clock, timers }, wait);
      return await work({ ...context, farm, rollCall });
    } finally {
      farm.close();
    }
  });
}
