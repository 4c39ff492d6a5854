/** A room's beginning. Its hash is the room's id: nobody can begin the same room twice, or differently. */
import type { Cryptography } from '../../mesh/index.ts';
import { concatBytes, toHex } from '../../runtime/index.ts';
import { decodePlain, encodePlain } from './canonical.ts';
import { MAX_ROOM_BYTES, type Plain, type RoomId, type RoomLimits } from './contract.ts';
import { RoomTooLargeError } from './errors.ts';
import type { RoomKeys } from './keys.ts';
import { settle, sizeOf } from './plain.ts';

const VERSION = 2;
const PUBLIC_KEY_BYTES = 32;
const MAX_REDUCER_NAME = 64;
type Bounds = readonly [least: number, most: number];
const BOUNDS: Readonly<Record<keyof RoomLimits, Bounds>> = {
  maxBytes: [1, MAX_ROOM_BYTES],
  updatesPerSecond: [1, 1e6],
  bytesPerSecond: [1024, 1e9],
};
const LABEL = new TextEncoder().encode('leafcutter room genesis\n');

export interface Genesis {
  readonly id: RoomId;
  /** Name of the reducer. */
  readonly reducer: string;
  readonly initial: Plain;
  readonly limits: RoomLimits;
  /** Ed25519: what certifies writers. */
  readonly writeKey: Uint8Array;
  /** Ed25519: whose checkpoints count. */
  readonly adminKey: Uint8Array;
  /** What its id is the hash of. */
  readonly bytes: Uint8Array;
}

export interface Beginning {
  readonly reducer: string;
  readonly initial: Plain;
  readonly limits: RoomLimits;
}

/** @throws NotPlainError, RoomTooLargeError; RangeError for limits or names out of bounds */
export function makeGenesis(beginning: Beginning, keys: RoomKeys, cryptography: Cryptography): Genesis {
  const { adminSecret, writeSecret } = keys;
  if (!adminSecret || !writeSecret) throw new TypeError('a room begins with all of its keys');
  const { reducer, limits } = beginning;
  if (!isReducerName(reducer))
    throw new RangeError(`a reducer's name has 1 to ${MAX_REDUCER_NAME} characters`);
  if (!isLimits(limits)) {
    const bounds = Object.entries(BOUNDS).map(([name, [least, most]]) => `${name} ${least} to ${most}`);
    throw new RangeError(`limits are whole numbers: ${bounds.join(', ')}`);
  }
  const initial = settle(beginning.initial);
  if (sizeOf(initial) > limits.maxBytes) {
    throw new RoomTooLargeError('initial', sizeOf(initial), limits.maxBytes);
  }
  const writeKey = cryptography.signingKey(writeSecret);
  const adminKey = cryptography.signingKey(adminSecret);
  const bytes = encodePlain([VERSION, reducer, initial, listOf(limits), writeKey, adminKey]);
  return { id: idOf(bytes, cryptography), reducer, initial, limits, writeKey, adminKey, bytes };
}

/** The genesis of the room of that name; undefined where these bytes are not. Never throws. */
export function readGenesis(id: RoomId, bytes: Uint8Array, cryptography: Cryptography): Genesis | undefined {
  if (idOf(bytes, cryptography) !== id) return undefined;
  const list = decodePlain(bytes);
  if (!Array.isArray(list) || list.length !== 6) return undefined;
  const [version, reducer, initial, listed, writeKey, adminKey]: readonly unknown[] = list;
  const limits = limitsOf(listed);
  if (version !== VERSION || !isReducerName(reducer) || !limits) return undefined;
  if (!isKey(writeKey) || !isKey(adminKey)) return undefined;
  const settled = settle(initial);
  if (sizeOf(settled) > limits.maxBytes) return undefined;
  return { id, reducer, initial: settled, limits, writeKey, adminKey, bytes };
}

/** Whether these bytes are the beginning of that room, in a format that is not read here. Never throws. */
export function isOfAnotherVersion(id: RoomId, bytes: Uint8Array, cryptography: Cryptography): boolean {
  const list = idOf(bytes, cryptography) === id ? decodePlain(bytes) : undefined;
  return Array.isArray(list) && typeof list[0] === 'number' && list[0] !== VERSION;
}

function idOf(bytes: Uint8Array, { sha256 }: Cryptography): RoomId {
  return toHex(sha256(concatBytes(LABEL, bytes))) as RoomId;
}

function isReducerName(name: unknown): name is string {
  return typeof name === 'string' && name.length > 0 && name.length <= MAX_REDUCER_NAME;
}

function listOf({ maxBytes, updatesPerSecond, bytesPerSecond }: RoomLimits): Plain {
  return [maxBytes, updatesPerSecond, bytesPerSecond];
}

function limitsOf(listed: unknown): RoomLimits | undefined {
  if (!Array.isArray(listed) || listed.length !== 3) return undefined;
  const [maxBytes, updatesPerSecond, bytesPerSecond]: readonly unknown[] = listed;
  const limits = { maxBytes, updatesPerSecond, bytesPerSecond };
  return isLimits(limits) ? limits : undefined;
}

function isLimits(limits: Readonly<Record<keyof RoomLimits, unknown>>): limits is RoomLimits {
  return (Object.keys(BOUNDS) as (keyof RoomLimits)[]).every((name) => isWithin(limits[name], BOUNDS[name]));
}

function isWithin(value: unknown, [least, most]: Bounds): value is number {
  return Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most;
}

function isKey(key: unknown): key is Uint8Array {
  return key instanceof Uint8Array && key.length === PUBLIC_KEY_BYTES;
}
