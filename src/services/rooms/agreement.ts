/**
 * Who has the same updates has the same state, or one of the two runs another function. Whose function it is, only a second run of our own
 * can tell: others may say what they like, and what they say costs one run for each state.
 */
import type { Cryptography } from '../../mesh/index.ts';
import { toHex } from '../../runtime/index.ts';
import { encodePlain } from './canonical.ts';
import type { Plain } from './contract.ts';
import type { Fold } from './fold.ts';
import type { History } from './history.ts';
import { type Heads, STATE_HASH_BYTES } from './messages.ts';

/** `other`: ours comes out again as it is. `unrepeatable`: it does not. */
export type Verdict = 'same' | 'other' | 'unrepeatable';

type Seen = Pick<History, 'dag' | 'tipHash' | 'count'>;

export class Agreement {
  readonly #fold: Pick<Fold, 'isRepeatable' | 'isBlind'>;
  readonly #cryptography: Pick<Cryptography, 'sha256'>;
  #hashed: { readonly state: Plain; readonly hash: string } | undefined;
  #verified: Plain | undefined;

  constructor(fold: Pick<Fold, 'isRepeatable' | 'isBlind'>, cryptography: Pick<Cryptography, 'sha256'>) {
    this.#fold = fold;
    this.#cryptography = cryptography;
  }

  /** Lower-case hex of the SHA-256 of its encoding. */
  hashOf(state: Plain): string {
    if (this.#hashed?.state !== state) {
      this.#hashed = { state, hash: toHex(this.#cryptography.sha256(encodePlain(state))) };
    }
    return this.#hashed.hash;
  }

  /** What others are told; undefined where the state means nothing. */
  shortHashOf(state: Plain): string | undefined {
    if (this.#fold.isBlind) return undefined;
    return this.hashOf(state).slice(0, 2 * STATE_HASH_BYTES);
  }

  /** What another Node says that it has. */
  compare({ heads, count, stateHash, checkpoint }: Heads, history: Seen, state: () => Plain): Verdict {
    const { dag, tipHash } = history;
    const isSame = checkpoint === tipHash && count === history.count && heads.length === dag.heads.size;
    if (stateHash === undefined || !isSame || !heads.every((hash) => dag.heads.has(hash))) return 'same';
    return this.judge(stateHash, state());
  }

  /** @param theirs what another Node with the same updates says, as `shortHashOf`; `state`: ours, the newest */
  judge(theirs: string, state: Plain): Verdict {
    if (this.#fold.isBlind || theirs === this.shortHashOf(state)) return 'same';
    if (this.#verified === state) return 'other';
    this.#verified = state;
    return this.#fold.isRepeatable() ? 'other' : 'unrepeatable';
  }
}
