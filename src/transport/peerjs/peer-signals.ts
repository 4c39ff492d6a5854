/**
 * The signals of a connection in PeerJS's words and in ours. PeerJS says everything to its server, as JSON; what goes by the
 * mesh instead is a `Signal`, and comes in again as the message that PeerServer would have brought.
 */
import {
  isNodeId,
  MAX_CONNECTION_NAME,
  MAX_SIGNAL_TEXT,
  type NodeId,
  type Signal,
  type SignalKind,
} from '../../wire/index.ts';

/** How we connect: one reliable ordered channel, and the bytes as they are. */
export const CONNECT_OPTIONS = { serialization: 'raw', reliable: true, label: 'frames' } as const;

const KINDS: Readonly<Record<string, SignalKind>> = {
  OFFER: 'offer',
  ANSWER: 'answer',
  CANDIDATE: 'candidate',
};

/** What PeerJS wants to tell a peer, and whom; undefined for what it tells the server itself (heartbeats). */
export function signalFromPeerJs(
  message: unknown,
): { readonly to: NodeId; readonly signal: Signal } | undefined {
  const { type, dst, payload } = fields(message);
  const named = typeof type === 'string' ? KINDS[type] : undefined;
  const { connectionId: connection, sdp, candidate, restart } = fields(payload);
  const kind = named === 'offer' && restart === true ? 'restart' : named;
  const text = kind === 'candidate' ? fields(candidate).candidate : fields(sdp).sdp;
  if (kind === undefined || typeof dst !== 'string' || !isNodeId(dst)) return undefined;
  if (typeof connection !== 'string' || connection.length > MAX_CONNECTION_NAME) return undefined;
  if (typeof text !== 'string' || text.length > MAX_SIGNAL_TEXT) return undefined;
  return { to: dst, signal: { kind, connection, text } };
}

/** This signal as PeerJS says it, but for whom it is for or from; undefined for a hang-up, of which PeerJS knows nothing. */
export function messageForPeerJs({ kind, connection, text }: Signal): object | undefined {
  switch (kind) {
    case 'offer':
    case 'restart': {
      const sdp = { type: 'offer', sdp: text };
      return {
        type: 'OFFER',
        payload: {
          sdp,
          type: 'data',
          connectionId: connection,
          ...CONNECT_OPTIONS,
          ...(kind === 'restart' && { restart: true }),
        },
      };
    }
    case 'answer': {
      const sdp = { type: 'answer', sdp: text };
      return { type: 'ANSWER', payload: { sdp, type: 'data', connectionId: connection } };
    }
    case 'candidate': {
      // One media section, that of the data channels, in every description of ours.
      const candidate = { candidate: text, sdpMLineIndex: 0 };
      return { type: 'CANDIDATE', payload: { candidate, type: 'data', connectionId: connection } };
    }
    case 'hang-up':
      return undefined;
  }
}

type Unchecked = Readonly<
  Partial<Record<'type' | 'dst' | 'payload' | 'connectionId' | 'sdp' | 'candidate' | 'restart', unknown>>
>;

function fields(value: unknown): Unchecked {
  return typeof value === 'object' && value !== null ? value : {};
}
