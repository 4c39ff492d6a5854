import { expect, it } from 'vitest';
import type { Listeners } from '../../services/pubsub/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { listedSubjects } from './listened.ts';

const [a, b] = ['a', 'b'] as unknown as [NodeId, NodeId];
const listeners = (pattern: string, ...who: readonly (readonly [NodeId, string?])[]): Listeners =>
  ({
    pattern,
    nodeCount: new Set(who.map(([node]) => node)).size,
    entries: who.map(([node, queue]) => ({ pattern, node, queue, count: 1 })),
  }) as unknown as Listeners;

it('is listed by name, inboxes last, each Node once with its queue groups', () => {
  const listed = listedSubjects([
    listeners('_INBOX.x.*', [a]),
    listeners('time', [a], [a, 'crew'], [b, 'crew']),
    listeners('jobs.*', [b]),
  ]);
  expect(listed.map(({ pattern }) => pattern)).toEqual(['jobs.*', 'time', '_INBOX.x.*']);
  expect(listed[1]).toEqual({
    pattern: 'time',
    nodeCount: 2,
    nodes: [
      { node: a, queues: ['crew'] },
      { node: b, queues: ['crew'] },
    ],
  });
});
