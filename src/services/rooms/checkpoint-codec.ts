/**
 * A checkpoint as it travels, and how it is made and judged.
 *
 *   kind u8 (0x81) · epoch u8 · certificate (64) · nonce (24), sealed content · signature (64)
 *
 * As of an update, but that the admin key certifies its author. A rotation (0x82) says the number of the epoch that it begins, is certified by
 * the admin key before, and has in front of its content, which is sealed under the new keys, a part sealed under the old ones: the new public
 * keys, signed by the old admin key, and the new secrets, sealed to each device that stays (hand-out.ts).
 *
 *   kind u8 · epoch u8 · certificate · length u32, sealed hand-out · nonce, sealed content · signature
 */
import type { Cryptography, Identity } from '../../mesh/index.ts';
import { concatBytes, toHex } from '../../runtime/index.ts';
import { decodePlain, encodePlain } from './canonical.ts';
import {
  CHECKPOINT_KIND,
  type Checkpoint,
  type CheckpointDraft,
  decodeContent,
  encodeContent,
  isRotation,
  ROTATION_KIND,
} from './checkpoint.ts';
import type { AuthorId, CheckpointHash, EpochId, Plain } from './contract.ts';
import { type Epoch, type HeldEpoch, type Keyring, publicKeysOf } from './epochs.ts';
import { findIn, type HandOut, handOut } from './hand-out.ts';
import type { RoomKeys } from './keys.ts';
import type { MemberEntry } from './members.ts';
import { seal, unseal } from './seal.ts';

const HEAD_BYTES = 2;
const SIGNATURE_BYTES = 64;
const KEY_BYTES = 32;
const LENGTH_BYTES = 4;
const SEALED_AT = HEAD_BYTES + SIGNATURE_BYTES;
/** A rotation has up to 512 members twice: 62 KiB. */
const MAX_BYTES = 128 * 1024;
const CHECKPOINT = new TextEncoder().encode('leafcutter room checkpoint\n');
const HAND_OUT = new TextEncoder().encode('leafcutter room rotation\n');
const ADMIN = new TextEncoder().encode('leafcutter room admin\n');

/** A rotation that gives this device no keys. */
export interface Shut {
  readonly type: 'shut';
  /** Whose keys do not go on for us. */
  readonly after: EpochId;
  readonly author: AuthorId;
  /** As it travels: those that it gives keys read more in it. */
  readonly bytes: Uint8Array;
}

interface Given extends HandOut {
  readonly authorKey: Uint8Array;
  /** The epoch that it begins. */
  readonly begins: Epoch;
}

/** Of one room, on one device. */
export class CheckpointCodec {
  readonly #keyring: Keyring;
  readonly #deviceSecret: Uint8Array;
  readonly #cryptography: Cryptography;

  /** @param deviceSecret X25519: new keys are sealed to it */
  constructor(keyring: Keyring, deviceSecret: Uint8Array, cryptography: Cryptography) {
    this.#keyring = keyring;
    this.#deviceSecret = deviceSecret;
    this.#cryptography = cryptography;
  }

  /** What makes an administrator of this author. @param adminSecret seed of the admin key */
  certify(
    { publicKey }: Pick<Identity, 'publicKey'>,
    adminSecret: Uint8Array,
    epoch: Epoch = this.#keyring.current,
  ): Uint8Array {
    return this.#cryptography.sign(adminSecret, epoch.adminKey, this.#adminText(epoch, publicKey));
  }

  isAdmin(key: Uint8Array, certificate: Uint8Array, epoch: Epoch = this.#keyring.current): boolean {
    return this.#cryptography.verify(epoch.adminKey, this.#adminText(epoch, key), certificate);
  }

