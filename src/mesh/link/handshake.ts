/**
 * How a channel becomes a Link. Both ends say `hello`: version, network, who they are in which life, a nonce. Then the one
 * that opened the channel proves itself with `auth`, and the other answers with its own `auth` once it is satisfied and
 * has room. So a stranger costs two hashes and no curve until it has shown that it holds the network key, and an answer is
 * also an acceptance. Nothing else is taken before. Pure: frames come in, the next step goes out.
 */
import {
  asFields,
  decodeControl,
  encodeControl,
  encodeFrame,
  type Fields,
  FRAME_RULES,
  FrameType,
  frameBody,
  type NodeId,
  nodeIdOf,
  PROTOCOL_VERSION,
  parseFrameHeader,
  readBytes,
  readInteger,
  readText,
} from '../../wire/index.ts';
import type { RefusalReason } from '../contract.ts';
import type { Cryptography } from '../identity/cryptography.ts';
import {
  MAX_LIFE,
  type OwnLife,
  type PeerIdentity,
  PUBLIC_KEY_BYTES,
  SIGNATURE_BYTES,
} from '../identity/identity.ts';
import { NAME_HASH_BYTES } from '../identity/network-name.ts';
import {
  isSameProof,
  NONCE_BYTES,
  type Party,
  PROOF_BYTES,
  proofInput,
  type Role,
  signatureInput,
  transcript,
} from './proof.ts';

/** X25519. */
const AGREEMENT_KEY_BYTES = 32;

export interface HandshakeOptions {
  readonly own: OwnLife;
  /** Whom the transport says the channel leads to. */
  readonly peer: NodeId;
  readonly isInitiator: boolean;
  readonly fingerprints: { readonly local: Uint8Array; readonly remote: Uint8Array };
  /** Of `networkNameHash`. */
  readonly nameHash: Uint8Array;
  readonly networkKey: Uint8Array;
  /** 32 fresh random bytes, for this handshake only. */
  readonly nonce: Uint8Array;
  readonly cryptography: Cryptography;
}

/** What a `refuse` says. */
export interface Refusal {
  readonly reason: RefusalReason;
  /** With `duplicate`: the record of a newer life of the one that is refused, which its own key has signed. Not read yet. */
  readonly record?: Uint8Array;
}

export type HandshakeStep =
  | { readonly type: 'reply'; readonly frame: Uint8Array }
  | { readonly type: 'none' }
  /** The other side is who it says and holds the key. Our own `auth`, if we answer, is `answer()`. */
  | { readonly type: 'proven'; readonly identity: PeerIdentity }
  /** We refuse them. */
  | { readonly type: 'refuse'; readonly reason: RefusalReason; readonly detail: string }
  /** They refuse us. */
  | ({ readonly type: 'refused' } & Refusal)
  /** They left before it was over. */
  | { readonly type: 'goodbye' };

const NONE: HandshakeStep = { type: 'none' };
const REASONS: readonly RefusalReason[] = [
  'wrong-key',
  'wrong-network',
  'version',
  'protocol',
  'identity',
  'duplicate',
  'full',
  'malformed',
  'too-much',
];

export class Handshake {
  readonly #options: HandshakeOptions;
  readonly #role: Role;
  #them: Party | undefined;
  #established: Uint8Array | undefined;
  #isProven = false;

  constructor(options: HandshakeOptions) {
    this.#options = options;
    this.#role = options.isInitiator ? 'initiator' : 'responder';
  }

  hello(): Uint8Array {
    const { own, nonce, nameHash } = this.#options;
    const body = encodeControl({
      version: PROTOCOL_VERSION,
      network: nameHash,
      nonce,
      key: own.publicKey,
      life: own.life,
      agree: own.agreementKey,
    });
    return encodeFrame({ type: FrameType.hello, source: own.id, hopLimit: 1 }, body);
  }

