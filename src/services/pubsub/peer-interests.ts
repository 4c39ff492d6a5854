/** What the other Nodes want, as they say: by Node, and by subject for who publishes. */
import type { NodeId } from '../../wire/index.ts';
import type { InterestEntry, Pattern, Subject } from './contract.ts';
import type { Candidate } from './fair-choice.ts';
import type { InterestChange } from './interest-change.ts';
import { SubjectTrie } from './trie.ts';

export interface Wanted {
  /** With a subscription in no queue group. */
  readonly nodes: readonly NodeId[];
  /** Queue groups, and on which Nodes how many members are. */
  readonly groups: ReadonlyMap<string, readonly Candidate<NodeId>[]>;
}

export class PeerInterests {
  readonly #tables = new Map<NodeId, Map<string, InterestEntry>>();
  readonly #trie = new SubjectTrie<InterestEntry, Wanted>(summed);

  match(subject: Subject): Wanted {
    return this.#trie.match(subject);
  }

  /** Entries of that Node. */
  sizeOf(node: NodeId): number {
    return this.#tables.get(node)?.size ?? 0;
  }

  entries(): readonly InterestEntry[] {
    return [...this.#tables.values()].flatMap((table) => [...table.values()]);
  }

  /** By pattern, until `visit` answers false. */
  walk(visit: (pattern: Pattern, entries: ReadonlySet<InterestEntry>) => boolean): void {
    this.#trie.walk(visit);
  }

  apply(node: NodeId, { pattern, queue, count }: InterestChange): void {
    let table = this.#tables.get(node);
    const key = interestKey(pattern, queue);
    const before = table?.get(key);
    if (before) {
      table?.delete(key);
      this.#trie.remove(pattern, before);
    }
    if (count === 0) return;
    if (!table) {
      table = new Map();
      this.#tables.set(node, table);
    }
    const entry = { pattern, queue, node, count };
    table.set(key, entry);
    this.#trie.insert(pattern, entry);
  }

  forget(node: NodeId): void {
    for (const entry of this.#tables.get(node)?.values() ?? []) this.#trie.remove(entry.pattern, entry);
    this.#tables.delete(node);
  }
}

/** A pattern has no blank. */
export function interestKey(pattern: Pattern, queue: string | undefined): string {
  return queue === undefined ? pattern : `${pattern} ${queue}`;
}

function summed(entries: readonly InterestEntry[]): Wanted {
  const nodes = new Set<NodeId>();
  const groups = new Map<string, Map<NodeId, number>>();
  for (const { queue, node, count } of entries) {
    if (queue === undefined) {
      nodes.add(node);
      continue;
    }
    const members = groups.get(queue) ?? new Map<NodeId, number>();
    groups.set(queue, members);
    members.set(node, (members.get(node) ?? 0) + count);
  }
  const candidates = new Map<string, readonly Candidate<NodeId>[]>();
  for (const [queue, members] of groups) {
    candidates.set(
      queue,
      [...members].map(([key, weight]) => ({ key, weight })),
    );
  }
  return { nodes: [...nodes], groups: candidates };
}
