/**
 * The keys of a room, from one removal of somebody to the next: an epoch. The first one's are in the genesis; each other's are signed by the
 * admin key of the one before, so that whoever knows the genesis can judge them. A Node holds those epochs' secrets that a link or a rotation
 * gave it. While two chains of checkpoints go on there may be two epochs of one number: both are held until one of the chains counts.
 */
import type { Cryptography } from '../../mesh/index.ts';
import { concatBytes, equalBytes, fromHex, toHex } from '../../runtime/index.ts';
import { decodePlain, encodePlain } from './canonical.ts';
import type { EpochId, Plain } from './contract.ts';
import type { Genesis } from './genesis.ts';
import { type ReadKeys, type RoomKeys, readKeysOf } from './keys.ts';

/** Ed25519. */
export interface PublicKeys {
  /** What certifies writers. */
  readonly writeKey: Uint8Array;
  /** Whose checkpoints count. */
  readonly adminKey: Uint8Array;
}

/** How the keys follow from those before them. */
export interface Succession extends PublicKeys {
  /** By the admin key before. */
  readonly signature: Uint8Array;
}

export interface Epoch extends PublicKeys {
  readonly id: EpochId;
  /** The first has 0. */
  readonly number: number;
  /** The one before it. */
  readonly after: EpochId | undefined;
  readonly signature: Uint8Array | undefined;
}

/** One of which this device has secrets. */
export interface HeldEpoch extends Epoch {
  readonly secrets: RoomKeys;
  readonly read: ReadKeys;
}

/** As many as a byte counts. */
export const MAX_EPOCH = 255;
/** Of one number: administrators who rotate at once. */
const MAX_RIVALS = 4;
const ID_BYTES = 16;
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const SUCCESSION = new TextEncoder().encode('leafcutter room succession\n');

export class Keyring {
  readonly first: Epoch;
  readonly roomBytes: Uint8Array;
  readonly #cryptography: Cryptography;
  readonly #epochs = new Map<EpochId, Epoch>();
  readonly #held = new Map<EpochId, HeldEpoch>();
  #current: HeldEpoch;

