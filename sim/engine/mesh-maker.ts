/** How a simulation comes by the protocol it drives: MeshState, or a toy of the same form. */
import type { Cryptography } from '../../src/mesh/identity/cryptography.ts';
import type { MemoryBudget } from '../../src/mesh/memory/budget.ts';
import type { Birth, SimulatedMesh } from './surroundings.ts';

export type MulticastMode = 'plumtree' | 'flood';

/** What all Nodes of a simulation have in common. */
export interface MeshSettings {
  readonly networkName: string;
  readonly networkKey: Uint8Array;
  readonly cryptography: Cryptography;
  readonly multicastMode: MulticastMode;
}

/** `budget`: the Node's account of what others cost it, for the checks to read. `now`: of the Node's own clock. */
export type MeshFactory = (birth: Birth, budget: MemoryBudget, now: number) => SimulatedMesh;

/** Called once for a simulation, so that what Nodes may share is shared within it and not beyond. */
export type MeshMaker = (settings: MeshSettings) => MeshFactory;
