/**
 * Devices that this one found no direct path to, and why. They may still talk through others; the reason is told once, and stands
 * where the device is listed, until a connection opens after all.
 */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Emitter } from '../../runtime/index.ts';
import type { TransportEvents } from '../../transport/index.ts';
import type { NodeId } from '../../wire/index.ts';

export interface Paths {
  /** Peer to reason, a sentence without its full stop. */
  readonly failed: ReadonlySignal<ReadonlyMap<NodeId, string>>;
}

/** Strangers come and go; the newest are kept. */
const MAX_FAILED = 64;

/** `onFirst` is called once a peer, and again only after a connection with it had opened. */
export function watchPaths(
  events: Pick<Emitter<Pick<TransportEvents, 'pathFailed' | 'channel'>>, 'on'>,
  onFirst: (peer: NodeId, reason: string) => void,
): Paths {
  const failed = signal<ReadonlyMap<NodeId, string>>(new Map());
  events.on('pathFailed', ({ peer, reason }) => {
    const isKnown = failed.value.has(peer);
    failed.value = new Map(
      [...[...failed.value].filter(([id]) => id !== peer), [peer, reason] as const].slice(-MAX_FAILED),
    );
    if (!isKnown) onFirst(peer, reason);
  });
  events.on('channel', ({ peer }) => {
    if (!failed.value.has(peer)) return;
    failed.value = new Map([...failed.value].filter(([id]) => id !== peer));
  });
  return { failed };
}
