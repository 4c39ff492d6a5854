/**
 * Devices that are here, and that this one found no direct path to, and why. They may still talk through others; the reason is told
 * once, and stands where the device is listed, until a connection opens after all. Of a device that has left nothing is told: that
 * nothing comes from it any more says nothing of the path.
 */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
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
  const reasons = signal<ReadonlyMap<NodeId, string>>(new Map());
  const registered = signal<ReadonlySet<NodeId>>(new Set());
  const failed = computed(() => {
    const isNeighbour = new Map(members.value.map((member) => [member.id, member.isNeighbour]));
    return new Map(
      [...reasons.value].filter(([id]) => {
        const isLinked = isNeighbour.get(id);
        return isLinked === undefined ? registered.value.has(id) : !isLinked;
      }),
    );
  });
  events.on('candidates', (ids) => {
    registered.value = new Set(ids);
  });
  events.on('pathFailed', ({ peer, reason }) => {
    const isKnown = failed.value.has(peer);
    reasons.value = new Map(
      [...[...reasons.value].filter(([id]) => id !== peer), [peer, reason] as const].slice(-MAX_FAILED),
    );
    if (!isKnown && failed.value.has(peer)) onFirst(peer, reason);
  });
  events.on('channel', ({ peer }) => {
    if (!reasons.value.has(peer)) return;
    reasons.value = new Map([...reasons.value].filter(([id]) => id !== peer));
  });
  return { failed };
}
