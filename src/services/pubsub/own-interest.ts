/**
 * What this Node tells the others of its subscriptions: each pattern and queue once, with how many there are. A Node may have a hundred
 * thousand; it tells at most MAX_ADVERTISED. Above that what is long is cut to a prefix and `>`, all to the same depth, until it fits:
 * more comes than is wanted, never less.
 */
import { MAX_ADVERTISED, MAX_TOKENS, type Pattern } from './contract.ts';
import type { InterestChange } from './interest-change.ts';
import { interestKey } from './peer-interests.ts';
import { ANY_REST } from './subject.ts';

/** One entry may be `>` for all that is in no queue group. */
const MAX_QUEUES = MAX_ADVERTISED - 1;
/** As they are again below it: half, so that a Node at the bound does not tell everything anew all the time. */
const NARROW_AGAIN = MAX_ADVERTISED / 2;

export class OwnInterest {
  /** As it is. */
  readonly #truth = new Map<string, InterestChange>();
  /** As it is to be told. */
  #advertised = new Map<string, InterestChange>();
  /** As it was told. */
  readonly #told = new Map<string, InterestChange>();
  /** What may differ between the two. */
  readonly #dirty = new Map<string, InterestChange>();
  readonly #queues = new Map<string, number>();
  #depth = MAX_TOKENS;

  /** Nothing is left to be told. */
  get isTold(): boolean {
    return this.#dirty.size === 0;
  }

  /** The whole of it, as it was told last. */
  get told(): readonly InterestChange[] {
    return [...this.#told.values()];
  }

  mayHave(queue: string): boolean {
    return this.#queues.has(queue) || this.#queues.size < MAX_QUEUES;
  }

  changed(pattern: Pattern, queue: string | undefined, by: 1 | -1): void {
    add(this.#truth, { pattern, queue, count: by });
    if (queue !== undefined) {
      const count = (this.#queues.get(queue) ?? 0) + by;
      if (count > 0) this.#queues.set(queue, count);
      else this.#queues.delete(queue);
    }
    this.#advertise({ pattern: widened(pattern, this.#depth), queue, count: by });
    if (this.#advertised.size > MAX_ADVERTISED) this.#widen();
    else if (this.#depth < MAX_TOKENS && this.#truth.size <= NARROW_AGAIN) this.#rebuild(MAX_TOKENS);
  }

  /** What is to be told now, first what is gone; from here on it counts as told. */
  take(): readonly InterestChange[] {
    const gone: InterestChange[] = [];
    const come: InterestChange[] = [];
    for (const [key, { pattern, queue }] of this.#dirty) {
      const now = this.#advertised.get(key);
      if (now?.count === this.#told.get(key)?.count) continue;
      if (now) {
        this.#told.set(key, now);
        come.push(now);
      } else {
        this.#told.delete(key);
        gone.push({ pattern, queue, count: 0 });
      }
    }
    this.#dirty.clear();
    return [...gone, ...come];
  }

  #advertise(change: InterestChange): void {
    this.#dirty.set(interestKey(change.pattern, change.queue), change);
    add(this.#advertised, change);
  }

  #widen(): void {
    while (this.#advertised.size > MAX_ADVERTISED && this.#depth > 0) this.#rebuild(this.#depth - 1);
  }

  #rebuild(depth: number): void {
    this.#depth = depth;
    for (const [key, entry] of this.#advertised) this.#dirty.set(key, entry);
    this.#advertised = new Map();
    for (const { pattern, queue, count } of this.#truth.values()) {
      this.#advertise({ pattern: widened(pattern, depth), queue, count });
    }
  }
}

/** So many more, or fewer; none is no entry. */
function add(entries: Map<string, InterestChange>, { pattern, queue, count }: InterestChange): void {
  const key = interestKey(pattern, queue);
  const now = (entries.get(key)?.count ?? 0) + count;
  if (now > 0) entries.set(key, { pattern, queue, count: now });
  else entries.delete(key);
}

function widened(pattern: Pattern, depth: number): Pattern {
  if (depth >= MAX_TOKENS) return pattern;
  const tokens = pattern.split('.');
  if (tokens.length <= depth) return pattern;
  return [...tokens.slice(0, depth), ANY_REST].join('.') as Pattern;
}
