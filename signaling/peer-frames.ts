/**
 * What a client may say: PeerJS's heartbeat, or one of its three signals to another Node; and our own messages of
 * src/wire/registry-messages.ts. A text is weighed before it is parsed: twenty thousand empty objects are small as text, large
 * in memory, and once brought a server down in seconds.
 */
import { isNodeId, type NodeId, type RegistryRequest, readRegistryRequest } from '../src/wire/index.ts';
import { MAX_FRAME_ELEMENTS } from './limits.ts';

/** PeerJS nests five levels: message, payload, sdp or candidate, metadata. */
const MAX_DEPTH = 8;

export type SignalType = 'OFFER' | 'ANSWER' | 'CANDIDATE';

export type PeerFrame =
  | { readonly type: 'heartbeat' }
  | { readonly type: 'request'; readonly request: RegistryRequest }
  | {
      readonly type: 'signal';
      readonly signal: SignalType;
      readonly target: NodeId;
      readonly payload: object;
    };

/** undefined for what no well-behaved client sends. */
export function parsePeerFrame(text: string): PeerFrame | undefined {
  if (!isLight(text)) return undefined;
  let frame: { readonly type?: unknown; readonly dst?: unknown; readonly payload?: unknown } | null;
  try {
    frame = JSON.parse(text) as typeof frame;
  } catch {
    return undefined;
  }
  if (typeof frame !== 'object' || frame === null) return undefined;
  if (frame.type === 'HEARTBEAT') return { type: 'heartbeat' };
  const { type, dst, payload } = frame;
  if (!isSignal(type)) {
    const request = readRegistryRequest(frame);
    return request && { type: 'request', request };
  }
  if (typeof dst !== 'string' || !isNodeId(dst)) return undefined;
  if (typeof payload !== 'object' || payload === null) return undefined;
  return { type: 'signal', signal: type, target: dst, payload };
}

function isSignal(type: unknown): type is SignalType {
  return type === 'OFFER' || type === 'ANSWER' || type === 'CANDIDATE';
}

const [QUOTE, BACKSLASH, COMMA, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [
  0x22, 0x5c, 0x2c, 0x5b, 0x5d, 0x7b, 0x7d,
];

/** Few elements and little depth, outside of strings. Every element but a list's first has a comma before it. */
function isLight(text: string): boolean {
  let [elements, depth, isInString] = [0, 0, false];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (isInString) {
      if (code === BACKSLASH) i++;
      else if (code === QUOTE) isInString = false;
      continue;
    }
    if (code === QUOTE) isInString = true;
    else if (code === OPEN_LIST || code === OPEN_OBJECT) {
      depth++;
      elements++;
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) depth--;
    else if (code === COMMA) elements++;
    if (elements > MAX_FRAME_ELEMENTS || depth > MAX_DEPTH) return false;
  }
  return true;
}
