export type { SimulatedHost } from './host.ts';
export { type FrameFaults, LAN, type NetworkConditions, NO_FRAME_FAULTS } from './medium.ts';
export { SimulatedNetwork, type SimulatedPeer } from './network.ts';
export type { Scheduler } from './scheduler.ts';
export type { SimulatedTransport } from './transport.ts';
