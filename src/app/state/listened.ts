/** Who listens, as the Messages panel lists it. */
import type { Listeners } from '../../services/pubsub/index.ts';
import type { NodeId } from '../../wire/index.ts';

/** One Node of those that listen to a pattern. */
export interface ListeningNode {
  readonly node: NodeId;
  /** Queue groups of which it has members; a plain subscription has none. */
  readonly queues: readonly string[];
}

export interface ListenedSubject {
  readonly pattern: string;
  readonly nodeCount: number;
  readonly nodes: readonly ListeningNode[];
}

/** Where answers to requests go: one's own business, listed last. */
const INBOXES = '_INBOX.';

/** By name, each Node once. */
export function listedSubjects(listeners: readonly Listeners[]): readonly ListenedSubject[] {
  return listeners
    .map(({ pattern, nodeCount, entries }) => {
      const queues = new Map<NodeId, string[]>();
      for (const { node, queue } of entries) {
        const known = queues.get(node) ?? [];
        queues.set(node, known);
        if (queue !== undefined) known.push(queue);
      }
      return { pattern, nodeCount, nodes: [...queues].map(([node, names]) => ({ node, queues: names })) };
    })
    .sort((a, b) => rankOf(a) - rankOf(b) || (a.pattern < b.pattern ? -1 : 1));
}

function rankOf({ pattern }: ListenedSubject): number {
  return pattern.startsWith(INBOXES) ? 1 : 0;
}
