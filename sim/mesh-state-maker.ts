/** Simulations of the real thing: MeshState, each with randomness of its own and one memory of verified records for all. */

import { MeshState } from '../src/mesh/state/mesh-state.ts';
import { RecordCache } from '../src/mesh/topology/record-cache.ts';
import { seededRandom } from '../src/runtime/index.ts';
import { encodeControl } from '../src/wire/index.ts';
import type { MeshMaker } from './engine/mesh-maker.ts';

/** 16 for each of two thousand Nodes. */
const RECORDS = 32_768;

export const meshStateMaker: MeshMaker = ({ networkName, networkKey, cryptography, multicastMode }) => {
  const records = new RecordCache(RECORDS);
  return ({ own, memberNumber, seed }, budget, now) =>
    new MeshState(
      {
        own,
        networkName,
        networkKey,
        attributes: encodeControl({ deviceName: `node ${memberNumber}`, workers: 4 }),
        cryptography,
        random: seededRandom(seed),
        records,
        multicastMode,
        budget,
      },
      now,
    );
};
