/** Makes the updates of this Node: who writes, with which right, and under which number. */
import type { Identity } from '../../mesh/index.ts';
import { headsToSay } from './catch-up.ts';
import { type EpochId, MAX_PARENTS, type UpdateHash } from './contract.ts';
import type { Dag } from './dag.ts';
import type { Keyring } from './epochs.ts';
import type { Draft, Undoes, Update, UpdateCodec } from './update.ts';

export interface AuthoringOptions {
  readonly identity: Identity;
  /**
   * Drawn anew, of 2^32, each time that the room is opened: what this author wrote before is known only when it has come from others, and
   * a number that is used twice makes one of the two updates do nothing.
   */
  readonly session: number;
}

/** What is to be written. */
export type Said = Pick<Draft, 'payload' | 'claimedAtMs' | 'undoes'>;

export class Authoring {
  readonly #identity: Identity;
  readonly #codec: UpdateCodec;
  readonly #dag: Dag;
  readonly #keyring: Keyring;
  /** Of these keys. */
  #certificate: { readonly epoch: EpochId; readonly bytes: Uint8Array } | undefined;
  readonly #session: number;
  #number = 1;
  #last: UpdateHash | undefined;

  constructor({ identity, session }: AuthoringOptions, keyring: Keyring, codec: UpdateCodec, dag: Dag) {
    this.#identity = identity;
    this.#codec = codec;
    this.#dag = dag;
    this.#session = session;
    this.#keyring = keyring;
  }

  /** Whether it has the keys for it. */
  get mayWrite(): boolean {
    return this.#keyring.current.secrets.writeSecret !== undefined;
  }

  /** Where the next update will be, or one after it. */
  placeOfNext(further = 0): Undoes {
    return { session: this.#session, number: this.#number + further };
  }

  /** The next update, after all that is here; or one that is written again, with that place. @throws NotPlainError, RoomTooLargeError */
  make({ payload, claimedAtMs, undoes }: Said, { session, number } = this.placeOfNext()): Update {
    const certificate = this.#certified();
    const parents = this.#parents();
    const places = parents.flatMap((hash) => this.#dag.get(hash) ?? []);
    const depth = this.#dag.depthAfter(parents);
    const said = { session, number, depth, claimedAtMs };
    return this.#codec.make({ ...said, parents, places, payload, undoes }, this.#identity, certificate);
  }

  /** What was made is in the room: its number is taken. */
  made({ hash, session, number }: Update): void {
    if (session === this.#session) this.#number = Math.max(this.#number, number + 1);
    this.#last = hash;
  }

  #certified(): Uint8Array {
    const { id, secrets } = this.#keyring.current;
    if (!secrets.writeSecret) throw new Error('a reader cannot write');
    if (this.#certificate?.epoch !== id) {
      this.#certificate = { epoch: id, bytes: this.#codec.certify(this.#identity, secrets.writeSecret) };
    }
    return this.#certificate.bytes;
  }

  /** The deepest heads, and, where these are not all, our own last one: each of a writer's updates follows from the one before. */
  #parents(): readonly UpdateHash[] {
    const { heads } = this.#dag;
    const parents = headsToSay(heads, this.#dag).slice(0, MAX_PARENTS);
    if (
      heads.size > MAX_PARENTS &&
      this.#last &&
      this.#dag.has(this.#last) &&
      !parents.includes(this.#last)
    ) {
      parents[MAX_PARENTS - 1] = this.#last;
    }
    return parents.sort();
  }
}
