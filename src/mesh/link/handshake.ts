/**
 * How a channel becomes a Link. Each end says `hello` (version, network, nonce), answers the other's with `auth` (its
 * proof), and only then judges the other's proof: so both learn that they do not fit, whichever of them is wrong.
 * Nothing else is accepted before. Pure: frames come in, the next step goes out.
 */
import {
  asFields,
  decodeControl,
  encodeControl,
  encodeFrame,
  type Fields,
  FrameType,
  frameBody,
  type NodeId,
  PROTOCOL_VERSION,
  parseFrameHeader,
  readBytes,
  readInteger,
  readText,
} from '../../wire/index.ts';
import type { RefusalReason } from '../contract.ts';
import { isSameProof, NAME_HASH_BYTES, NONCE_BYTES, networkNameHash, PROOF_BYTES, proofOf } from './proof.ts';

/** A hello takes about 200 bytes; a stranger gets no more of our attention than this. */
const MAX_HANDSHAKE_FRAME_BYTES = 1024;

export interface HandshakeOptions {
  readonly self: NodeId;
  /** Whom the transport says the channel leads to. */
  readonly peer: NodeId;
  readonly isInitiator: boolean;
  readonly fingerprints: { readonly local: Uint8Array; readonly remote: Uint8Array };
  readonly networkName: string;
  readonly networkKey: Uint8Array;
  /** 32 fresh random bytes, for this handshake only. */
  readonly nonce: Uint8Array;
}

export type HandshakeStep =
  | { readonly type: 'reply'; readonly frame: Uint8Array }
  | { readonly type: 'authenticated' }
  /** We refuse them. */
  | { readonly type: 'refuse'; readonly reason: RefusalReason; readonly detail: string }
  /** They refuse us. */
  | { readonly type: 'refused'; readonly reason: RefusalReason }
  /** They left before it was over. */
  | { readonly type: 'goodbye' };

const REASONS: readonly RefusalReason[] = ['wrong-key', 'wrong-network', 'version', 'protocol'];

export class Handshake {
  readonly #options: HandshakeOptions;
  readonly #nameHash: Uint8Array;
  #theirNonce: Uint8Array | undefined;

  constructor(options: HandshakeOptions) {
    this.#options = options;
    this.#nameHash = networkNameHash(options.networkName);
  }

  hello(): Uint8Array {
    const { self, nonce } = this.#options;
    const body = encodeControl({ version: PROTOCOL_VERSION, network: this.#nameHash, nonce });
    return encodeFrame({ type: FrameType.hello, source: self, hopLimit: 1 }, body);
  }

  /** Takes whatever the unauthenticated channel brought. Never throws. */
  onBytes(bytes: Uint8Array): HandshakeStep {
    if (bytes.length > MAX_HANDSHAKE_FRAME_BYTES)
      return refuse('protocol', 'something too long for a handshake');
    const header = parseFrameHeader(bytes);
    if (header === 'bad-version') return refuse('version', `version ${bytes[0]}`);
    if (typeof header === 'string') return refuse('protocol', header);
    if (header.source !== this.#options.peer)
      return refuse('protocol', 'a frame in the name of somebody else');
    const body = frameBody(bytes);
    const fields = asFields(decodeControl(body).value);
    if (!fields) return refuse('protocol', 'a body that cannot be read');
    switch (header.type) {
      case FrameType.hello:
        return this.#onHello(fields);
      case FrameType.auth:
        return this.#onAuth(fields);
      case FrameType.refuse:
        return { type: 'refused', reason: readRefusal(body) };
      case FrameType.goodbye:
        return { type: 'goodbye' };
      default:
        return refuse('protocol', 'a message before the handshake');
    }
  }

  #onHello(fields: Fields): HandshakeStep {
    if (this.#theirNonce) return refuse('protocol', 'a second hello');
    const version = readInteger(fields, 'version', 0, 0xffff);
    const network = readBytes(fields, 'network', NAME_HASH_BYTES);
    const nonce = readBytes(fields, 'nonce', NONCE_BYTES);
    if (version === undefined || !network || !nonce) return refuse('protocol', 'an incomplete hello');
    if (version !== PROTOCOL_VERSION) return refuse('version', `version ${version}`);
    if (!isSameProof(network, this.#nameHash)) return refuse('wrong-network', 'another network');
    // Our own nonce can only come back from a mirror.
    if (isSameProof(nonce, this.#options.nonce)) return refuse('protocol', 'our own hello');
    this.#theirNonce = nonce.slice();
    const { self, isInitiator } = this.#options;
    const proof = this.#proof(isInitiator, this.#theirNonce);
    return {
      type: 'reply',
      frame: encodeFrame({ type: FrameType.auth, source: self, hopLimit: 1 }, encodeControl({ proof })),
    };
  }

  #onAuth(fields: Fields): HandshakeStep {
    if (!this.#theirNonce) return refuse('protocol', 'a proof before its hello');
    const proof = readBytes(fields, 'proof', PROOF_BYTES);
    if (!proof) return refuse('protocol', 'an incomplete proof');
    const expected = this.#proof(!this.#options.isInitiator, this.#theirNonce);
    return isSameProof(proof, expected)
      ? { type: 'authenticated' }
      : refuse('wrong-key', 'a proof that does not fit');
  }

  /** The proof that the initiator or the responder of this channel must send. */
  #proof(byInitiator: boolean, theirNonce: Uint8Array): Uint8Array {
    const { self, peer, nonce, fingerprints, isInitiator, networkKey } = this.#options;
    const us = { id: self, nonce, fingerprint: fingerprints.local };
    const them = { id: peer, nonce: theirNonce, fingerprint: fingerprints.remote };
    const [initiator, responder] = isInitiator ? [us, them] : [them, us];
    return proofOf(byInitiator ? 'initiator' : 'responder', networkKey, this.#nameHash, initiator, responder);
  }
}

/** The frame that tells the other side why it is not let in. */
export function refuseFrame(self: NodeId, reason: RefusalReason): Uint8Array {
  return encodeFrame({ type: FrameType.refuse, source: self, hopLimit: 1 }, encodeControl({ reason }));
}

/** The reason in the body of a refusal; one that cannot be read or is not known counts as `protocol`. */
export function readRefusal(body: Uint8Array): RefusalReason {
  const fields = asFields(decodeControl(body).value);
  const text = fields && readText(fields, 'reason', 32);
  return REASONS.find((reason) => reason === text) ?? 'protocol';
}

function refuse(reason: RefusalReason, detail: string): HandshakeStep {
  return { type: 'refuse', reason, detail };
}
