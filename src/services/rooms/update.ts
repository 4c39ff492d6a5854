/**
 * An update as it travels, and how it is made and judged.
 *
 *   version u8 (2) · epoch u8 · certificate (64) · nonce (24), sealed content · signature (64)
 *
 * The content, canonical and sealed under the read key, is [session, number, depth, claimed time, author, parents, payload], and behind it, where
 * it undoes one of its author's, that one's session and number: who has no link
 * learns of an update its size, its time and its epoch. A parent is named by its hash, and by writer and number (writers.ts), by which it is
 * known when it is not here any more. The epoch's write key signs the author (the certificate), once; the author signs the bytes
 * that travel, certificate included. An author without a certificate of this epoch cannot write, a certificate without the author's key is
 * worth nothing, and judging an update costs one verification rather than two, for certificates come again.
 */
import type { Cryptography, Identity } from '../../mesh/index.ts';
import { concatBytes, equalBytes, fromHex, toHex } from '../../runtime/index.ts';
import { decodeSettled, encodePlain } from './canonical.ts';
import {
  type AuthorId,
  type EpochId,
  MAX_PARENTS,
  MAX_UPDATE_BYTES,
  type Plain,
  type RoomUpdate,
  type UpdateHash,
} from './contract.ts';
import type { Epoch, HeldEpoch, Keyring } from './epochs.ts';
import { RoomTooLargeError } from './errors.ts';
import { settle, sizeOf } from './plain.ts';
import { seal, unseal } from './seal.ts';
import {
  decodePlace,
  encodePlace,
  MAX_NUMBER,
  PLACE_BYTES,
  type Place,
  type WriterId,
  writerOf,
} from './writers.ts';

/** The first byte of an update. Another one, a checkpoint has (checkpoint.ts). */
const VERSION = 2;
const SIGNATURE_BYTES = 64;
const HASH_BYTES = 32;
const PARENT_BYTES = HASH_BYTES + PLACE_BYTES;
const AUTHOR_BYTES = 32;
const HEAD_BYTES = 2;
const SEALED_AT = HEAD_BYTES + SIGNATURE_BYTES;
/** Above the payload: what travels beside it, with sixteen parents. */
const MAX_BESIDE_PAYLOAD = 1280;
const UPDATE = new TextEncoder().encode('leafcutter room update\n');
const WRITER = new TextEncoder().encode('leafcutter room writer\n');
/** Authors whose certificates and names as writers are remembered: more than write in any room at once. */
const MAX_AUTHORS = 1024;

/** One that has passed all that can be judged without its parents. Its `number` counts those of its writer, from 1. */
export interface Update extends Place {
  readonly hash: UpdateHash;
  readonly epoch: EpochId;
  readonly author: AuthorId;
  /** Drawn whenever its author opens the room: author and session are its writer. */
  readonly session: number;
  /** One more than the deepest of its parents; without, than all that its author's newest checkpoint has closed. */
  readonly depth: number;
  readonly claimedAtMs: number;
  /** In ascending order. */
  readonly parents: readonly UpdateHash[];
  /** Of each of the parents. */
  readonly places: readonly Place[];
  readonly payload: Plain;
  /** The update of the same author that the room goes on without: then the payload means nothing. */
  readonly undoes: (Place & Undoes) | undefined;
  readonly bytes: Uint8Array;
}

export interface Draft extends Omit<Update, 'hash' | 'author' | 'writer' | 'bytes' | 'epoch' | 'undoes'> {
  readonly undoes?: Undoes | undefined;
}

/** Which of its author's updates. */
export interface Undoes {
  readonly session: number;
  readonly number: number;
}

export const isSamePlace = (a: Undoes, b: Undoes): boolean =>
  a.session === b.session && a.number === b.number;

/** A sentence for people. */
export type Refusal = string;
/** Nobody's fault: it overtook the keys that it is of, or they are not for this device. */
export const KEYS_NOT_HERE: Refusal = 'an update is of keys that are not here';

/** What one room's updates are made and judged with. */
export class UpdateCodec {
  readonly #keyring: Keyring;
  readonly #cryptography: Cryptography;
  readonly #roomBytes: Uint8Array;
  /** By epoch and author, those found good. */
  readonly #certificates = new Map<string, Uint8Array>();
  /** By author and session. */
  readonly #writers = new Map<string, WriterId>();

  constructor(keyring: Keyring, cryptography: Cryptography) {
    this.#keyring = keyring;
    this.#cryptography = cryptography;
    this.#roomBytes = keyring.roomBytes;
  }

