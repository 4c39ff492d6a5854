/**
 * Devices that are here, and that this one found no direct path to, and why. They may still talk through others; the reason is told
 * once, and stands where the device is listed, until a connection opens after all. Of a device that has left nothing is told: that
 * nothing comes from it any more says nothing of the path.
 */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Member } from '../../mesh/index.ts';
import type { Emitter } from '../../runtime/index.ts';
import type { TransportEvents } from '../../transport/index.ts';
import type { NodeId } from '../../wire/index.ts';

export interface Paths {
  /** Peer to reason, a sentence without its full stop. */
  readonly failed: ReadonlySignal<ReadonlyMap<NodeId, string>>;
}

/** Strangers come and go; the newest are kept. */
const MAX_FAILED = 64;

/** `onFirst` is called once a peer, and again only after a connection with it had opened, or it had left. */
export function watchPaths(
  events: Pick<Emitter<Pick<TransportEvents, 'pathFailed' | 'channel' | 'candidates'>>, 'on'>,
  members: ReadonlySignal<readonly Pick<Member, 'id' | 'isNeighbour'>[]>,
  onFirst: (peer: NodeId, reason: string) => void,
): Paths {
  const failed = signal<ReadonlyMap<NodeId, string>>(new Map());
  let registered: ReadonlySet<NodeId> = new Set();
  const isSought = (peer: NodeId): boolean => {
    const member = members.value.find(({ id }) => id === peer);
    return member ? !member.isNeighbour : registered.has(peer);
  };
  const keep = (isKept: (peer: NodeId) => boolean): void => {
    const kept = [...failed.value].filter(([peer]) => isKept(peer));
    if (kept.length < failed.value.size) failed.value = new Map(kept);
  };
  members.subscribe(() => keep(isSought));
  events.on('candidates', (ids) => {
    registered = new Set(ids);
    keep(isSought);
  });
  events.on('pathFailed', ({ peer, reason }) => {
    if (!isSought(peer)) return;
    const isKnown = failed.value.has(peer);
    failed.value = new Map(
      [...[...failed.value].filter(([id]) => id !== peer), [peer, reason] as const].slice(-MAX_FAILED),
    );
    if (!isKnown) onFirst(peer, reason);
  });
  events.on('channel', ({ peer }) => keep((id) => id !== peer));
  return { failed };
}
