/** `--backplane`: this server's part in a registry that several share. */
import { toHex } from '../../src/runtime/index.ts';
import type { BackplaneState } from '../metrics.ts';
import type { Rendezvous } from '../rendezvous.ts';
import { Federation, SERVER_BEAT_MS } from './federation.ts';
import { type NatsAddress, NatsBus } from './nats-bus.ts';

export interface Backplane {
  readonly state: BackplaneState;
  /** Other servers that are heard. */
  readonly servers: number;
  /** Says goodbye to the others. */
  close(): Promise<void>;
}

export const NO_BACKPLANE: Backplane = { state: 'none', servers: 0, close: async () => undefined };

export function joinBackplane(
  address: NatsAddress,
  rendezvous: Rendezvous,
  random: { bytes(length: number): Uint8Array },
): Backplane {
  const name = toHex(random.bytes(6));
  const bus = new NatsBus({ address, name, onMessage: (message) => federation.receive(message) });
  const federation: Federation = new Federation({ name, bus, rendezvous });
  const timer = setInterval(() => federation.tick(), SERVER_BEAT_MS);
  timer.unref();
  return {
    get state() {
      return bus.isConnected ? 'connected' : 'away';
    },
    get servers() {
      return federation.serverCount;
    },
    async close() {
      clearInterval(timer);
      federation.leave();
      await bus.close();
    },
  };
}
