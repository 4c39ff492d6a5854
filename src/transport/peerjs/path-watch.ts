/**
 * Watches the path below an open connection. A laptop that changes its network, a router that restarts: ICE says that nothing
 * arrives any more, seconds before the connection is lost, and a new path can be found while the connection is kept.
 */
import type { Timers } from '../../runtime/index.ts';

/** How often it is told while it lasts: what would carry the signals of a new path may be there only later. */
export const PATH_LOOK_MS = 2_000;

/** The part of an RTCPeerConnection that is looked at. */
export type PathState = Pick<
  RTCPeerConnection,
  'iceConnectionState' | 'addEventListener' | 'removeEventListener'
>;

export function isFailing({ iceConnectionState }: Pick<PathState, 'iceConnectionState'>): boolean {
  return iceConnectionState === 'disconnected' || iceConnectionState === 'failed';
}

/** Calls `onFailing` at once when the path fails and every PATH_LOOK_MS until it does no more. Returns what ends the watch. */
export function watchPath(connection: PathState, timers: Timers, onFailing: () => void): () => void {
  let cancel: (() => void) | undefined;
  const look = (): void => {
    cancel?.();
    cancel = undefined;
    if (!isFailing(connection)) return;
    cancel = timers.after(PATH_LOOK_MS, look);
    onFailing();
  };
  connection.addEventListener('iceconnectionstatechange', look);
  return () => {
    connection.removeEventListener('iceconnectionstatechange', look);
    cancel?.();
  };
}
