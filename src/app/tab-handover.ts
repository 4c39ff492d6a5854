/**
 * Tabs of one browser that have the same key (a duplicated tab) tell each other of their lives: the newest goes on, the others
 * give way. The mesh settles the same between any two Nodes that meet, but these two would not meet: the server lets nobody
 * register under an id that is taken.
 */
import type { NodeId } from '../wire/index.ts';

/** As much of a BroadcastChannel as it takes. */
export interface TabChannel {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  close(): void;
}

const NAME = 'leafcutter-lives';

/** The browser's, undefined where it has none. */
export function tabChannel(): TabChannel | undefined {
  try {
    return new BroadcastChannel(NAME);
  } catch {
    return undefined;
  }
}

/** Says that this life of the Node has begun, and calls `replaced` when a newer one is there. Returns the end of it. */
export function announceLife(
  channel: TabChannel | undefined,
  id: NodeId,
  life: number,
  replaced: () => void,
): () => void {
  if (!channel) return () => {};
  const tell = (): void => channel.postMessage({ id, life });
  channel.addEventListener('message', ({ data }) => {
    if (typeof data !== 'object' || data === null) return;
    const other = data as { readonly id?: unknown; readonly life?: unknown };
    if (other.id !== id || typeof other.life !== 'number') return;
    if (other.life > life) replaced();
    else if (other.life < life) tell();
  });
  tell();
  return () => channel.close();
}
