export {
  type Channel,
  HIGH_WATER_BYTES,
  LOW_WATER_BYTES,
  type RendezvousState,
  type ServerProver,
  type SignalWay,
  type TextInvites,
  type Transport,
} from './contract.ts';
