/**
 * Lots that nobody can foresee who does not know the secret of the Node that draws them, and that are the same whenever they are drawn: which
 * pieces of a result are checked, and by whom.
 */
import { concatBytes, type Random, seededRandom, sha256Sync } from '../../runtime/index.ts';
import type { JobId } from '../contract.ts';
import { jobIdToBytes } from '../description.ts';

export class Lots {
  readonly #seed: Uint8Array;

  /** `secret`: fresh for each life of a Node, at least 16 bytes. */
  constructor(secret: Uint8Array, job: JobId) {
    this.#seed = concatBytes(secret, jobIdToBytes(job));
  }

  /** `round`: how often it was drawn for that Task in that term. */
  of(term: number, task: number, round: number): Random {
    const about = new DataView(new ArrayBuffer(16));
    about.setFloat64(0, term);
    about.setUint32(8, task);
    about.setUint32(12, round);
    const hash = sha256Sync(concatBytes(this.#seed, new Uint8Array(about.buffer)));
    return seededRandom(new DataView(hash.buffer, hash.byteOffset).getUint32(0));
  }
}
