/**
 * What a hostile member can put on a Link that it holds rightly: the menu. Each entry makes channel messages out of what
 * the member knows (ids, frames it has seen pass) and randomness. None knows another's key; all must come to nothing.
 */
import { BUNDLE_MARK } from '../../src/mesh/link/bundle.ts';
import { integerBelow, type Random } from '../../src/runtime/index.ts';
import {
  ACKNOWLEDGEMENT_INDEX,
  encodeFrame,
  FRAME_HEADER_BYTES,
  FrameType,
  type NodeId,
  writeNodeId,
} from '../../src/wire/index.ts';

export interface Knowledge {
  readonly self: NodeId;
  /** At the other end of the Link. */
  readonly neighbour: NodeId;
  /** Another member. */
  readonly victim: NodeId;
  readonly random: Random;
  /** A frame of this type that came by, as it was. */
  seen(type: FrameType): Uint8Array | undefined;
  seenAny(): Uint8Array | undefined;
}

/** Channel messages to send; none when what it needs was not seen yet. */
type Forgery = (knowledge: Knowledge) => readonly Uint8Array[];

const TYPE_AT = 1;
const SOURCE_AT = 4;
const TARGET_AT = 20;
const LARGEST_MESSAGE = 262_144;
const SPREAD_TYPES = [FrameType.ihave, FrameType.graft, FrameType.prune, FrameType.suspect] as const;
const LINK_TYPES = [FrameType.network_state, FrameType.new_edge, FrameType.destroy_edge] as const;
const ROUTED_TYPES = [
  FrameType.msg,
  FrameType.ping,
  FrameType.pong,
  FrameType.peers,
  FrameType.signal,
] as const;