  write(
    draft: CheckpointDraft,
    author: Pick<Identity, 'publicKey' | 'secretKey'>,
    adminSecret: Uint8Array,
    epoch: HeldEpoch = this.#keyring.current,
  ): Uint8Array {
    const content = encodeContent({ ...draft, authorKey: author.publicKey });
    const head = Uint8Array.of(CHECKPOINT_KIND, epoch.number);
    const certificate = this.certify(author, adminSecret, epoch);
    const sealed = seal(epoch.read, content, this.#textOf(head), this.#cryptography);
    return this.#signed(concatBytes(head, certificate, sealed), author);
  }

  /** One that begins an epoch. @param keys all of its own; @param stay who is given them */
  writeRotation(
    draft: CheckpointDraft,
    author: Pick<Identity, 'publicKey' | 'secretKey'>,
    adminSecret: Uint8Array,
    { keys, stay }: { readonly keys: RoomKeys; readonly stay: Iterable<MemberEntry> },
  ): Uint8Array {
    const old = this.#keyring.current;
    const line = this.#keyring.succeed(old, adminSecret, publicKeysOf(keys, this.#cryptography));
    const begins = this.#keyring.following(old, line);
    const held = begins && this.#keyring.hold(begins, keys);
    if (!held) throw new RangeError('this room has no more epochs');
    const head = Uint8Array.of(ROTATION_KIND, held.number);
    const { key, entries } = handOut(stay, keys, this.#contextOf(held), this.#cryptography);
    const given = encodePlain([author.publicKey, key, entries, line.writeKey, line.adminKey, line.signature]);
    const first = seal(old.read, given, concatBytes(HAND_OUT, this.#textOf(head)), this.#cryptography);
    const content = encodeContent({ ...draft, authorKey: author.publicKey });
    const second = seal(held.read, content, this.#textAfter(head, first), this.#cryptography);
    const length = new Uint8Array(LENGTH_BYTES);
    new DataView(length.buffer).setUint32(0, first.length);
    const certificate = this.certify(author, adminSecret, old);
    return this.#signed(concatBytes(head, certificate, length, first, second), author);
  }

  /** Judges what can be judged without the chain. What a rotation gives this device is held from then on. Never throws. */
  read(bytes: Uint8Array): Checkpoint | Shut | string {
    if (bytes.length > MAX_BYTES) return 'a checkpoint is too large';
    if (bytes.length < SEALED_AT + LENGTH_BYTES + SIGNATURE_BYTES) return 'a checkpoint is cut short';
    return bytes[0] === ROTATION_KIND ? this.#readRotation(bytes) : this.#readOne(bytes);
  }

  #readOne(bytes: Uint8Array): Checkpoint | string {
    const body = bytes.subarray(0, bytes.length - SIGNATURE_BYTES);
    const head = body.subarray(0, HEAD_BYTES);
    for (const epoch of this.#keyring.ofNumber(bytes[1] ?? 0)) {
      const opened = unseal(epoch.read, body.subarray(SEALED_AT), this.#textOf(head));
      if (opened) return this.#judge(bytes, opened, epoch, epoch);
    }
    return 'a checkpoint is not sealed under a key that is here';
  }

  #readRotation(bytes: Uint8Array): Checkpoint | Shut | string {
    const number = bytes[1] ?? 0;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const end = SEALED_AT + LENGTH_BYTES + view.getUint32(SEALED_AT);
    if (number === 0 || end > bytes.length - SIGNATURE_BYTES) return 'a rotation is malformed';
    const head = bytes.subarray(0, HEAD_BYTES);
    const first = bytes.subarray(SEALED_AT + LENGTH_BYTES, end);
    const second = bytes.subarray(end, bytes.length - SIGNATURE_BYTES);
    for (const old of this.#keyring.ofNumber(number - 1)) {
      const opened = unseal(old.read, first, concatBytes(HAND_OUT, this.#textOf(head)));
      if (!opened) continue;
      const given = this.#givenOf(opened, old);
      if (!given) return 'a rotation is malformed';
      const wrong = this.#wrongOf(bytes, given.authorKey, old);
      if (wrong !== undefined) return wrong;
      const secrets = findIn(given, this.#deviceSecret, this.#contextOf(given.begins), this.#cryptography);
      if (secrets) this.#keyring.hold(given.begins, secrets);
      if (!this.#keyring.holds(given.begins.id)) {
        return { type: 'shut', after: old.id, author: toHex(given.authorKey) as AuthorId, bytes };
      }
    }
    for (const epoch of this.#keyring.ofNumber(number)) {
      const opened = unseal(epoch.read, second, this.#textAfter(head, first));
      const old = epoch.after === undefined ? undefined : this.#keyring.get(epoch.after);
      if (opened && old) return this.#judge(bytes, opened, epoch, old);
    }
    return 'a rotation is not sealed under a key that is here';
  }

  #judge(bytes: Uint8Array, opened: Uint8Array, epoch: Epoch, by: Epoch): Checkpoint | string {
    const content = decodeContent(opened);
    if (!content) return 'a checkpoint is malformed';
    const { authorKey, ...said } = content;
    if (said.turns.length !== epoch.number || isRotation(said) !== (epoch !== by))
      return 'a checkpoint lies about its keys';
    const wrong = this.#wrongOf(bytes, authorKey, by);
    if (wrong !== undefined) return wrong;
    const hash = toHex(this.#cryptography.sha256(bytes)) as CheckpointHash;
    return { ...said, hash, epoch: epoch.id, author: toHex(authorKey) as AuthorId, bytes };
  }

  #wrongOf(bytes: Uint8Array, authorKey: Uint8Array, by: Epoch): string | undefined {
    const body = bytes.subarray(0, bytes.length - SIGNATURE_BYTES);
    if (!this.isAdmin(authorKey, body.subarray(HEAD_BYTES, SEALED_AT), by)) {
      return 'the author of a checkpoint is no administrator';
    }
    const isSigned = this.#cryptography.verify(authorKey, this.#textOf(body), bytes.subarray(body.length));
    return isSigned ? undefined : 'a checkpoint is not signed by its author';
  }

  #givenOf(opened: Uint8Array, old: Epoch): Given | undefined {
    const list = decodePlain(opened);
    if (!Array.isArray(list) || list.length !== 6) return undefined;
    const [authorKey, key, entries, writeKey, adminKey, signature]: readonly Plain[] = list;
    if (!isKey(authorKey) || !isKey(key) || !isKey(writeKey) || !isKey(adminKey)) return undefined;
    if (!(entries instanceof Uint8Array) || !(signature instanceof Uint8Array)) return undefined;
    const begins = this.#keyring.following(old, { writeKey, adminKey, signature });
    return begins && { authorKey, key, entries, begins };
  }

  #signed(body: Uint8Array, { publicKey, secretKey }: Pick<Identity, 'publicKey' | 'secretKey'>): Uint8Array {
    return concatBytes(body, this.#cryptography.sign(secretKey, publicKey, this.#textOf(body)));
  }

  #adminText({ number }: Epoch, authorKey: Uint8Array): Uint8Array {
    return concatBytes(ADMIN, this.#keyring.roomBytes, Uint8Array.of(number), authorKey);
  }

  #contextOf({ id }: Epoch): Uint8Array {
    return concatBytes(HAND_OUT, this.#keyring.roomBytes, new TextEncoder().encode(id));
  }

  #textOf(body: Uint8Array): Uint8Array {
    return concatBytes(CHECKPOINT, this.#keyring.roomBytes, body);
  }

  #textAfter(head: Uint8Array, first: Uint8Array): Uint8Array {
    return this.#textOf(concatBytes(head, this.#cryptography.sha256(first)));
  }
}

function isKey(value: Plain | undefined): value is Uint8Array {
  return value instanceof Uint8Array && value.length === KEY_BYTES;
}
