/**
 * The message types of the mesh, one table: who may send which, how far it goes, which lane it takes and how large it may
 * be. Dispatcher, Link and streams read it here and nowhere else. The first six types are distrirender's; services add
 * none, they are names inside `msg` and `msg_broadcast`. Numbers never change meaning; a new type takes the next free one.
 */

/**
 * What leaves first on a Link. `control` before all others; `messages`, `broadcast` and `bulk` share what is left, none
 * starving the others (src/mesh/link/lanes.ts).
 */
export type Lane = 'control' | 'messages' | 'broadcast' | 'bulk';

/**
 * - `handshake`: on an unauthenticated channel, and the last words of a Link: read by the Link alone.
 * - `link`: between neighbours; its source is the neighbour it comes from.
 * - `routed`: has a target; relays pass it on unread.
 * - `tree`: spread to everyone by the multicast protocol; its source is whoever made it.
 */
export type FrameScope = 'handshake' | 'link' | 'routed' | 'tree';

export interface FrameRule {
  readonly code: number;
  readonly scope: FrameScope;
  /** `of-stream`: acknowledgements are control, the rest as the stream's number says (`laneOfStream`). */
  readonly lane: Lane | 'of-stream';
  /** Largest body, bytes. */
  readonly maxBodyBytes: number;
}

const KIB = 1024;

/** Header and body: two messages of 64 KiB, their heads and the seal in one frame. One frame never fills a channel's buffer. */
export const MAX_FRAME_LENGTH = 132 * KIB;
export const FRAME_HEADER_BYTES = 44;
/** Of all but the packets of windows. */
export const MAX_BODY_BYTES = 68 * KIB - FRAME_HEADER_BYTES;
const MAX_PACKET_BODY_BYTES = MAX_FRAME_LENGTH - FRAME_HEADER_BYTES;

export const FRAME_RULES = {
  /** What the asker has, as digests or stamps: the answer is what it lacks. */
  network_state_request: { code: 1, scope: 'link', lane: 'control', maxBodyBytes: MAX_BODY_BYTES },
  /** Records of Nodes. */
  network_state: { code: 2, scope: 'link', lane: 'control', maxBodyBytes: MAX_BODY_BYTES },
  /** A record whose owner has won a Link; passed on to the other neighbours by whoever it was news to. */
  new_edge: { code: 3, scope: 'link', lane: 'control', maxBodyBytes: 4 * KIB },
  /** A record whose owner has lost a Link or says farewell; passed on likewise. */
  destroy_edge: { code: 4, scope: 'link', lane: 'control', maxBodyBytes: 4 * KIB },
  /** A packet of a stream, or its acknowledgement (index -1). */
  msg: { code: 5, scope: 'routed', lane: 'of-stream', maxBodyBytes: MAX_PACKET_BODY_BYTES },
  /** A signed piece of a source's broadcasts. */
  msg_broadcast: { code: 6, scope: 'tree', lane: 'broadcast', maxBodyBytes: MAX_BODY_BYTES },
  hello: { code: 7, scope: 'handshake', lane: 'control', maxBodyBytes: KIB },
  auth: { code: 8, scope: 'handshake', lane: 'control', maxBodyBytes: KIB },
  /** Are you there: of a neighbour, or relayed by one when the direct way is in doubt. */
  ping: { code: 9, scope: 'routed', lane: 'control', maxBodyBytes: 256 },
  pong: { code: 10, scope: 'routed', lane: 'control', maxBodyBytes: 256 },
  /** Asks for the network table of a Node, or is that table. */
  peers: { code: 11, scope: 'routed', lane: 'control', maxBodyBytes: 32 * KIB },
  /** An offer, answer or candidate for a new Link, carried by the mesh. */
  signal: { code: 12, scope: 'routed', lane: 'control', maxBodyBytes: 16 * KIB },
  refuse: { code: 13, scope: 'handshake', lane: 'control', maxBodyBytes: KIB },
  goodbye: { code: 14, scope: 'handshake', lane: 'control', maxBodyBytes: KIB },
  /** Which broadcasts the sender has: lazy pushes, and what a new neighbour is told. */
  ihave: { code: 15, scope: 'link', lane: 'control', maxBodyBytes: 16 * KIB },
  /** Send me these broadcasts, and go on pushing. */
  graft: { code: 16, scope: 'link', lane: 'control', maxBodyBytes: 4 * KIB },
  /** Stop pushing, announce only. */
  prune: { code: 17, scope: 'link', lane: 'control', maxBodyBytes: 4 * KIB },
  /** A Node is suspected or has refuted that: spread to the neighbours of the suspect. */
  suspect: { code: 18, scope: 'link', lane: 'control', maxBodyBytes: 4 * KIB },
} as const satisfies Readonly<Record<string, FrameRule>>;

export type FrameTypeName = keyof typeof FRAME_RULES;
export type FrameType = (typeof FRAME_RULES)[FrameTypeName]['code'];

/** The code of each type, by name. */
export const FrameType = Object.fromEntries(
  Object.entries(FRAME_RULES).map(([name, { code }]) => [name, code]),
) as { readonly [Name in FrameTypeName]: (typeof FRAME_RULES)[Name]['code'] };

const names: (FrameTypeName | undefined)[] = [];
const rules: (FrameRule | undefined)[] = [];
for (const [name, rule] of Object.entries(FRAME_RULES)) {
  names[rule.code] = name as FrameTypeName;
  rules[rule.code] = rule;
}

/** The name of a type byte, undefined for one this version does not know. */
export function frameTypeName(type: number): FrameTypeName | undefined {
  return names[type];
}

export function isFrameType(type: number): type is FrameType {
  return names[type] !== undefined;
}

export function frameRule(type: FrameType): FrameRule {
  return rules[type] as FrameRule; // every FrameType comes from the table
}

/** This bit of a stream's number says that it is bulk, so that relays know without asking. */
export const BULK_STREAM_BIT = 0x8000;

export function laneOfStream(stream: number): Lane {
  return (stream & BULK_STREAM_BIT) === 0 ? 'messages' : 'bulk';
}

/** The lane a frame takes on every Link of its way. `index` is -1 for an acknowledgement. */
export function laneOf(type: FrameType, index: number, stream: number): Lane {
  const { lane } = frameRule(type);
  if (lane !== 'of-stream') return lane;
  return index < 0 ? 'control' : laneOfStream(stream);
}
