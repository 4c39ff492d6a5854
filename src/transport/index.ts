export {
  type Channel,
  HIGH_WATER_BYTES,
  LOW_WATER_BYTES,
  type PathKind,
  type RendezvousState,
  type ServerProver,
  type SignalWay,
  type TextInvites,
  type Transport,
  type TransportEvents,
} from './contract.ts';
