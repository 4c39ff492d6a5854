/**
 * `leafcutter/mesh`: the Node below `joinNetwork`, for who brings a Transport, a clock or keys of his own. `createNode` takes all that
 * it needs; `mesh.node` of a joined network is the same thing.
 */
export * from '../mesh/index.ts';
export { type Clock, type Random, systemClock, systemRandom, systemTimers, type Timers } from '../runtime/index.ts';
export type { Channel, RendezvousState, Transport } from '../transport/index.ts';
export { formatInvite, type Invite, networkHash, newInvite, parseInvite } from '../wire/index.ts';
