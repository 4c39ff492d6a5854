/**
 * The session between the present lives of two Nodes: which pair of lives a frame belongs to, and the keys under which
 * relayed frames are sealed. Both ends derive it from what hello or record told of each other, without a word: X25519 of
 * the agreement keys of the two lives, bound to both ids, lives and keys. A restart makes another session, so that nothing
 * of an earlier life is taken for the present one.
 *
 * A seal is a counter (u64) and a Poly1305 tag under a key made of the direction's ChaCha20 key and that counter (the
 * construction of RFC 8439, without encryption). A counter must never come twice under one key: one counter serves all
 * sessions of this life, so that not even a session that fell out of the cache and is derived again repeats one. The
 * receiver keeps no counters: a seal replayed is a frame repeated, and the windows know repeated frames by their position.
 */
import {
  FRAME_HEADER_BYTES,
  FrameFlag,
  frameFlags,
  MAX_FRAME_LENGTH,
  type NodeId,
  SEAL_BYTES,
  setFrameFlags,
  writeNodeId,
} from '../../wire/index.ts';
import type { Cryptography } from './cryptography.ts';
import { GenerationCache } from './generation-cache.ts';
import type { Directory, OwnLife, PeerIdentity } from './identity.ts';

export interface Sessions {
  /** u32 for the frame header of `msg`: the same at both ends; undefined while the peer's life is not known. Costs a hash once a life. */
  tag(peer: NodeId): number | undefined;
  /** The frame, with flag `sealed` and a MAC at its end: a copy. Undefined while the peer's life is not known. */
  seal(peer: NodeId, frame: Uint8Array): Uint8Array | undefined;
  /**
   * Whether a sealed frame for us comes from its source's present life, unchanged but for the hop limit; false also when that would cost
   * more than `via`, who brought it, may cost now. Never throws.
   */
  isGenuine(source: NodeId, frame: Uint8Array, via: NodeId): boolean;
}

export interface SessionsOptions {
  readonly own: OwnLife;
  readonly cryptography: Cryptography;
  readonly directory: Directory;
  /** Whether keys may be derived now for a frame that this neighbour brought: it costs a millisecond, the frame its sender nothing. */
  mayDerive(via: NodeId): boolean;
}

/** One life's sessions with everybody: make it once a life, because its counter must not begin twice. */
export function createSessions(options: SessionsOptions): Sessions {
  return new LifeSessions(options);
}

/** More than the Nodes whose records are kept; an entry takes some 300 bytes. Falling out costs an X25519, nothing else. */
const MAX_SESSIONS = 4096;
const COUNTER_BYTES = 8;
const MAC_BYTES = SEAL_BYTES - COUNTER_BYTES;
const NONCE_BYTES = 12;
/** The header's hop limit, which relays change, lies between the two parts that a MAC covers. */
const BEFORE_HOP_LIMIT = 2;
const AFTER_HOP_LIMIT = 3;
const LIFE_BYTES = 6;

const encoder = new TextEncoder();
const SESSION_LABEL = encoder.encode('leafcutter session\n');
const SEAL_LABEL = encoder.encode('leafcutter seal\n');

interface SealKeys {
  readonly outgoing: Uint8Array;
  readonly incoming: Uint8Array;
}

interface Session {
  readonly peer: PeerIdentity;
  readonly tag: number;
  /** Derived when the first frame is sealed or checked; null when the peer's agreement key is worthless. */
  keys: SealKeys | null | undefined;
}

class LifeSessions implements Sessions {
  readonly #own: OwnLife;
  readonly #cryptography: Cryptography;
  readonly #directory: Directory;
  readonly #mayDerive: (via: NodeId) => boolean;
  readonly #sessions = new GenerationCache<NodeId, Session>(MAX_SESSIONS);
  readonly #nonce = new Uint8Array(NONCE_BYTES);
  #counter = 0;

  constructor({ own, cryptography, directory, mayDerive }: SessionsOptions) {
    this.#own = own;
    this.#cryptography = cryptography;
    this.#directory = directory;
    this.#mayDerive = mayDerive;
  }

  tag(peer: NodeId): number | undefined {
    return this.#session(peer)?.tag;
  }