  /** What makes a writer of this author: for `write`. */
  certify(
    author: Pick<Identity, 'publicKey'>,
    writeSecret: Uint8Array,
    epoch: Epoch = this.#keyring.current,
  ): Uint8Array {
    const text = this.#writerText(epoch, author.publicKey);
    return this.#cryptography.sign(writeSecret, epoch.writeKey, text);
  }

  /** What was written, as whoever reads it has it. @throws as `write` */
  make(
    draft: Draft,
    author: Pick<Identity, 'publicKey' | 'secretKey'>,
    certificate: Uint8Array,
    epoch: HeldEpoch = this.#keyring.current,
  ): Update {
    const settled = { ...draft, payload: settle(draft.payload) };
    const bytes = this.write(settled, author, certificate, epoch);
    return this.#updateOf(settled, toHex(author.publicKey) as AuthorId, epoch, bytes, this.hashOf(bytes));
  }

  /** @throws NotPlainError, RoomTooLargeError */
  write(
    draft: Draft,
    author: Pick<Identity, 'publicKey' | 'secretKey'>,
    certificate: Uint8Array,
    epoch: HeldEpoch = this.#keyring.current,
  ): Uint8Array {
    const { session, number, depth, claimedAtMs } = draft;
    const payload = settle(draft.payload);
    if (sizeOf(payload) > MAX_UPDATE_BYTES) {
      throw new RoomTooLargeError('update', sizeOf(payload), MAX_UPDATE_BYTES);
    }
    const parents = encodeParents(draft);
    const content = encodePlain([
      ...[session, number, depth, claimedAtMs, author.publicKey, parents, payload],
      ...(draft.undoes ? [[draft.undoes.session, draft.undoes.number]] : []),
    ]);
    const head = Uint8Array.of(VERSION, epoch.number);
    const sealed = seal(epoch.read, content, this.#contextOf(head), this.#cryptography);
    const body = concatBytes(head, certificate, sealed);
    const signature = this.#cryptography.sign(author.secretKey, author.publicKey, this.#updateText(body));
    return concatBytes(body, signature);
  }

  /** The name of an update of these bytes. */
  hashOf(bytes: Uint8Array): UpdateHash {
    return toHex(this.#cryptography.sha256(bytes)) as UpdateHash;
  }

  /**
   * Judges all but what needs the parents. Never throws.
   * @param hash as `hashOf`, where it is known
   */
  read(bytes: Uint8Array, hash?: UpdateHash): Update | Refusal {
    if (bytes.length > MAX_UPDATE_BYTES + MAX_BESIDE_PAYLOAD) return 'an update is too large';
    if (bytes.length < SEALED_AT + SIGNATURE_BYTES) return 'an update is cut short';
    const [version, number = 0] = bytes;
    if (version !== VERSION) return 'an update is of another version: reload';
    const epochs = this.#keyring.ofNumber(number);
    if (epochs.length === 0) return KEYS_NOT_HERE;
    const body = bytes.subarray(0, bytes.length - SIGNATURE_BYTES);
    const context = this.#contextOf(body.subarray(0, HEAD_BYTES));
    for (const epoch of epochs) {
      const opened = unseal(epoch.read, body.subarray(SEALED_AT), context);
      if (opened) return this.#judge(bytes, opened, epoch, hash);
    }
    return number === 0 ? 'an update is not sealed under the key of this room' : KEYS_NOT_HERE;
  }

  #judge(bytes: Uint8Array, opened: Uint8Array, epoch: HeldEpoch, known?: UpdateHash): Update | Refusal {
    const body = bytes.subarray(0, bytes.length - SIGNATURE_BYTES);
    const content = contentOf(opened);
    if (!content) return 'an update is malformed';
    const { authorKey, ...draft } = content;
    if (!this.isWriter(authorKey, epoch, body.subarray(HEAD_BYTES, SEALED_AT))) {
      return 'the author of an update has no right to write';
    }
    if (!this.#cryptography.verify(authorKey, this.#updateText(body), bytes.subarray(body.length))) {
      return 'an update is not signed by its author';
    }
    return this.#updateOf(draft, toHex(authorKey) as AuthorId, epoch, bytes, known ?? this.hashOf(bytes));
  }

  /** @param draft its payload is settled */
  #updateOf(
    { undoes: named, ...said }: Draft,
    author: AuthorId,
    { id: epoch }: HeldEpoch,
    bytes: Uint8Array,
    hash: UpdateHash,
  ): Update {
    const writer = this.#writerOf(author, said.session);
    const undoes = named && { ...named, writer: this.#writerOf(author, named.session) };
    return { ...said, undoes, hash, epoch, author, writer, bytes };
  }

  #writerOf(author: AuthorId, session: number): WriterId {
    const name = `${author} ${session}`;
    let writer = this.#writers.get(name);
    if (writer === undefined) {
      writer = writerOf(author, session, this.#cryptography);
      if (this.#writers.size >= MAX_AUTHORS) this.#writers.clear();
      this.#writers.set(name, writer);
    }
    return writer;
  }

  /** Whether the epoch's write key has signed this author. */
  isWriter(key: Uint8Array, epoch: Epoch, certificate: Uint8Array): boolean {
    const author = `${epoch.id} ${toHex(key)}`;
    const known = this.#certificates.get(author);
    if (known && equalBytes(known, certificate)) return true;
    const text = this.#writerText(epoch, key);
    if (!this.#cryptography.verify(epoch.writeKey, text, certificate)) return false;
    if (this.#certificates.size >= MAX_AUTHORS) this.#certificates.clear();
    this.#certificates.set(author, certificate.slice());
    return true;
  }

  #writerText({ number }: Epoch, authorKey: Uint8Array): Uint8Array {
    return concatBytes(WRITER, this.#roomBytes, Uint8Array.of(number), authorKey);
  }

  #updateText(body: Uint8Array): Uint8Array {
    return concatBytes(UPDATE, this.#roomBytes, body);
  }

  #contextOf(head: Uint8Array): Uint8Array {
    return concatBytes(UPDATE, this.#roomBytes, head);
  }
}

type Content = Draft & { readonly authorKey: Uint8Array };

function contentOf(bytes: Uint8Array): Content | undefined {
  const list = decodeSettled(bytes);
  if (!Array.isArray(list) || list.length < 7 || list.length > 8) return undefined;
  const [session, number, depth, claimedAtMs, authorKey, named, payload, listed]: readonly Plain[] = list;
  const undoes = undoesOf(listed);
  if (list.length === 8 && !undoes) return undefined;
  if (!isTime(session) || session > MAX_NUMBER || !isCount(number) || number > MAX_NUMBER) return undefined;
  if (!isCount(depth) || !isTime(claimedAtMs) || payload === undefined) return undefined;
  if (!(authorKey instanceof Uint8Array) || authorKey.length !== AUTHOR_BYTES) return undefined;
  const parents = named instanceof Uint8Array ? decodeParents(named) : undefined;
  return parents && { session, number, depth, claimedAtMs, authorKey, ...parents, payload, undoes };
}

function undoesOf(listed: Plain | undefined): Undoes | undefined {
  if (!Array.isArray(listed) || listed.length !== 2) return undefined;
  const [session, number]: readonly Plain[] = listed;
  if (!isTime(session) || session > MAX_NUMBER || !isCount(number) || number > MAX_NUMBER) return undefined;
  return { session, number };
}

function encodeParents({ parents, places }: Pick<Draft, 'parents' | 'places'>): Uint8Array {
  return concatBytes(
    ...parents.flatMap((parent, i) => {
      const place = places[i];
      if (!place) throw new TypeError('a parent is named by its place, too');
      return [fromHex(parent), encodePlace(place)];
    }),
  );
}

function decodeParents(bytes: Uint8Array): Pick<Draft, 'parents' | 'places'> | undefined {
  if (bytes.length % PARENT_BYTES !== 0 || bytes.length > MAX_PARENTS * PARENT_BYTES) return undefined;
  const parents: UpdateHash[] = [];
  const places: Place[] = [];
  for (let at = 0; at < bytes.length; at += PARENT_BYTES) {
    const parent = toHex(bytes.subarray(at, at + HASH_BYTES)) as UpdateHash;
    if (parent <= (parents.at(-1) ?? '')) return undefined;
    parents.push(parent);
    places.push(decodePlace(bytes.subarray(at + HASH_BYTES, at + PARENT_BYTES)));
  }
  return { parents, places };
}

/** As an application sees it. */
export function shownOf({ hash, author, claimedAtMs, parents, payload, undoes }: Update): RoomUpdate {
  return { hash, author, claimedAtMs, parents, update: payload, ...(undoes && { isUndo: true as const }) };
}

/** Hashes one after the other; undefined where these are not, or more than `limit`. */
export function readHashes(bytes: Uint8Array, limit: number): readonly UpdateHash[] | undefined {
  if (bytes.length % HASH_BYTES !== 0 || bytes.length > limit * HASH_BYTES) return undefined;
  return Array.from(
    { length: bytes.length / HASH_BYTES },
    (_, i) => toHex(bytes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES)) as UpdateHash,
  );
}

function isCount(value: Plain | undefined): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1;
}

function isTime(value: Plain | undefined): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
