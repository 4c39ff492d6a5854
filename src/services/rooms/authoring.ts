/** Makes the updates of this Node: who writes, with which right, and under which number. */
import type { Identity } from '../../mesh/index.ts';
import { headsToSay } from './catch-up.ts';
import { MAX_PARENTS, type Plain, type UpdateHash } from './contract.ts';
import type { Dag } from './dag.ts';
import { EPOCH, type Update, type UpdateCodec } from './update.ts';

export interface AuthoringOptions {
  readonly identity: Identity;
  /** Of the write key's seed: undefined for readers. */
  readonly writeSecret: Uint8Array | undefined;
  /**
   * Drawn anew, of 2^32, each time that the room is opened: what this author wrote before is known only when it has come from others, and
   * a number that is used twice makes one of the two updates do nothing.
   */
  readonly session: number;
}

export class Authoring {
  readonly #identity: Identity;
  readonly #codec: UpdateCodec;
  readonly #dag: Dag;
  readonly #certificate: Uint8Array | undefined;
  readonly #session: number;
  #number = 1;
  #last: UpdateHash | undefined;

  constructor({ identity, writeSecret, session }: AuthoringOptions, codec: UpdateCodec, dag: Dag) {
    this.#identity = identity;
    this.#codec = codec;
    this.#dag = dag;
    this.#session = session;
    this.#certificate = writeSecret && codec.certify(identity, writeSecret, EPOCH);
  }

  /** The next update, after all that is here. @throws NotPlainError, RoomTooLargeError */
  make(payload: Plain, claimedAtMs: number): Uint8Array {
    if (!this.#certificate) throw new Error('a reader cannot write');
    const parents = this.#parents();
    const places = parents.flatMap((hash) => this.#dag.get(hash) ?? []);
    const depth = this.#dag.depthAfter(parents);
    const number = this.#number;
    const said = { epoch: EPOCH, session: this.#session, number, depth, claimedAtMs };
    return this.#codec.write({ ...said, parents, places, payload }, this.#identity, this.#certificate);
  }

  /** What was made is in the room: its number is taken. */
  made({ hash }: Update): void {
    this.#number++;
    this.#last = hash;
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
