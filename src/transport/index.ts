export {
  type Channel,
  HIGH_WATER_BYTES,
  type PathKind,
  type RendezvousState,
  type Transport,
  type TransportEvents,
} from './contract.ts';
