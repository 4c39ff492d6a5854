/**
 * An update as it travels, and how it is made and judged.
 *
 *   version u8 (2) · epoch u8 · certificate (64) · nonce (24), sealed content · signature (64)
 *
 * The content, canonical and sealed under the read key, is [session, number, depth, claimed time, author, parents, payload]: who has no link
 * learns of an update its size, its time and its epoch. A parent is named by its hash, and by writer and number (writers.ts), by which it is
 * known when it is not here any more. The epoch's write key signs the author (the certificate), once; the author signs the bytes
 * that travel, certificate included. An author without a certificate of this epoch cannot write, a certificate without the author's key is
 * worth nothing, and judging an update costs one verification rather than two, for certificates come again.
 */
import type { Cryptography, Identity } from '../../mesh/index.ts';
import { concatBytes, equalBytes, fromHex, toHex } from '../../runtime/index.ts';
import { decodePlain, encodePlain } from './canonical.ts';
import {
  type AuthorId,
  MAX_PARENTS,
  MAX_UPDATE_BYTES,
  type Plain,
  type RoomUpdate,
  type UpdateHash,
} from './contract.ts';
import { RoomTooLargeError } from './errors.ts';
import type { Genesis } from './genesis.ts';
import type { ReadKeys } from './keys.ts';
import { settle, sizeOf } from './plain.ts';
import { seal, unseal } from './seal.ts';
import { decodePlace, encodePlace, MAX_NUMBER, PLACE_BYTES, type Place, writerOf } from './writers.ts';

/** The first byte of an update. Another one, a checkpoint has (checkpoint.ts). */
const VERSION = 2;
/** The only one, until somebody can be sent out. */
export const EPOCH = 0;
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
/** Authors whose certificates are remembered: more than write in any room at once. */
const MAX_CERTIFICATES = 1024;

/** One that has passed all that can be judged without its parents. Its `number` counts those of its writer, from 1. */
export interface Update extends Place {
  readonly hash: UpdateHash;
  readonly epoch: number;
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
  readonly bytes: Uint8Array;
}

export type Draft = Omit<Update, 'hash' | 'author' | 'writer' | 'bytes'>;

/** A sentence for people. */
export type Refusal = string;

/** What one room's updates are made and judged with. */
export class UpdateCodec {
  readonly #genesis: Genesis;
  readonly #keys: ReadKeys;
  readonly #cryptography: Cryptography;
  readonly #roomBytes: Uint8Array;
  /** By author, those found good. */
  readonly #certificates = new Map<AuthorId, Uint8Array>();

  constructor(genesis: Genesis, keys: ReadKeys, cryptography: Cryptography) {
    this.#genesis = genesis;
    this.#keys = keys;
    this.#cryptography = cryptography;
    this.#roomBytes = fromHex(genesis.id);
  }

  /** What makes a writer of this author: for `write`. */
  certify(author: Pick<Identity, 'publicKey'>, writeSecret: Uint8Array, epoch: number): Uint8Array {
    const text = this.#writerText(epoch, author.publicKey);
    return this.#cryptography.sign(writeSecret, this.#genesis.writeKey, text);
  }

