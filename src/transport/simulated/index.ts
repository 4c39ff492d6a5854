export type { NetworkConditions } from './medium.ts';
export { SimulatedNetwork, type SimulatedPeer } from './network.ts';
export type { Scheduler } from './scheduler.ts';