  /** @param successions of the epochs up to the one that `secrets` are of. @throws TypeError where one does not follow from the one before */
  constructor(
    genesis: Pick<Genesis, 'id' | 'writeKey' | 'adminKey'>,
    secrets: RoomKeys,
    cryptography: Cryptography,
    successions: readonly Succession[] = [],
  ) {
    this.#cryptography = cryptography;
    this.roomBytes = fromHex(genesis.id);
    const { writeKey, adminKey } = genesis;
    this.first = {
      ...{ id: this.#idOf(0, genesis), number: 0, writeKey, adminKey },
      ...{ after: undefined, signature: undefined },
    };
    let last = this.first;
    this.#epochs.set(last.id, last);
    for (const succession of successions) {
      const next = this.following(last, succession);
      if (!next) throw new TypeError('the keys of a room do not follow from each other');
      this.#epochs.set(next.id, next);
      last = next;
    }
    this.#current = this.#hold(last, secrets);
  }

  /** What is written in. */
  get current(): HeldEpoch {
    return this.#current;
  }

  /** What this device can read: the current one first, then the newest. */
  get held(): readonly HeldEpoch[] {
    const others = [...this.#held.values()].filter((epoch) => epoch !== this.#current);
    return [this.#current, ...others.sort((a, b) => b.number - a.number)];
  }

  /** Whether two chains go on, or have: there are two epochs of one number. */
  get isForked(): boolean {
    return new Set([...this.#held.values()].map(({ number }) => number)).size < this.#held.size;
  }

  get(id: EpochId): Epoch | undefined {
    return this.#epochs.get(id);
  }

  holds(id: EpochId): boolean {
    return this.#held.has(id);
  }

  /** Those that this device can read. */
  ofNumber(number: number): readonly HeldEpoch[] {
    return [...this.#held.values()].filter((epoch) => epoch.number === number);
  }

  /** What comes after an epoch; undefined where its admin key has not signed that. */
  following({ id, number, adminKey }: Epoch, succession: Succession): Epoch | undefined {
    const next = number + 1;
    const { writeKey, adminKey: nextKey, signature } = succession;
    const text = this.#textOf(next, succession);
    if (next > MAX_EPOCH || !this.#cryptography.verify(adminKey, text, signature)) return undefined;
    const own = { id: this.#idOf(next, succession), number: next, after: id };
    return { ...own, writeKey, adminKey: nextKey, signature };
  }

  /** @param secrets those of the new epoch */
  succeed({ number, adminKey }: Epoch, adminSecret: Uint8Array, keys: PublicKeys): Succession {
    const signature = this.#cryptography.sign(adminSecret, adminKey, this.#textOf(number + 1, keys));
    return { writeKey: keys.writeKey, adminKey: keys.adminKey, signature };
  }

  /** Undefined where these are not its secrets. Of too many of its number the first that is not written in is let go of. */
  hold(epoch: Epoch, secrets: RoomKeys): HeldEpoch | undefined {
    const known = this.#held.get(epoch.id);
    if (known && ranks.indexOf(known.secrets.grant) >= ranks.indexOf(secrets.grant)) return known;
    if (!areSecretsOf(epoch, secrets, this.#cryptography)) return undefined;
    const rivals = this.ofNumber(epoch.number);
    if (!known && rivals.length >= MAX_RIVALS) {
      const line = this.idsUpTo(this.#current.id);
      const gone = rivals.find(({ id }) => !line.includes(id));
      if (gone) for (const epochs of [this.#held, this.#epochs]) epochs.delete(gone.id);
    }
    return this.#hold(epoch, secrets);
  }

  /** Whether it is another than before. */
  turnTo(id: EpochId): boolean {
    const next = this.#held.get(id);
    if (!next || next === this.#current) return false;
    this.#current = next;
    return true;
  }

  /** The epochs that lead to that one, the first in front, itself last. */
  idsUpTo(id: EpochId): readonly EpochId[] {
    const ids: EpochId[] = [];
    for (let epoch = this.get(id); epoch; epoch = epoch.after && this.get(epoch.after)) ids.unshift(epoch.id);
    return ids;
  }

  /** How the keys come to be those of that epoch, from the first one on. */
  lineOf(id: EpochId): readonly Succession[] {
    return this.idsUpTo(id).flatMap((one) => {
      const { writeKey, adminKey, signature } = this.get(one) ?? this.first;
      return signature ? [{ writeKey, adminKey, signature }] : [];
    });
  }

  #hold(epoch: Epoch, secrets: RoomKeys): HeldEpoch {
    const held = { ...epoch, secrets, read: readKeysOf(secrets.readKey, this.#cryptography) };
    this.#epochs.set(epoch.id, epoch);
    this.#held.set(epoch.id, held);
    if (this.#current?.id === epoch.id) this.#current = held;
    return held;
  }

  #idOf(number: number, { writeKey, adminKey }: PublicKeys): EpochId {
    const bytes = concatBytes(SUCCESSION, this.roomBytes, Uint8Array.of(number), writeKey, adminKey);
    return toHex(this.#cryptography.sha256(bytes).subarray(0, ID_BYTES)) as EpochId;
  }

  #textOf(number: number, { writeKey, adminKey }: PublicKeys): Uint8Array {
    return concatBytes(SUCCESSION, this.roomBytes, Uint8Array.of(number), writeKey, adminKey);
  }
}

const ranks = ['read', 'write', 'admin'];

/** Whether what these secrets open is that epoch, as far as they can tell. */
export function areSecretsOf(
  { writeKey, adminKey }: PublicKeys,
  { writeSecret, adminSecret }: RoomKeys,
  { signingKey }: Pick<Cryptography, 'signingKey'>,
): boolean {
  return (
    (!writeSecret || equalBytes(signingKey(writeSecret), writeKey)) &&
    (!adminSecret || equalBytes(signingKey(adminSecret), adminKey))
  );
}

export function publicKeysOf(
  { writeSecret, adminSecret }: RoomKeys,
  { signingKey }: Pick<Cryptography, 'signingKey'>,
): PublicKeys {
  if (!writeSecret || !adminSecret) throw new TypeError('keys begin with all of their secrets');
  return { writeKey: signingKey(writeSecret), adminKey: signingKey(adminSecret) };
}

export function encodeLine(line: readonly Succession[]): Plain {
  return concatBytes(...line.flatMap(({ writeKey, adminKey, signature }) => [writeKey, adminKey, signature]));
}

/** Undefined where these bytes are none. */
export function decodeLine(bytes: Plain | undefined): readonly Succession[] | undefined {
  const size = 2 * KEY_BYTES + SIGNATURE_BYTES;
  if (!(bytes instanceof Uint8Array) || bytes.length % size !== 0 || bytes.length > MAX_EPOCH * size)
    return undefined;
  return Array.from({ length: bytes.length / size }, (_, i) => {
    const one = bytes.subarray(i * size, (i + 1) * size);
    return {
      writeKey: one.slice(0, KEY_BYTES),
      adminKey: one.slice(KEY_BYTES, 2 * KEY_BYTES),
      signature: one.slice(2 * KEY_BYTES),
    };
  });
}

/** A genesis, and how the keys come to be those that are asked for; the rotations after these. */
export interface Introduced {
  readonly genesis: Uint8Array;
  readonly line: readonly Succession[];
  readonly rotations: readonly Uint8Array[];
}

export function encodeIntroduced({ genesis, line, rotations }: Introduced): Uint8Array {
  return encodePlain([genesis, encodeLine(line), rotations]);
}

export function decodeIntroduced(body: Uint8Array): Introduced | undefined {
  const list = decodePlain(body);
  if (!Array.isArray(list) || list.length !== 3) return undefined;
  const [genesis, listed, after]: readonly Plain[] = list;
  const line = decodeLine(listed);
  const rotations = bytesIn(after);
  return genesis instanceof Uint8Array && line && rotations ? { genesis, line, rotations } : undefined;
}

/** A list of at most MAX_EPOCH byte strings; undefined where it is none. */
export function bytesIn(list: Plain | undefined): readonly Uint8Array[] | undefined {
  if (!Array.isArray(list) || list.length > MAX_EPOCH) return undefined;
  const items: readonly Plain[] = list;
  const bytes = items.filter((item) => item instanceof Uint8Array);
  return bytes.length === items.length ? bytes : undefined;
}
