/**
 * A checkpoint closes what its heads have behind them: the order up to there, and so the state, is final. Checkpoints are a chain, and one
 * admin device at a time makes them; each says who makes the next. Whoever takes the role from a device that is lost begins another term,
 * and all see at which number that was.
 *
 *   kind u8 (0x81) · epoch u8 · certificate (64) · nonce (24), sealed content · signature (64)
 *
 * As of an update, but that the admin key certifies its author. Of the state it has the hashes of the pieces in which it travels
 * (snapshot.ts), so that a newcomer can judge each of them when it comes.
 */
import type { Cryptography, Identity } from '../../mesh/index.ts';
import { concatBytes, fromHex, toHex } from '../../runtime/index.ts';
import { decodePlain, encodePlain } from './canonical.ts';
import type { AuthorId, CheckpointHash, Plain, UpdateHash } from './contract.ts';
import type { Genesis } from './genesis.ts';
import type { ReadKeys } from './keys.ts';
import { seal, unseal } from './seal.ts';
import { readHashes } from './update.ts';

/** The first byte of a checkpoint. */
const KIND = 0x81;
const HEAD_BYTES = 2;
const SIGNATURE_BYTES = 64;
const KEY_BYTES = 32;
const SEALED_AT = HEAD_BYTES + SIGNATURE_BYTES;
/** So far back a Node that was away sees whether this chain is its own. */
export const MAX_PREVIOUS = 16;
/** That a checkpoint covers. What more there are waits for the next. */
export const MAX_COVERED_HEADS = 64;
/** Times that the role was taken. A guess: more than devices are lost. */
const MAX_TERMS = 1024;
/** Of 256 KiB each, for 5 MB of state and 256 KiB of what is closed. */
const MAX_PIECES = 24;
const MAX_BYTES = 64 * 1024;
const CHECKPOINT = new TextEncoder().encode('leafcutter room checkpoint\n');
const ADMIN = new TextEncoder().encode('leafcutter room admin\n');

/** Of the room's beginning: no checkpoint. */
export const NO_CHECKPOINT = '' as CheckpointHash;

export interface Checkpoint {
  readonly hash: CheckpointHash;
  readonly epoch: number;
  /** The first has 1. */
  readonly number: number;
  /** At which number each term began, ascending: the first with 1. */
  readonly takes: readonly number[];
  readonly author: AuthorId;
  /** Who makes the one after it. */
  readonly next: AuthorId;
  /** Those before it, the last one first, up to MAX_PREVIOUS. */
  readonly previous: readonly CheckpointHash[];
  /** What they have behind them that was not closed yet is closed by it, and they are. */
  readonly heads: readonly UpdateHash[];
  /** Of the deepest update that is closed, or more. */
  readonly depth: number;
  /** Of all updates that are closed. */
  readonly count: number;
  /** Bytes of the snapshot. */
  readonly size: number;
  /** SHA-256 of each of its pieces, lower-case hex. */
  readonly pieces: readonly string[];
  readonly bytes: Uint8Array;
}

export type CheckpointDraft = Omit<Checkpoint, 'hash' | 'author' | 'bytes'>;

export function isCheckpoint(bytes: Uint8Array): boolean {
  return bytes[0] === KIND;
}

/** What checkpoints of one room and epoch are made and judged with. */
export class CheckpointCodec {
  readonly #epoch: number;
  readonly #keys: ReadKeys;
  readonly #adminKey: Uint8Array;
  readonly #cryptography: Cryptography;
  readonly #roomBytes: Uint8Array;

  constructor(
    { id, adminKey }: Pick<Genesis, 'id' | 'adminKey'>,
    keys: ReadKeys,
    cryptography: Cryptography,
    epoch: number,
  ) {
    this.#epoch = epoch;
    this.#keys = keys;
    this.#adminKey = adminKey;
    this.#cryptography = cryptography;
    this.#roomBytes = fromHex(id);
  }

  /** What makes an administrator of this author. @param adminSecret seed of the admin key */
  certify({ publicKey }: Pick<Identity, 'publicKey'>, adminSecret: Uint8Array): Uint8Array {
    return this.#cryptography.sign(adminSecret, this.#adminKey, this.#adminText(publicKey));
  }

  isAdmin(key: Uint8Array, certificate: Uint8Array): boolean {
    return this.#cryptography.verify(this.#adminKey, this.#adminText(key), certificate);
  }

