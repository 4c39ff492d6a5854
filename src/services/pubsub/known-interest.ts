/**
 * All that this Node knows of who listens to what, its own told interest and that of the others, for people and monitors: the whole, or by
 * pattern a part that costs the same however large the Network is.
 */
import type { NodeId } from '../../wire/index.ts';
import {
  type InterestEntry,
  type Listeners,
  type ListenersAnswer,
  type ListenersQuery,
  MAX_LISTED,
  type Pattern,
} from './contract.ts';
import type { OwnInterest } from './own-interest.ts';
import type { PeerInterests } from './peer-interests.ts';

/** Patterns of others that one question looks at: a few milliseconds. What narrows it by text may pass over most of them. */
const MAX_LOOKED_AT = 20_000;

export class KnownInterest {
  readonly #self: NodeId;
  readonly #own: OwnInterest;
  readonly #peers: PeerInterests;

  constructor(self: NodeId, own: OwnInterest, peers: PeerInterests) {
    this.#self = self;
    this.#own = own;
    this.#peers = peers;
  }

  /** Our own first. */
  entries(): readonly InterestEntry[] {
    return [...this.#ownEntries(), ...this.#peers.entries()];
  }

  listeners({ about = '', limit = MAX_LISTED }: ListenersQuery = {}): ListenersAnswer {
    const most = Math.min(limit, MAX_LISTED);
    const text = about.toLowerCase();
    const isAsked = (pattern: Pattern): boolean => pattern.toLowerCase().includes(text);
    const own = new Map<Pattern, InterestEntry[]>();
    for (const entry of this.#ownEntries()) {
      if (!isAsked(entry.pattern)) continue;
      const before = own.get(entry.pattern);
      if (before) before.push(entry);
      else own.set(entry.pattern, [entry]);
    }
    const listeners: Listeners[] = [];
    let lookedAt = 0;
    let hasMore = false;
    this.#peers.walk((pattern, entries) => {
      if (isAsked(pattern)) {
        if (listeners.length >= most) {
          hasMore = true;
          return false;
        }
        listeners.push(summed(pattern, own.get(pattern) ?? [], entries));
        own.delete(pattern);
      }
      hasMore = ++lookedAt >= MAX_LOOKED_AT;
      return !hasMore;
    });
    for (const [pattern, entries] of own) {
      if (listeners.length >= most) return { listeners, hasMore: true };
      listeners.push(summed(pattern, entries, new Set()));
    }
    return { listeners, hasMore };
  }

  #ownEntries(): readonly InterestEntry[] {
    return this.#own.told.map((entry) => ({ ...entry, node: this.#self }));
  }
}

function summed(
  pattern: Pattern,
  own: readonly InterestEntry[],
  others: ReadonlySet<InterestEntry>,
): Listeners {
  const nodes = new Set([...own, ...others].map(({ node }) => node));
  return { pattern, nodeCount: nodes.size, entries: [...own, ...others].slice(0, MAX_LISTED) };
}
