/**
 * What a client may say to PeerServer: a heartbeat, or one of three signals to another Node. Checked before PeerServer
 * sees it, because PeerServer forwards anything: a payload nested deep enough makes its `JSON.stringify` throw, and it
 * then closes the socket of the innocent receiver.
 */
import { isNodeId, type NodeId } from '../src/wire/index.ts';

/** PeerJS nests five levels: message, payload, sdp or candidate, metadata. */
const MAX_DEPTH = 8;
const SIGNALS: readonly unknown[] = ['OFFER', 'ANSWER', 'CANDIDATE'];

export type PeerFrame = { readonly type: 'heartbeat' } | { readonly type: 'signal'; readonly target: NodeId };

/** What PeerServer may have of this text; undefined when it must not see it. */
export function parsePeerFrame(text: string): PeerFrame | undefined {
  let frame: { readonly type?: unknown; readonly dst?: unknown; readonly payload?: unknown } | null;
  try {
    frame = JSON.parse(text) as typeof frame;
  } catch {
    return undefined;
  }
  if (typeof frame !== 'object' || frame === null) return undefined;
  if (frame.type === 'HEARTBEAT') return { type: 'heartbeat' };
  const { dst, payload } = frame;
  if (!SIGNALS.includes(frame.type) || typeof dst !== 'string' || !isNodeId(dst)) return undefined;
  if (typeof payload !== 'object' || payload === null || !isShallow(payload, MAX_DEPTH)) return undefined;
  return { type: 'signal', target: dst };
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
