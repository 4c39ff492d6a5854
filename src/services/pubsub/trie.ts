/**
 * Which of very many patterns match a subject: a tree by token, in which `*` and `>` have a place of their own beside the plain tokens
 * (the idea of nats-server's sublist.go). What a subject came to is kept, for the subjects that come again and again; a pattern with a
 * wildcard that comes or goes forgets all of it, a plain one only its own subject.
 *
 * The same tree serves the subscriptions of a Node and the interest of the others: `summarize` makes of what matched whatever its owner
 * wants to have at hand for each message.
 */
import type { Pattern, Subject } from './contract.ts';
import { ANY_REST, ANY_TOKEN, hasWildcard } from './subject.ts';

/** Subjects whose matches are kept, in each of two generations: a guess, about 2 MB. */
const KEPT_SUBJECTS = 8_192;

interface Level<Value> {
  /** Of patterns that end here. */
  values: Set<Value> | undefined;
  /** Of patterns that go on with `>`. */
  rest: Set<Value> | undefined;
  star: Level<Value> | undefined;
  tokens: Map<string, Level<Value>> | undefined;
}

export class SubjectTrie<Value, Matches> {
  readonly #summarize: (values: readonly Value[]) => Matches;
  readonly #root: Level<Value> = newLevel();
  readonly #keptSubjects: number;
  #young = new Map<string, Matches>();
  #old = new Map<string, Matches>();
  #size = 0;

  constructor(summarize: (values: readonly Value[]) => Matches, keptSubjects = KEPT_SUBJECTS) {
    this.#summarize = summarize;
    this.#keptSubjects = keptSubjects;
  }

  /** Pairs of pattern and value. */
  get size(): number {
    return this.#size;
  }

  /** The same value under the same pattern counts once. */
  insert(pattern: Pattern, value: Value): void {
    let level = this.#root;
    let set: Set<Value> | undefined;
    for (const token of pattern.split('.')) {
      if (token === ANY_REST) {
        level.rest ??= new Set();
        set = level.rest;
      } else {
        level = nextOrNew(level, token);
      }
    }
    if (!set) {
      level.values ??= new Set();
      set = level.values;
    }
    const before = set.size;
    set.add(value);
    if (set.size === before) return;
    this.#size++;
    this.#forget(pattern);
  }

  /** Answers whether it was there. */
  remove(pattern: Pattern, value: Value): boolean {
    const isGone = removeFrom(this.#root, pattern.split('.'), 0, value);
    if (!isGone) return false;
    this.#size--;
    this.#forget(pattern);
    return true;
  }

  /** What has changed about a value that stays where it is must be summarized anew. */
  changed(pattern: Pattern): void {
    this.#forget(pattern);
  }

  match(subject: Subject): Matches {
    const kept = this.#young.get(subject);
    if (kept !== undefined) return kept;
    const older = this.#old.get(subject);
    const matches = older === undefined ? this.#find(subject) : older;
    if (this.#young.size >= this.#keptSubjects) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(subject, matches);
    return matches;
  }

  /** Every pattern with what is under it, until `visit` answers false. In the order of the tree. */
  walk(visit: (pattern: Pattern, values: ReadonlySet<Value>) => boolean): void {
    walkFrom(this.#root, '', visit);
  }

  #find(subject: Subject): Matches {
    const found: Value[] = [];
    collect(this.#root, subject.split('.'), 0, found);
    return this.#summarize(found);
  }

  #forget(pattern: Pattern): void {
    if (hasWildcard(pattern)) {
      this.#young.clear();
      this.#old.clear();
    } else {
      this.#young.delete(pattern);
      this.#old.delete(pattern);
    }
  }
}

function newLevel<Value>(): Level<Value> {
  return { values: undefined, rest: undefined, star: undefined, tokens: undefined };
}

function nextOrNew<Value>(level: Level<Value>, token: string): Level<Value> {
  if (token === ANY_TOKEN) {
    level.star ??= newLevel();
    return level.star;
  }
  level.tokens ??= new Map();
  let next = level.tokens.get(token);
  if (!next) {
    next = newLevel();
    level.tokens.set(token, next);
  }
  return next;
}

/** Takes the value out, and levels that nobody needs any more. */
function removeFrom<Value>(
  level: Level<Value>,
  tokens: readonly string[],
  at: number,
  value: Value,
): boolean {
  const token = tokens[at];
  if (token === undefined) {
    const isGone = level.values?.delete(value) ?? false;
    if (level.values?.size === 0) level.values = undefined;
    return isGone;
  }
  if (token === ANY_REST) {
    const isGone = level.rest?.delete(value) ?? false;
    if (level.rest?.size === 0) level.rest = undefined;
    return isGone;
  }
  const next = token === ANY_TOKEN ? level.star : level.tokens?.get(token);
  if (!next || !removeFrom(next, tokens, at + 1, value)) return false;
  if (isEmpty(next)) {
    if (token === ANY_TOKEN) level.star = undefined;
    else level.tokens?.delete(token);
    if (level.tokens?.size === 0) level.tokens = undefined;
  }
  return true;
}

function isEmpty({ values, rest, star, tokens }: Level<unknown>): boolean {
  return !values && !rest && !star && !tokens;
}

function walkFrom<Value>(
  { values, rest, star, tokens }: Level<Value>,
  way: string,
  visit: (pattern: Pattern, values: ReadonlySet<Value>) => boolean,
): boolean {
  const below = way === '' ? '' : `${way}.`;
  if (values && !visit(way as Pattern, values)) return false;
  if (rest && !visit(`${below}${ANY_REST}` as Pattern, rest)) return false;
  if (star && !walkFrom(star, `${below}${ANY_TOKEN}`, visit)) return false;
  for (const [token, next] of tokens ?? []) if (!walkFrom(next, `${below}${token}`, visit)) return false;
  return true;
}

function collect<Value>(level: Level<Value>, tokens: readonly string[], at: number, found: Value[]): void {
  const token = tokens[at];
  if (token === undefined) {
    for (const value of level.values ?? []) found.push(value);
    return;
  }
  for (const value of level.rest ?? []) found.push(value);
  if (level.star) collect(level.star, tokens, at + 1, found);
  const next = level.tokens?.get(token);
  if (next) collect(next, tokens, at + 1, found);
}
