/** How far we know one other member: whether it has a Broker, and which edition of its interest we hold. */
import type { InterestChange } from './interest-change.ts';
import type { Edition } from './interest-messages.ts';

/** Between a question for its table and the next; then twice as long, and so on. */
const ASK_AGAIN_MS = 1_000;
const MAX_ASK_AGAIN_MS = 16_000;
/** Its Node has had our question for so long and nobody answered: there is no Broker. */
const GRACE_MS = 3_000;
/**
 * As above, of one that has said something: its table may be large, or late. But a word may come after the goodbye that was said behind it, and of
 * who has left no table comes.
 */
const HEARD_GRACE_MS = 30_000;
/** Whatever it says meanwhile, its table has come by then. */
export const LONGEST_UNMET_MS = 60_000;
/** What a Broker tells first; before it there is nothing to tell. */
export const FIRST_VERSION = 1;
/** Of deltas that come before the table: a Broker that says so much meanwhile is asked again. */
const MAX_EARLY = 64;

export interface EarlyDelta {
  readonly edition: Edition;
  readonly wantsSeen: boolean;
  readonly changes: readonly InterestChange[];
}

export class Acquaintance {
  /** `unmet`: we do not know what it wants. `silent`: it has no Broker, as far as we know. */
  state: 'unmet' | 'met' | 'silent' = 'unmet';
  /** That we hold; undefined until it is met. */
  edition: Edition | undefined;
  /** Of ours, on its way to it. */
  #table: 'none' | 'leaving' | 'wanted again' = 'none';
  #askAtMs: number;
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #askAgainMs = ASK_AGAIN_MS;
  #graceUntilMs = Number.POSITIVE_INFINITY;
  #unmetUntilMs: number;
  unmetSinceMs: number;
  #isHeard = false;
  /** It once spoke, and no table came in time: nothing is kept for it any more until it has told what it wants. */
  isLate = false;
  /** That it had told when it met us: of what it tells later none is `ready` before we have it. */
  #before: Edition | undefined;
  #early: EarlyDelta[] = [];
  /** Parts of a table that is not whole. */
  #parts: InterestChange[] | undefined;

  constructor(nowMs: number) {
    this.#askAtMs = nowMs;
    this.unmetSinceMs = nowMs;
    this.#unmetUntilMs = nowMs + LONGEST_UNMET_MS;
  }

  get nextWakeAt(): number {
    if (this.state !== 'unmet') return Number.POSITIVE_INFINITY;
    return Math.min(this.#askAtMs, this.#graceUntilMs, this.#unmetUntilMs);
  }

  /** It asks for our table: whether to send it now, or when the one that is on its way has arrived. A question is small, and a table is not. */
  takeTable(): boolean {
    if (this.#table === 'none') {
      this.#table = 'leaving';
      return true;
    }
    this.#table = 'wanted again';
    return false;
  }

  /** Our table has arrived, or will not: whether to send it again. */
  tableSent(): boolean {
    const isWantedAgain = this.#table === 'wanted again';
    this.#table = isWantedAgain ? 'leaving' : 'none';
    return isWantedAgain;
  }

  /** Whether it has told more since the edition that we hold, or is another Broker. */
  isBehind({ epoch, version }: Edition): boolean {
    return this.edition !== undefined && (this.edition.epoch !== epoch || this.edition.version < version);
  }

  /** What we held is worth nothing. */
  lost(nowMs: number): void {
    this.state = 'unmet';
    this.edition = undefined;
    this.#askAtMs = nowMs;
    this.#askAgainMs = ASK_AGAIN_MS;
    this.#graceUntilMs = Number.POSITIVE_INFINITY;
    this.unmetSinceMs = nowMs;
    this.#unmetUntilMs = nowMs + LONGEST_UNMET_MS;
    this.#isHeard = false;
    this.#before = undefined;
    this.#early = [];
    this.#parts = undefined;
  }

  /** Whether to ask now; if so, it counts as asked. */
  takeQuestion(nowMs: number): boolean {
    if (this.state !== 'unmet' || this.#askAtMs > nowMs) return false;
    this.#askedAtMs = nowMs;
    this.#askAtMs = nowMs + this.#askAgainMs;
    this.#askAgainMs = Math.min(2 * this.#askAgainMs, MAX_ASK_AGAIN_MS);
    return true;
  }

  /** Its Node has our question. Where it has said something already the answer may take longer than a word to all. */
  reached(nowMs: number): void {
    const graceMs = this.#isHeard ? HEARD_GRACE_MS : GRACE_MS;
    this.#graceUntilMs = Math.min(this.#graceUntilMs, nowMs + graceMs);
  }

  isOverdue(nowMs: number): boolean {
    return this.state === 'unmet' && Math.min(this.#graceUntilMs, this.#unmetUntilMs) <= nowMs;
  }

  early(delta: EarlyDelta): void {
    this.heard();
    if (this.#early.length < MAX_EARLY) this.#early.push(delta);
  }

  /** It has met us, and has told so much before. */
  greeted(edition: Edition): void {
    if (this.state === 'unmet') this.#before = edition;
  }

  /** Its edition before the first change, where all that it had told when it met us has come since: no table would say more. */
  get beginning(): Edition | undefined {
    const before = this.#before;
    if (!before || this.#early.length < before.version) return undefined;
    const { epoch } = before;
    const isWhole = this.#early
      .slice(0, before.version)
      .every(({ edition }, i) => edition.epoch === epoch && edition.version === FIRST_VERSION + i);
    return isWhole ? { epoch, version: FIRST_VERSION - 1 } : undefined;
  }

  /** There is a Broker: its answer is on its way. One that has just begun had none of our questions so far. */
  heard(): void {
    if (!this.#isHeard) this.#askAtMs = Math.min(this.#askAtMs, this.#askedAtMs + ASK_AGAIN_MS);
    this.#isHeard = true;
    this.#graceUntilMs = Number.POSITIVE_INFINITY;
  }

  /** The whole table, once its last part is there. */
  part(
    isFirst: boolean,
    isLast: boolean,
    changes: readonly InterestChange[],
    most: number,
  ): readonly InterestChange[] | undefined {
    if (isFirst) this.#parts = [];
    if (!this.#parts || this.#parts.length + changes.length > most) {
      this.#parts = undefined;
      return undefined;
    }
    this.#parts.push(...changes);
    if (!isLast) return undefined;
    const whole = this.#parts;
    this.#parts = undefined;
    return whole;
  }

  /** @returns what came meanwhile */
  met(edition: Edition): readonly EarlyDelta[] {
    this.state = 'met';
    this.edition = edition;
    this.isLate = false;
    const early = this.#early;
    this.#early = [];
    return early;
  }

  /** It was waited for in vain. */
  overdue(): void {
    this.isLate ||= this.#isHeard;
  }

  silenced(): void {
    this.state = 'silent';
    this.edition = undefined;
    this.#early = [];
  }
}
