/**
 * Who has the same updates has the same state, or one of the two runs another function. Whose function it is, only a second run of our own
 * can tell: others may say what they like, and what they say costs one run for each state, and no more than a hundredth of the time.
 */
import type { Cryptography } from '../../mesh/index.ts';
import { toHex } from '../../runtime/index.ts';
import { encodePlain } from './canonical.ts';
import type { Plain } from './contract.ts';
import type { Fold } from './fold.ts';
import type { History } from './history.ts';
import { type Heads, STATE_HASH_BYTES } from './messages.ts';
import { sizeOf } from './plain.ts';

/** Of a state that was encoded and hashed: what that takes is a hundredth of it. */
const PAUSE_MS_PER_BYTE = 1 / 500;
/** Of a run: what one update takes is less than a hundredth of it, mostly. */
const PAUSE_MS_PER_UPDATE = 1;

/** `other`: ours comes out again as it is. `unrepeatable`: it does not. */
export type Verdict = 'same' | 'other' | 'unrepeatable';

type Seen = Pick<History, 'dag' | 'tipHash' | 'count'>;

export class Agreement {
  readonly #fold: Pick<Fold, 'isRepeatable' | 'isBlind'>;
  readonly #cryptography: Pick<Cryptography, 'sha256'>;
  #hashed: { readonly state: Plain; readonly hash: string } | undefined;
  #verified: Plain | undefined;
  #compared: Plain | undefined;
  /** Before that no other state is compared. */
  #notBeforeMs = 0;

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
  compare(
    { heads, count, stateHash, checkpoint }: Heads,
    history: Seen,
    state: () => Plain,
    nowMs: number,
  ): Verdict {
    const { dag, tipHash } = history;
    const isSame = checkpoint === tipHash && count === history.count && heads.length === dag.heads.size;
    if (stateHash === undefined || !isSame || !heads.every((hash) => dag.heads.has(hash))) return 'same';
    const own = state();
    if (own !== this.#compared && nowMs < this.#notBeforeMs) return 'same';
    if (own !== this.#compared) this.#notBeforeMs = nowMs + sizeOf(own) * PAUSE_MS_PER_BYTE;
    this.#compared = own;
    const hadVerified = this.#verified;
    const verdict = this.judge(stateHash, own);
    if (hadVerified !== this.#verified)
      this.#notBeforeMs = Math.max(this.#notBeforeMs, nowMs + dag.size * PAUSE_MS_PER_UPDATE);
    return verdict;
  }

  /** @param theirs what another Node with the same updates says, as `shortHashOf`; `state`: ours, the newest */
  judge(theirs: string, state: Plain): Verdict {
    if (this.#fold.isBlind || theirs === this.shortHashOf(state)) return 'same';
    if (this.#verified === state) return 'other';
    this.#verified = state;
    return this.#fold.isRepeatable() ? 'other' : 'unrepeatable';
  }
}