  /** Our `auth`. Call after a hello (initiator) or `proven` (responder). */
  answer(): Uint8Array {
    const { own, networkKey, cryptography } = this.#options;
    const established = this.#established ?? new Uint8Array();
    const proof = cryptography.hmac(networkKey, proofInput(this.#role, established));
    const signature = cryptography.sign(
      own.identity.secretKey,
      own.publicKey,
      signatureInput(this.#role, established),
    );
    const body = encodeControl({ proof, signature });
    return encodeFrame({ type: FrameType.auth, source: own.id, hopLimit: 1 }, body);
  }

  /** Takes whatever the unauthenticated channel brought. Never throws. */
  onBytes(bytes: Uint8Array): HandshakeStep {
    const header = parseFrameHeader(bytes);
    if (header === 'bad-version') return refuse('version', `version ${bytes[0]}`);
    if (typeof header === 'string') return refuse('protocol', header);
    if (header.source !== this.#options.peer) return refuse('protocol', 'a frame in the name of another');
    switch (header.type) {
      case FrameType.hello:
      case FrameType.auth:
        break;
      case FrameType.refuse:
        return { type: 'refused', ...readRefusal(frameBody(bytes)) };
      case FrameType.goodbye:
        return { type: 'goodbye' };
      default:
        return refuse('protocol', 'a message before the handshake');
    }
    const fields = asFields(decodeControl(frameBody(bytes)).value);
    if (!fields) return refuse('protocol', 'a body that cannot be read');
    return header.type === FrameType.hello ? this.#onHello(fields) : this.#onAuth(fields);
  }

  #onHello(fields: Fields): HandshakeStep {
    if (this.#them) return refuse('protocol', 'a second hello');
    const { own, peer, nonce: ownNonce, nameHash, fingerprints, cryptography } = this.#options;
    const version = readInteger(fields, 'version', 0, 0xffff);
    if (version !== undefined && version !== PROTOCOL_VERSION) return refuse('version', `version ${version}`);
    const network = readBytes(fields, 'network', NAME_HASH_BYTES);
    const nonce = readBytes(fields, 'nonce', NONCE_BYTES);
    const publicKey = readBytes(fields, 'key', PUBLIC_KEY_BYTES);
    const life = readInteger(fields, 'life', 0, MAX_LIFE);
    const agreementKey = readBytes(fields, 'agree', AGREEMENT_KEY_BYTES);
    if (version === undefined || !network || !nonce || !publicKey || life === undefined || !agreementKey) {
      return refuse('protocol', 'an incomplete hello');
    }
    if (!isSameProof(network, nameHash)) return refuse('wrong-network', 'another network');
    // Our own nonce can only come back from a mirror.
    if (isSameProof(nonce, ownNonce)) return refuse('protocol', 'our own hello');
    if (nodeIdOf(publicKey, cryptography) !== peer) return refuse('identity', 'a key of another id');
    this.#them = {
      identity: { id: peer, publicKey: copy(publicKey), life, agreementKey: copy(agreementKey) },
      nonce: copy(nonce),
      fingerprint: fingerprints.remote,
    };
    const us = { identity: own, nonce: ownNonce, fingerprint: fingerprints.local };
    const isInitiator = this.#role === 'initiator';
    this.#established = isInitiator
      ? transcript(nameHash, us, this.#them)
      : transcript(nameHash, this.#them, us);
    return isInitiator ? { type: 'reply', frame: this.answer() } : NONE;
  }

  #onAuth(fields: Fields): HandshakeStep {
    if (!this.#them || !this.#established) return refuse('protocol', 'a proof before its hello');
    if (this.#isProven) return refuse('protocol', 'a second proof');
    const proof = readBytes(fields, 'proof', PROOF_BYTES);
    const signature = readBytes(fields, 'signature', SIGNATURE_BYTES);
    if (!proof || !signature) return refuse('protocol', 'an incomplete proof');
    const { networkKey, cryptography } = this.#options;
    const theirRole = this.#role === 'initiator' ? 'responder' : 'initiator';
    const expected = cryptography.hmac(networkKey, proofInput(theirRole, this.#established));
    if (!isSameProof(proof, expected)) return refuse('wrong-key', 'a proof that does not fit');
    const { identity } = this.#them;
    const signed = signatureInput(theirRole, this.#established);
    if (!cryptography.verify(identity.publicKey, signed, signature)) {
      return refuse('identity', 'a signature that does not fit');
    }
    this.#isProven = true;
    return { type: 'proven', identity };
  }
}

/** The frame that tells the other side why it is not let in. */
export function refuseFrame(self: NodeId, { reason, record }: Refusal): Uint8Array {
  const body = encodeControl({ reason, ...(record && { record }) });
  return encodeFrame({ type: FrameType.refuse, source: self, hopLimit: 1 }, body);
}

/** Of the body of a `refuse`. A reason that cannot be read or is not known counts as `protocol`. */
export function readRefusal(body: Uint8Array): Refusal {
  if (body.length > FRAME_RULES.refuse.maxBodyBytes) return { reason: 'protocol' };
  const fields = asFields(decodeControl(body).value);
  const text = fields && readText(fields, 'reason', 32);
  const reason = REASONS.find((known) => known === text) ?? 'protocol';
  const record = fields && reason === 'duplicate' ? readBytes(fields, 'record', 1, body.length) : undefined;
  return { reason, ...(record && { record: copy(record) }) };
}

function refuse(reason: RefusalReason, detail: string): HandshakeStep {
  return { type: 'refuse', reason, detail };
}

/** A decoder may answer with a view on the frame, of a class whose `slice` is a view again. */
function copy(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(bytes);
}
