/** Makes the updates of this Node: who writes, with which right, and under which number. */
import type { Identity } from '../../mesh/index.ts';
import { headsToSay } from './catch-up.ts';
import { MAX_PARENTS, type Plain } from './contract.ts';
import type { Dag } from './dag.ts';
import { EPOCH, type UpdateCodec } from './update.ts';

export interface AuthoringOptions {
  readonly identity: Identity;
  /** Of the write key's seed: undefined for readers. */
  readonly writeSecret: Uint8Array | undefined;
  /**
   * Of the first update that is written here. Drawn anew, of 2^32, each time that the room is opened: what this author wrote before is known
   * only when it has come from others, and a number that is used twice makes one of the two updates do nothing.
   */
  readonly firstNumber: number;
}

export class Authoring {
  readonly #identity: Identity;
  readonly #codec: UpdateCodec;
  readonly #dag: Dag;
  readonly #certificate: Uint8Array | undefined;
  #number: number;

  constructor({ identity, writeSecret, firstNumber }: AuthoringOptions, codec: UpdateCodec, dag: Dag) {
    this.#identity = identity;
    this.#codec = codec;
    this.#dag = dag;
    this.#number = firstNumber;
    this.#certificate = writeSecret && codec.certify(identity, writeSecret, EPOCH);
  }

  /** The next update, after all that is here. @throws NotPlainError, RoomTooLargeError */
  make(payload: Plain, claimedAtMs: number): Uint8Array {
    if (!this.#certificate) throw new Error('a reader cannot write');
    const parents = headsToSay(this.#dag.heads, this.#dag).slice(0, MAX_PARENTS).sort();
    const depth = this.#dag.depthAfter(parents);
    const draft = { epoch: EPOCH, number: this.#number, depth, claimedAtMs, parents, payload };
    return this.#codec.write(draft, this.#identity, this.#certificate);
  }

  /** What was made is in the room: its number is taken. */
  made(): void {
    this.#number++;
  }
}