  seal(peer: NodeId, frame: Uint8Array): Uint8Array | undefined {
    const session = this.#session(peer);
    const keys = session && this.#keys(session);
    if (!keys || frame.length + SEAL_BYTES > MAX_FRAME_LENGTH) return undefined;
    const sealed = new Uint8Array(frame.length + SEAL_BYTES);
    sealed.set(frame);
    setFrameFlags(sealed, frameFlags(frame) | FrameFlag.sealed);
    const counter = ++this.#counter;
    writeNumber(counter, COUNTER_BYTES, sealed, frame.length);
    sealed.set(this.#mac(keys.outgoing, sealed), frame.length + COUNTER_BYTES);
    return sealed;
  }

  isGenuine(source: NodeId, frame: Uint8Array, via: NodeId): boolean {
    if (frame.length < FRAME_HEADER_BYTES + SEAL_BYTES) return false;
    if ((frameFlags(frame) & FrameFlag.sealed) === 0) return false;
    const session = this.#session(source);
    if (!session || (session.keys === undefined && !this.#mayDerive(via))) return false;
    const keys = this.#keys(session);
    if (!keys) return false;
    const expected = this.#mac(keys.incoming, frame);
    const at = frame.length - MAC_BYTES;
    let difference = 0;
    for (let i = 0; i < MAC_BYTES; i++) difference |= (expected[i] ?? 0) ^ (frame[at + i] ?? 0);
    return difference === 0;
  }

  /** Over all of a frame that has its counter already, but for the hop limit and the MAC itself. */
  #mac(key: Uint8Array, frame: Uint8Array): Uint8Array {
    const end = frame.length - MAC_BYTES;
    this.#nonce.set(frame.subarray(end - COUNTER_BYTES, end), NONCE_BYTES - COUNTER_BYTES);
    return this.#cryptography.mac(key, this.#nonce, [
      frame.subarray(0, BEFORE_HOP_LIMIT),
      frame.subarray(AFTER_HOP_LIMIT, end),
    ]);
  }

  #session(id: NodeId): Session | undefined {
    const peer = this.#directory.get(id);
    if (!peer || id === this.#own.id) return undefined;
    const known = this.#sessions.get(id);
    if (known && (known.peer === peer || isSameLife(known.peer, peer))) return known;
    const session = { peer, tag: this.#tagWith(peer), keys: undefined };
    this.#sessions.set(id, session);
    return session;
  }

  #tagWith(peer: PeerIdentity): number {
    const own = this.#own;
    const [lower, higher] = own.id < peer.id ? [own, peer] : [peer, own];
    const bytes = new Uint8Array(SESSION_LABEL.length + 2 * (16 + LIFE_BYTES));
    bytes.set(SESSION_LABEL);
    let at = SESSION_LABEL.length;
    for (const { id, life } of [lower, higher]) {
      writeNodeId(id, bytes, at);
      writeNumber(life, LIFE_BYTES, bytes, at + 16);
      at += 16 + LIFE_BYTES;
    }
    const hash = this.#cryptography.sha256(bytes);
    return new DataView(hash.buffer, hash.byteOffset).getUint32(0);
  }

  #keys(session: Session): SealKeys | null {
    if (session.keys !== undefined) return session.keys;
    const { peer } = session;
    const shared = this.#cryptography.agree(this.#own.agreementSecret, peer.agreementKey);
    session.keys = shared
      ? {
          outgoing: this.#cryptography.hmac(shared, sealKeyInput(this.#own, peer)),
          incoming: this.#cryptography.hmac(shared, sealKeyInput(peer, this.#own)),
        }
      : null;
    return session.keys;
  }
}

/** What the key of one direction is bound to: all of fixed length, so that no two lists are the same bytes. */
function sealKeyInput(from: PeerIdentity, to: PeerIdentity): Uint8Array {
  const each = 16 + LIFE_BYTES + 32;
  const bytes = new Uint8Array(SEAL_LABEL.length + 2 * each);
  bytes.set(SEAL_LABEL);
  let at = SEAL_LABEL.length;
  for (const { id, life, agreementKey } of [from, to]) {
    writeNodeId(id, bytes, at);
    writeNumber(life, LIFE_BYTES, bytes, at + 16);
    bytes.set(agreementKey, at + 16 + LIFE_BYTES);
    at += each;
  }
  return bytes;
}

function isSameLife(a: PeerIdentity, b: PeerIdentity): boolean {
  return a.life === b.life && a.agreementKey.every((byte, i) => byte === b.agreementKey[i]);
}

/** Big-endian, `length` bytes of a safe integer. */
function writeNumber(value: number, length: number, into: Uint8Array, offset: number): void {
  let left = value;
  for (let i = length - 1; i >= 0; i--) {
    into[offset + i] = left % 256;
    left = Math.floor(left / 256);
  }
}
