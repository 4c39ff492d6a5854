/**
 * A checkpoint closes what its heads have behind them: the order up to there, and so the state, is final. Checkpoints are a chain, and one
 * admin device at a time makes them; each says who makes the next. Whoever takes the role from a device that is lost begins another term,
 * and all see at which number that was.
 *
 * One that removes somebody is a rotation: what follows it has other keys. So what is in its past counts, and nothing else of those keys.
 * Of the state it has the hashes of the pieces in which it travels (snapshot.ts), so that a newcomer can judge each of them when it comes.
 * How it travels: checkpoint-codec.ts.
 */
import { concatBytes, fromHex, toHex } from '../../runtime/index.ts';
import { decodePlain, encodePlain } from './canonical.ts';
import type { AuthorId, CheckpointHash, DeviceId, EpochId, Plain, UpdateHash } from './contract.ts';
import { MAX_EPOCH } from './epochs.ts';
import { decodeMembers, encodeMembers, MAX_MEMBERS, type MemberEntry } from './members.ts';
import { readHashes } from './update.ts';

/** The first byte of a checkpoint, and of one that is a rotation. */
export const CHECKPOINT_KIND = 0x81;
export const ROTATION_KIND = 0x82;
const KEY_BYTES = 32;
/** So far back a Node that was away sees whether this chain is its own. */
export const MAX_PREVIOUS = 16;
/** That a checkpoint covers. What more there are waits for the next. */
export const MAX_COVERED_HEADS = 64;
/** Times that the role was taken. A guess: more than devices are lost. */
const MAX_TERMS = 1024;
/** Of 256 KiB each, for 5 MB of state and 256 KiB of what is closed. */
const MAX_PIECES = 24;

/** Of the room's beginning: no checkpoint. */
export const NO_CHECKPOINT = '' as CheckpointHash;

export interface Checkpoint {
  readonly hash: CheckpointHash;
  /** Of a rotation, the one that it begins. */
  readonly epoch: EpochId;
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
  /** At which number each epoch after the first one began, ascending. */
  readonly turns: readonly number[];
  /** Who has come since the one before it, or may more. */
  readonly members: readonly MemberEntry[];
  /** Only by a rotation. */
  readonly removed: readonly DeviceId[];
  readonly bytes: Uint8Array;
}

export type CheckpointDraft = Omit<Checkpoint, 'hash' | 'author' | 'bytes' | 'epoch'>;
export type CheckpointContent = CheckpointDraft & { readonly authorKey: Uint8Array };

export function isCheckpoint(bytes: Uint8Array): boolean {
  return bytes[0] === CHECKPOINT_KIND || bytes[0] === ROTATION_KIND;
}

export function isRotation({ turns, number }: Pick<Checkpoint, 'turns' | 'number'>): boolean {
  return turns.at(-1) === number;
}

export function encodeContent(content: CheckpointContent): Uint8Array {
  const { number, takes, next, previous, heads, depth, count, size, pieces, authorKey } = content;
  return encodePlain([
    ...[number, takes, authorKey, fromHex(next)],
    ...[concatBytes(...previous.map(fromHex)), concatBytes(...heads.map(fromHex))],
    ...[depth, count, size, concatBytes(...pieces.map(fromHex)), content.turns],
    ...[encodeMembers(content.members), concatBytes(...content.removed.map(fromHex))],
  ]);
}

export function decodeContent(bytes: Uint8Array): CheckpointContent | undefined {
  const list = decodePlain(bytes);
  if (!Array.isArray(list) || list.length !== 13) return undefined;
  const [
    number,
    listed,
    authorKey,
    next,
    before,
    covered,
    depth,
    count,
    size,
    hashes,
    ...who
  ]: readonly Plain[] = list;
  if (!isWhole(number, 1) || !isKey(authorKey) || !isKey(next)) return undefined;
  if (!isWhole(depth, 0) || !isWhole(count, 0) || !isWhole(size, 1)) return undefined;
  const takes = takesOf(listed, number, MAX_TERMS);
  const turns = takesOf(who[0], number, MAX_EPOCH);
  const members = decodeMembers(who[1]);
  const removed = hashesOf(who[2], MAX_MEMBERS) as readonly string[] | undefined;
  const previous = hashesOf(before, MAX_PREVIOUS);
  const heads = hashesOf(covered, MAX_COVERED_HEADS);
  const pieces = hashesOf(hashes, MAX_PIECES);
  if (!turns || !members || !removed || takes?.[0] !== 1) return undefined;
  if (!heads || !pieces || previous?.length !== Math.min(number - 1, MAX_PREVIOUS)) return undefined;
  return {
    ...{ number, takes, authorKey, next: toHex(next) as AuthorId, heads, depth, count, size, pieces },
    ...{ turns, members, removed: removed as readonly DeviceId[] },
    previous: previous as readonly string[] as readonly CheckpointHash[],
  };
}

function takesOf(list: Plain | undefined, number: number, limit: number): readonly number[] | undefined {
  if (!Array.isArray(list) || list.length > limit) return undefined;
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
