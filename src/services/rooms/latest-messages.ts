/**
 * What travels of that which is not complete: the newest values of an author's keys, and words to whoever is there. Canonical, sealed like
 * all messages (messages.ts). The mesh vouches for the sender; a value that only writers may set has the certificate of its author with it.
 */
import { decodePlain, encodePlain } from './canonical.ts';
import type { Plain } from './contract.ts';
import { settle } from './plain.ts';

/** Of a channel and of a key, in characters. */
export const MAX_NAME = 64;
/** Values of one message, and of one author. */
export const MAX_KEYS = 256;
const KEY_BYTES = 32;
const CERTIFICATE_BYTES = 64;

/** Proves that the sender may write: its key, from which its id follows, and the write key's signature of it (update.ts). */
export interface Credentials {
  readonly key: Uint8Array;
  readonly certificate: Uint8Array;
}

export interface LatestEntry {
  /** '' is presence. */
  readonly channel: string;
  readonly key: string;
  /** Counts what its author has set in this session. */
  readonly number: number;
  /** Undefined: there is none any more. */
  readonly value: Plain | undefined;
}

export interface LatestMessage {
  /** Drawn when the author opened the room: its numbers begin anew with it. */
  readonly session: number;
  readonly credentials: Credentials | undefined;
  readonly entries: readonly LatestEntry[];
  /** To whoever is there. */
  readonly words: readonly Plain[];
}

export function encodeLatest({ session, credentials, entries, words }: LatestMessage): Uint8Array {
  const listed = entries.map(({ channel, key, number, value }) =>
    value === undefined ? [channel, key, number] : [channel, key, number, value],
  );
  const proof = credentials ? [credentials.key, credentials.certificate] : [];
  return encodePlain([session, proof, listed, words]);
}

/** Undefined where it is none. Never throws. */
export function decodeLatest(body: Uint8Array): LatestMessage | undefined {
  const list = decodePlain(body);
  if (!Array.isArray(list) || list.length !== 4) return undefined;
  const [session, proof, listed, words]: readonly Plain[] = list;
  if (!isCount(session) || !Array.isArray(proof) || !Array.isArray(listed) || !Array.isArray(words)) {
    return undefined;
  }
  const credentials = credentialsOf(proof);
  if (!credentials && proof.length > 0) return undefined;
  if (listed.length > MAX_KEYS) return undefined;
  const entries: LatestEntry[] = [];
  for (const item of listed) {
    const entry = entryOf(item);
    if (!entry) return undefined;
    entries.push(entry);
  }
  return { session, credentials, entries, words: words.map(settle) };
}

/** Whether it may name a channel or a key. */
export function isName(name: unknown): name is string {
  return typeof name === 'string' && name.length > 0 && name.length <= MAX_NAME;
}

function credentialsOf(proof: readonly Plain[]): Credentials | undefined {
  const [key, certificate] = proof;
  if (proof.length !== 2 || !(key instanceof Uint8Array) || !(certificate instanceof Uint8Array)) {
    return undefined;
  }
  if (key.length !== KEY_BYTES || certificate.length !== CERTIFICATE_BYTES) return undefined;
  return { key, certificate };
}

function entryOf(item: Plain): LatestEntry | undefined {
  if (!Array.isArray(item) || item.length < 3 || item.length > 4) return undefined;
  const [channel, key, number, value]: readonly Plain[] = item;
  if (typeof channel !== 'string' || typeof key !== 'string' || !isCount(number)) return undefined;
  const isPresence = channel === '' && key === '';
  if (!isPresence && !(isName(channel) && isName(key))) return undefined;
  return { channel, key, number, value: value === undefined ? undefined : settle(value) };
}

function isCount(value: Plain | undefined): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
