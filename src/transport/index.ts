export {
  type Channel,
  HIGH_WATER_BYTES,
  type RendezvousState,
  type ServerProver,
  type Transport,
} from './contract.ts';
