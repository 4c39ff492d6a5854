/**
 * What a client may say to PeerServer: a heartbeat, or one of three signals to another Node. Checked before PeerServer
 * sees it, because PeerServer forwards anything: a payload nested deep enough makes its `JSON.stringify` throw, and it
 * then closes the socket of the innocent receiver.
 */
import { isNodeId } from '../src/wire/index.ts';

/** PeerJS nests five levels: message, payload, sdp or candidate, metadata. */
const MAX_DEPTH = 8;
const SIGNALS: readonly unknown[] = ['OFFER', 'ANSWER', 'CANDIDATE'];

/** True when PeerServer may have this text. */
export function isPeerFrame(text: string): boolean {
  let frame: { readonly type?: unknown; readonly dst?: unknown; readonly payload?: unknown } | null;
  try {
    frame = JSON.parse(text) as typeof frame;
  } catch {
    return false;
  }
  if (typeof frame !== 'object' || frame === null) return false;
  if (frame.type === 'HEARTBEAT') return true;
  return (
    SIGNALS.includes(frame.type) &&
    typeof frame.dst === 'string' &&
    isNodeId(frame.dst) &&
    typeof frame.payload === 'object' &&
    frame.payload !== null &&
    isShallow(frame.payload, MAX_DEPTH)
  );
}

/** A query of a PeerServer socket: its id must be a uuid, its token short, its key the one PeerServer expects. */
export function isPeerQuery(query: URLSearchParams, key: string): boolean {
  const token = query.get('token') ?? '';
  return isNodeId(query.get('id') ?? '') && /^[A-Za-z0-9_-]{1,64}$/.test(token) && query.get('key') === key;
}

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((child) => isShallow(child, levels - 1));
}