  write(
    draft: CheckpointDraft,
    author: Pick<Identity, 'publicKey' | 'secretKey'>,
    adminSecret: Uint8Array,
  ): Uint8Array {
    const { number, takes, next, previous, heads, depth, count, size, pieces } = draft;
    const content = encodePlain([
      ...[number, takes, author.publicKey, fromHex(next)],
      ...[concatBytes(...previous.map(fromHex)), concatBytes(...heads.map(fromHex))],
      ...[depth, count, size, concatBytes(...pieces.map(fromHex))],
    ]);
    const head = Uint8Array.of(KIND, draft.epoch);
    const certificate = this.certify(author, adminSecret);
    const sealed = seal(this.#keys, content, this.#textOf(head), this.#cryptography);
    const body = concatBytes(head, certificate, sealed);
    return concatBytes(body, this.#cryptography.sign(author.secretKey, author.publicKey, this.#textOf(body)));
  }

  /** Judges what can be judged without the chain. Never throws. */
  read(bytes: Uint8Array): Checkpoint | string {
    if (bytes.length > MAX_BYTES) return 'a checkpoint is too large';
    if (bytes.length < SEALED_AT + SIGNATURE_BYTES) return 'a checkpoint is cut short';
    const [, epoch] = bytes;
    if (epoch !== this.#epoch) return 'a checkpoint is of an epoch that this room does not have';
    const body = bytes.subarray(0, bytes.length - SIGNATURE_BYTES);
    const opened = unseal(this.#keys, body.subarray(SEALED_AT), this.#textOf(body.subarray(0, HEAD_BYTES)));
    if (!opened) return 'a checkpoint is not sealed under the key of this room';
    const content = contentOf(opened);
    if (!content) return 'a checkpoint is malformed';
    const { authorKey, ...said } = content;
    const certificate = body.subarray(HEAD_BYTES, SEALED_AT);
    if (!this.isAdmin(authorKey, certificate)) {
      return 'the author of a checkpoint is no administrator';
    }
    if (!this.#cryptography.verify(authorKey, this.#textOf(body), bytes.subarray(body.length))) {
      return 'a checkpoint is not signed by its author';
    }
    const hash = toHex(this.#cryptography.sha256(bytes)) as CheckpointHash;
    return { ...said, hash, epoch, author: toHex(authorKey) as AuthorId, bytes };
  }

  #adminText(authorKey: Uint8Array): Uint8Array {
    return concatBytes(ADMIN, this.#roomBytes, Uint8Array.of(this.#epoch), authorKey);
  }

  #textOf(body: Uint8Array): Uint8Array {
    return concatBytes(CHECKPOINT, this.#roomBytes, body);
  }
}

type Content = Omit<CheckpointDraft, 'epoch'> & { readonly authorKey: Uint8Array };

function contentOf(bytes: Uint8Array): Content | undefined {
  const list = decodePlain(bytes);
  if (!Array.isArray(list) || list.length !== 10) return undefined;
  const [number, listed, authorKey, next, before, covered, depth, count, size, hashes]: readonly Plain[] =
    list;
  if (!isWhole(number, 1) || !isKey(authorKey) || !isKey(next)) return undefined;
  if (!isWhole(depth, 0) || !isWhole(count, 0) || !isWhole(size, 1)) return undefined;
  const takes = takesOf(listed, number);
  const previous = hashesOf(before, MAX_PREVIOUS);
  const heads = hashesOf(covered, MAX_COVERED_HEADS);
  const pieces = hashesOf(hashes, MAX_PIECES);
  if (!takes || !heads || !pieces || previous?.length !== Math.min(number - 1, MAX_PREVIOUS))
    return undefined;
  return {
    ...{ number, takes, authorKey, next: toHex(next) as AuthorId, heads, depth, count, size, pieces },
    previous: previous as readonly string[] as readonly CheckpointHash[],
  };
}

function takesOf(list: Plain | undefined, number: number): readonly number[] | undefined {
  if (!Array.isArray(list) || list.length > MAX_TERMS || list[0] !== 1) return undefined;
  const takes: number[] = [];
  for (const take of list as readonly Plain[]) {
    if (!isWhole(take, 1) || take > number || take <= (takes.at(-1) ?? 0)) return undefined;
    takes.push(take);
  }
  return takes;
}

function hashesOf(bytes: Plain | undefined, limit: number): readonly UpdateHash[] | undefined {
  return bytes instanceof Uint8Array ? readHashes(bytes, limit) : undefined;
}

function isWhole(value: Plain | undefined, least: number): value is number {
  return Number.isSafeInteger(value) && Number(value) >= least;
}

function isKey(value: Plain | undefined): value is Uint8Array {
  return value instanceof Uint8Array && value.length === KEY_BYTES;
}