export const FORGERIES = {
  /** A record that came by, changed, as news. */
  'records-of-others': ({ self, random, seen }) =>
    retyped(seen(FrameType.new_edge) ?? seen(FrameType.network_state), self, (frame) =>
      damage(frame, random),
    ),
  /** A record that came by, as its owner's farewell, with some numbers raised. */
  'foreign-farewells': ({ self, random, seen }) =>
    retyped(seen(FrameType.new_edge) ?? seen(FrameType.destroy_edge), self, (frame) => {
      frame[TYPE_AT] = FrameType.destroy_edge;
      const at =
        FRAME_HEADER_BYTES + integerBelow(random, Math.max(1, frame.length - FRAME_HEADER_BYTES - 6));
      frame.fill(0xff, at, at + 1 + integerBelow(random, 6));
    }),
  /** Link frames whose source is somebody else. */
  'another-source': ({ victim, random }) => [
    encodeFrame({ type: oneOf(LINK_TYPES, random), source: victim }, random.bytes(80)),
  ],
  /** Acknowledgements from the victim to the neighbour. */
  acknowledgements: ({ neighbour, victim, random, seen }) => {
    const session = sessionOf(seen(FrameType.msg), random);
    const fields = { type: FrameType.msg, source: victim, target: neighbour, index: ACKNOWLEDGEMENT_INDEX };
    return [encodeFrame({ ...fields, session, stream: 16 }, random.bytes(6 + integerBelow(random, 8)))];
  },
  /** A message from the victim, as if relayed, without a seal. */
  'unsealed-relay': ({ neighbour, victim, random, seen }) => {
    const session = sessionOf(seen(FrameType.msg), random);
    const fields = { type: FrameType.msg, source: victim, target: neighbour, session, stream: 16 };
    return [encodeFrame({ ...fields, index: integerBelow(random, 10) }, random.bytes(40))];
  },
  /** The same with a seal that is none. */
  'wrong-seal': ({ neighbour, victim, random, seen }) => {
    const session = sessionOf(seen(FrameType.msg), random);
    const fields = { type: FrameType.msg, source: victim, target: neighbour, session, stream: 16, flags: 1 };
    return [encodeFrame({ ...fields, index: integerBelow(random, 10) }, random.bytes(60))];
  },
  /** A frame that came by, once more. */
  replay: ({ seenAny }) => once(seenAny(), (frame) => frame.slice()),
  /** A frame that came by with some bits turned. */
  'turned-bits': ({ random, seenAny }) =>
    once(seenAny(), (frame) => {
      const copy = frame.slice();
      damage(copy, random);
      return copy;
    }),
  /** Packets of its own that begin something and never end it. */
  'half-messages': ({ self, neighbour, random, seen }) => {
    const session = sessionOf(seen(FrameType.msg), random);
    const stream = integerBelow(random, 0x1_0000);
    const body = random.bytes(64);
    body.fill(0, 0, 12);
    return [0, 1, 2, 3].map((index) =>
      encodeFrame({ type: FrameType.msg, source: self, target: neighbour, session, stream, index }, body),
    );
  },
  /** A broadcast in the victim's name. */
  'foreign-broadcasts': ({ victim, random, seen }) =>
    once(seen(FrameType.msg_broadcast), (frame) => {
      const copy = frame.slice();
      if (integerBelow(random, 2) === 0) writeNodeId(victim, copy, SOURCE_AT);
      else damage(copy, random);
      return copy;
    }),
  /** What asks for much: announcements, grafts, suspicions of nothing that is. */
  'control-flood': ({ self, random }) =>
    Array.from({ length: 20 }, () =>
      encodeFrame(
        { type: oneOf(SPREAD_TYPES, random), source: self },
        random.bytes(16 + integerBelow(random, 900)),
      ),
    ),
  'suspicion-of-others': ({ self, random, seen }) =>
    retyped(seen(FrameType.suspect), self, (frame) => damage(frame, random)),
  /** Good headers, any body. */
  'random-bodies': ({ self, neighbour, random }) => [
    encodeFrame({ type: oneOf(LINK_TYPES, random), source: self }, random.bytes(integerBelow(random, 600))),
    encodeFrame(
      { type: oneOf(ROUTED_TYPES, random), source: self, target: neighbour, stream: 16 },
      random.bytes(integerBelow(random, 200)),
    ),
  ],
  /** To nobody, over everybody. */
  'lost-targets': ({ self, random }) => {
    const target = random.bytes(16);
    const frame = encodeFrame(
      { type: FrameType.ping, source: self, target: self, hopLimit: 64 },
      random.bytes(24),
    );
    frame.set(target, TARGET_AT);
    return [frame];
  },
  /** No frames at all, bundles cut off, messages as large as a channel takes. */
  garbage: ({ random }) => {
    const bytes = random.bytes(integerBelow(random, 300));
    const bundle = random.bytes(40);
    bundle[0] = BUNDLE_MARK;
    return integerBelow(random, 20) === 0 ? [new Uint8Array(LARGEST_MESSAGE)] : [bytes, bundle];
  },
} as const satisfies Readonly<Record<string, Forgery>>;

export type ForgeryName = keyof typeof FORGERIES;
export const FORGERY_NAMES = Object.keys(FORGERIES) as ForgeryName[];

function once(frame: Uint8Array | undefined, make: (frame: Uint8Array) => Uint8Array): Uint8Array[] {
  return frame === undefined ? [] : [make(frame)];
}

/** A copy with the member itself as its source, as the Link demands, and changed. */
function retyped(
  frame: Uint8Array | undefined,
  self: NodeId,
  change: (frame: Uint8Array) => void,
): Uint8Array[] {
  return once(frame, (original) => {
    const copy = original.slice();
    writeNodeId(self, copy, SOURCE_AT);
    change(copy);
    return copy;
  });
}

function damage(frame: Uint8Array, random: Random): void {
  for (let i = 1 + integerBelow(random, 3); i > 0; i--) {
    const at = FRAME_HEADER_BYTES + integerBelow(random, Math.max(1, frame.length - FRAME_HEADER_BYTES));
    if (at < frame.length) frame[at] = (frame[at] as number) ^ (1 << integerBelow(random, 8)); // below its length
  }
}

/** The session of a message that came by: often the right one. */
function sessionOf(frame: Uint8Array | undefined, random: Random): number {
  return frame === undefined ? random.uint32() : new DataView(frame.buffer, frame.byteOffset).getUint32(40);
}

function oneOf<T>(from: readonly [T, ...T[]], random: Random): T {
  return from[integerBelow(random, from.length)] ?? from[0];
}
