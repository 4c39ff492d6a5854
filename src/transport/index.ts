export {
  type Channel,
  type ChannelEvents,
  HIGH_WATER_BYTES,
  LOW_WATER_BYTES,
  MAX_FRAME_BYTES,
  type RendezvousState,
  type Transport,
  type TransportEvents,
} from './contract.ts';
