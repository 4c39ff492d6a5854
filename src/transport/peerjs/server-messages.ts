/**
 * PeerJS's own messages of the server, checked before PeerJS sees it. PeerJS trusts its server: an offer with an unknown serialization
 * throws inside its socket handler, a description that is none rejects a promise nobody holds, signals for connections
 * that are gone pile up for ever, and an error of the server destroys the Peer with all its connections.
 */
import { isNodeId, type NodeId } from '../../wire/index.ts';

export type ServerMessage =
  | { readonly kind: 'open' }
  /** Somebody wants to connect. Pass it on to PeerJS. */
  | { readonly kind: 'offer'; readonly from: NodeId; readonly connectionId: string }
  /** Somebody looks for a new path for a connection that there is. */
  | {
      readonly kind: 'restart';
      readonly from: NodeId;
      readonly connectionId: string;
      readonly sdp: string;
    }
  /** Belongs to a connection. Pass it on if that still exists. */
  | {
      readonly kind: 'signal';
      readonly from: NodeId;
      readonly connectionId: string;
      /** Of an answer. */
      readonly sdp?: string;
    }
  /** The server does not know the peer that we signalled. */
  | { readonly kind: 'unavailable'; readonly peer: NodeId }
  /** The server will not have us. */
  | { readonly kind: 'refused'; readonly reason: string };

/** Text fields of a description or candidate; an offer with many candidates has about 10 KiB. */
const MAX_TEXT = 32_000;

/** `undefined` for anything a well-behaved server with well-behaved clients would not send. */
export function readServerMessage(message: unknown): ServerMessage | undefined {
  const { type, src, payload } = fields(message);
  if (type === 'OPEN') return { kind: 'open' };
  if (type === 'ERROR' || type === 'ID-TAKEN' || type === 'INVALID-KEY') {
    const { msg } = fields(payload);
    return { kind: 'refused', reason: typeof msg === 'string' ? msg.slice(0, 200) : type };
  }
  if (typeof src !== 'string' || !isNodeId(src)) return undefined;
  if (type === 'EXPIRE' || type === 'LEAVE') return { kind: 'unavailable', peer: src };
  const { connectionId, sdp, candidate } = fields(payload);
  if (!isText(connectionId, 64) || connectionId === '') return undefined;
  switch (type) {
    case 'OFFER': {
      // Only our own kind: one reliable raw data channel.
      const { type: medium, serialization, reliable, label, restart } = fields(payload);
      const isOurs = medium === 'data' && serialization === 'raw' && reliable === true && isText(label, 64);
      if (!isOurs || !isDescription(sdp, 'offer')) return undefined;
      return restart === true
        ? { kind: 'restart', from: src, connectionId, sdp: sdp.sdp }
        : { kind: 'offer', from: src, connectionId };
    }
    case 'ANSWER':
      return isDescription(sdp, 'answer')
        ? { kind: 'signal', from: src, connectionId, sdp: sdp.sdp }
        : undefined;
    case 'CANDIDATE':
      return isText(fields(candidate).candidate, MAX_TEXT)
        ? { kind: 'signal', from: src, connectionId }
        : undefined;
    default:
      return undefined;
  }
}

type Unchecked = Readonly<
  Partial<
    Record<
      | 'type'
      | 'src'
      | 'payload'
      | 'msg'
      | 'connectionId'
      | 'sdp'
      | 'candidate'
      | 'serialization'
      | 'reliable'
      | 'label'
      | 'restart',
      unknown
    >
  >
>;

function fields(value: unknown): Unchecked {
  return typeof value === 'object' && value !== null ? value : {};
}

function isText(value: unknown, maxLength: number): value is string {
  return typeof value === 'string' && value.length <= maxLength;
}

function isDescription(
  value: unknown,
  type: 'offer' | 'answer',
): value is { readonly type: string; readonly sdp: string } {
  const description = fields(value);
  return description.type === type && isText(description.sdp, MAX_TEXT);
}
