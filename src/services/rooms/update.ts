/**
 * An update as it travels, and how it is made and judged.
 *
 *   version u8 (1) · epoch u8 · certificate (64) · nonce (24), sealed content · signature (64)
 *
 * The content, canonical and sealed under the read key, is [number, depth, claimed time, author, parents, payload]: who has no link learns
 * of an update its size, its time and its epoch. The epoch's write key signs the author (the certificate), once; the author signs the bytes
 * that travel, certificate included. An author without a certificate of this epoch cannot write, a certificate without the author's key is
 * worth nothing, and judging an update costs one verification rather than two, for certificates come again.
 */
import type { Cryptography, Identity } from '../../mesh/index.ts';
import { concatBytes, equalBytes, fromHex, toHex } from '../../runtime/index.ts';
import { decodePlain, encodePlain } from './canonical.ts';
import { type AuthorId, MAX_PARENTS, MAX_UPDATE_BYTES, type Plain, type UpdateHash } from './contract.ts';
import { RoomTooLargeError } from './errors.ts';
import type { Genesis } from './genesis.ts';
import type { ReadKeys } from './keys.ts';
import { settle, sizeOf } from './plain.ts';
import { seal, unseal } from './seal.ts';

const VERSION = 1;
/** The only one, until somebody can be sent out. */
export const EPOCH = 0;
const SIGNATURE_BYTES = 64;
const HASH_BYTES = 32;
const AUTHOR_BYTES = 32;
const HEAD_BYTES = 2;
const SEALED_AT = HEAD_BYTES + SIGNATURE_BYTES;
/** Above the payload: what travels beside it, with sixteen parents. */
const MAX_BESIDE_PAYLOAD = 1024;
const UPDATE = new TextEncoder().encode('leafcutter room update\n');
const WRITER = new TextEncoder().encode('leafcutter room writer\n');
/** Authors whose certificates are remembered: more than write in any room at once. */
const MAX_CERTIFICATES = 1024;

/** One that has passed all that can be judged without its parents. */
export interface Update {
  readonly hash: UpdateHash;
  readonly epoch: number;
  readonly author: AuthorId;
  /** Counts its author's updates, from a number that is drawn whenever it opens the room. */
  readonly number: number;
  /** One more than the deepest of its parents; 1 without. */
  readonly depth: number;
  readonly claimedAtMs: number;
  /** In ascending order. */
  readonly parents: readonly UpdateHash[];
  readonly payload: Plain;
  readonly bytes: Uint8Array;
}

export type Draft = Pick<Update, 'epoch' | 'number' | 'depth' | 'claimedAtMs' | 'parents' | 'payload'>;

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
    const { number, depth, claimedAtMs, parents, epoch } = draft;
    const payload = settle(draft.payload);
    if (sizeOf(payload) > MAX_UPDATE_BYTES) {
      throw new RoomTooLargeError('the update', sizeOf(payload), MAX_UPDATE_BYTES);
    }
    const hashes = concatBytes(...parents.map(fromHex));
    const content = encodePlain([number, depth, claimedAtMs, author.publicKey, hashes, payload]);
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
    const { number, depth, claimedAtMs, parents, payload } = content;
    const hash = toHex(this.#cryptography.sha256(bytes)) as UpdateHash;
    return { hash, epoch, author, number, depth, claimedAtMs, parents, payload: settle(payload), bytes };
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

interface Content {
  readonly number: number;
  readonly depth: number;
  readonly claimedAtMs: number;
  readonly authorKey: Uint8Array;
  readonly parents: readonly UpdateHash[];
  readonly payload: Plain;
}

function contentOf(bytes: Uint8Array): Content | undefined {
  const list = decodePlain(bytes);
  if (!Array.isArray(list) || list.length !== 6) return undefined;
  const [number, depth, claimedAtMs, authorKey, hashes, payload]: readonly Plain[] = list;
  if (!isCount(number) || !isCount(depth) || !isTime(claimedAtMs) || payload === undefined) return undefined;
  if (!(authorKey instanceof Uint8Array) || authorKey.length !== AUTHOR_BYTES) return undefined;
  const parents = hashes instanceof Uint8Array ? readHashes(hashes, MAX_PARENTS) : undefined;
  if (!parents || (parents.length === 0) !== (depth === 1)) return undefined;
  for (const [i, parent] of parents.entries())
    if (i > 0 && parent <= (parents[i - 1] ?? '')) return undefined;
  return { number, depth, claimedAtMs, authorKey, parents, payload };
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
