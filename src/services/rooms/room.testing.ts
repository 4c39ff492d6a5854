/** Test support: a room's keys, authors and updates, made by hand. */
import { simulatedCryptography } from '../../mesh/identity/cryptography.testing.ts';
import { type Cryptography, type Identity, identityFrom } from '../../mesh/index.ts';
import { type Random, seededRandom } from '../../runtime/index.ts';
import {
  DEFAULT_ROOM_LIMITS,
  MAX_ROOM_BYTES,
  type Plain,
  type Reducer,
  type UpdateHash,
} from './contract.ts';
import { Keyring } from './epochs.ts';
import { type Genesis, makeGenesis } from './genesis.ts';
import { keysOf, type RoomKeys } from './keys.ts';
import { type Draft, type Update, UpdateCodec } from './update.ts';
import type { WriterId } from './writers.ts';

const NOBODY = '00'.repeat(12) as WriterId;

/** Remembers in which order it was given what: no other order gives the same state. */
export const noting: Reducer<readonly string[], string> = {
  name: 'noting/1',
  reduce(state, update) {
    if (update.startsWith('!')) throw new Error(update);
    return [...state, update];
  },
};

export class TestRoom {
  readonly cryptography: Cryptography;
  readonly random: Random;
  readonly keys: RoomKeys;
  readonly genesis: Genesis;
  readonly keyring: Keyring;
  readonly codec: UpdateCodec;
  readonly #made = new Map<UpdateHash, Update>();

  constructor(
    maxBytes = MAX_ROOM_BYTES,
    { cryptography = simulatedCryptography(), seed = 1, initial = [] as Plain } = {},
  ) {
    this.cryptography = cryptography;
    this.random = seededRandom(seed);
    this.keys = keysOf('admin', this.random.bytes(32), cryptography);
    const beginning = { reducer: noting.name, initial, limits: { ...DEFAULT_ROOM_LIMITS, maxBytes } };
    this.genesis = makeGenesis(beginning, this.keys, cryptography);
    this.keyring = this.newKeyring();
    this.codec = this.newCodec();
  }

  /** As another Node has it. */
  newKeyring(keys: RoomKeys = this.keys): Keyring {
    return new Keyring(this.genesis, keys, this.cryptography);
  }

  newCodec(): UpdateCodec {
    return new UpdateCodec(this.keyring, this.cryptography);
  }

  author(): Identity {
    return identityFrom(this.random.bytes(32), this.cryptography);
  }

  /** By default the first of its author, on nothing, of epoch 0. */
  bytesOf(author: Identity, payload: Plain, draft: Partial<Draft> = {}): Uint8Array {
    const certificate = this.codec.certify(author, this.keys.writeSecret ?? new Uint8Array());
    const parents = [...(draft.parents ?? [])].sort();
    const places = parents.map((hash) => this.#made.get(hash) ?? { writer: NOBODY, number: 1 });
    const first = { session: 1, number: 1, depth: 1, claimedAtMs: 1000 };
    const whole = { ...first, payload, places, ...draft, parents };
    return this.codec.write(whole, author, certificate);
  }

  update(author: Identity, payload: Plain, draft: Partial<Draft> = {}): Update {
    const update = this.codec.read(this.bytesOf(author, payload, draft));
    if (typeof update === 'string') throw new Error(update);
    this.#made.set(update.hash, update);
    return update;
  }

  /** On these, as its author would write it. */
  after(parents: readonly Update[], author: Identity, payload: Plain, number: number): Update {
    const depth = 1 + Math.max(0, ...parents.map((parent) => parent.depth));
    const hashes: readonly UpdateHash[] = parents.map(({ hash }) => hash);
    return this.update(author, payload, { number, depth, parents: hashes });
  }
}

/** Two who write at the same time, and one after the other behind both. */
export function twoWriters(room: TestRoom) {
  const [ann, bob] = [room.author(), room.author()];
  const a1 = room.update(ann, 'a1');
  const b1 = room.update(bob, 'b1');
  const a2 = room.after([a1, b1], ann, 'a2', 2);
  const b2 = room.after([a2], bob, 'b2', 2);
  return { ann, a1, b1, a2, b2 };
}