  /** @throws NotPlainError, RoomTooLargeError */
  write(
    draft: Draft,
    author: Pick<Identity, 'publicKey' | 'secretKey'>,
    certificate: Uint8Array,
  ): Uint8Array {
    const { session, number, depth, claimedAtMs, epoch } = draft;
    const payload = settle(draft.payload);
    if (sizeOf(payload) > MAX_UPDATE_BYTES) {
      throw new RoomTooLargeError('the update', sizeOf(payload), MAX_UPDATE_BYTES);
    }
    const parents = encodeParents(draft);
    const content = encodePlain([session, number, depth, claimedAtMs, author.publicKey, parents, payload]);
    const head = Uint8Array.of(VERSION, epoch);
    const sealed = seal(this.#keys, content, this.#contextOf(head), this.#cryptography);
    const body = concatBytes(head, certificate, sealed);
    const signature = this.#cryptography.sign(author.secretKey, author.publicKey, this.#updateText(body));
    return concatBytes(body, signature);
  }

  /** Judges all but what needs the parents. Never throws. */
  read(bytes: Uint8Array): Update | Refusal {
    if (bytes.length > MAX_UPDATE_BYTES + MAX_BESIDE_PAYLOAD) return 'an update is too large';
    if (bytes.length < SEALED_AT + SIGNATURE_BYTES) return 'an update is cut short';
    const [version, epoch] = bytes;
    if (version !== VERSION) return 'an update is of another version: reload';
    if (epoch !== EPOCH) return 'an update is of an epoch that this room does not have';
    const body = bytes.subarray(0, bytes.length - SIGNATURE_BYTES);
    const context = this.#contextOf(body.subarray(0, HEAD_BYTES));
    const opened = unseal(this.#keys, body.subarray(SEALED_AT), context);
    if (!opened) return 'an update is not sealed under the key of this room';
    const content = contentOf(opened);
    if (!content) return 'an update is malformed';
    const certificate = body.subarray(HEAD_BYTES, SEALED_AT);
    const author = toHex(content.authorKey) as AuthorId;
    if (!this.isWriter(content.authorKey, epoch, certificate)) {
      return 'the author of an update has no right to write';
    }
    const signature = bytes.subarray(body.length);
    if (!this.#cryptography.verify(content.authorKey, this.#updateText(body), signature)) {
      return 'an update is not signed by its author';
    }
    const { authorKey: _, payload, ...said } = content;
    const hash = toHex(this.#cryptography.sha256(bytes)) as UpdateHash;
    const writer = writerOf(author, said.session, this.#cryptography);
    return { ...said, hash, epoch, author, writer, payload: settle(payload), bytes };
  }

  /** Whether the epoch's write key has signed this author. */
  isWriter(key: Uint8Array, epoch: number, certificate: Uint8Array): boolean {
    const author = toHex(key) as AuthorId;
    const known = this.#certificates.get(author);
    if (known && equalBytes(known, certificate)) return true;
    const text = this.#writerText(epoch, key);
    if (!this.#cryptography.verify(this.#genesis.writeKey, text, certificate)) return false;
    if (this.#certificates.size >= MAX_CERTIFICATES) this.#certificates.clear();
    this.#certificates.set(author, certificate.slice());
    return true;
  }

  #writerText(epoch: number, authorKey: Uint8Array): Uint8Array {
    return concatBytes(WRITER, this.#roomBytes, Uint8Array.of(epoch), authorKey);
  }

  #updateText(body: Uint8Array): Uint8Array {
    return concatBytes(UPDATE, this.#roomBytes, body);
  }

  #contextOf(head: Uint8Array): Uint8Array {
    return concatBytes(UPDATE, this.#roomBytes, head);
  }
}

type Content = Omit<Draft, 'epoch'> & { readonly authorKey: Uint8Array };

function contentOf(bytes: Uint8Array): Content | undefined {
  const list = decodePlain(bytes);
  if (!Array.isArray(list) || list.length !== 7) return undefined;
  const [session, number, depth, claimedAtMs, authorKey, named, payload]: readonly Plain[] = list;
  if (!isTime(session) || session > MAX_NUMBER || !isCount(number) || number > MAX_NUMBER) return undefined;
  if (!isCount(depth) || !isTime(claimedAtMs) || payload === undefined) return undefined;
  if (!(authorKey instanceof Uint8Array) || authorKey.length !== AUTHOR_BYTES) return undefined;
  const parents = named instanceof Uint8Array ? decodeParents(named) : undefined;
  return parents && { session, number, depth, claimedAtMs, authorKey, ...parents, payload };
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
export function shownOf({ hash, author, claimedAtMs, parents, payload }: Update): RoomUpdate {
  return { hash, author, claimedAtMs, parents, update: payload };
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
