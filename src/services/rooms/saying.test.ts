import { beforeEach, describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { type NodeId, newNodeId } from '../../wire/index.ts';
import type { UpdateHash } from './contract.ts';
import { Peers } from './peers.ts';
import { Saying } from './saying.ts';

const random = seededRandom(1);
const nodes = Array.from({ length: 8 }, () => newNodeId(random));
const [author, ...others] = nodes as [NodeId, ...NodeId[]];
const hashes = Array.from(
  { length: 40 },
  (_, i) => i.toString(16).padStart(64, '0').split('').reverse().join('') as UpdateHash,
);

const sayingOf = (self: NodeId): Saying => {
  const peers = new Peers();
  for (const node of nodes) if (node !== self) peers.add(node);
  return new Saying(self, peers);
};

const nobody = { to: [], isToAll: false, thanked: [], answers: new Map() };

let saying: Saying;

describe('a Node that has a room', () => {
  beforeEach(() => {
    saying = sayingOf(others[0] as NodeId);
  });

  it('thanks for an update as the first of two, soon, or the second, later, whoever of them all it is', () => {
    const thanks = new Map<NodeId, number>();
    for (const hash of hashes) {
      const at = others.map((self) => {
        const one = sayingOf(self);
        one.thank(author, hash, 0);
        return { self, atMs: one.nextWakeAt };
      });
      const thankers = at.filter(({ atMs }) => atMs !== Number.POSITIVE_INFINITY);
      expect(thankers.map(({ atMs }) => atMs).sort((a, b) => a - b)).toEqual([20, 200]);
      for (const { self } of thankers) thanks.set(self, (thanks.get(self) ?? 0) + 1);
    }
    expect(thanks.size).toBe(others.length);
  });

  it('leaves no thanks to who only passes', () => {
    const peers = new Peers();
    for (const node of others.slice(1)) peers.add(node, true);
    for (const hash of hashes) {
      const one = new Saying(others[0] as NodeId, peers);
      one.thank(author, hash, 0);
      expect(one.nextWakeAt).toBe(20);
    }
  });

  it('thanks once where it is the second to thank for one update and the first for the next', () => {
    const [self] = others as [NodeId];
    const due = (hash: UpdateHash): number => {
      const one = sayingOf(self);
      one.thank(author, hash, 0);
      return one.nextWakeAt;
    };
    const [first, second] = [20, 200].map((atMs) => hashes.find((hash) => due(hash) === atMs));
    if (!first || !second) throw new Error('it is first and second now and then');
    saying.thank(author, second, 0);
    saying.thank(author, first, 100);
    expect(saying.due(119)).toEqual(nobody);
    expect(saying.due(120)).toEqual({ ...nobody, thanked: [author] });
    expect(saying.due(200)).toEqual(nobody);
  });

  it('thanks soon, for all updates of a burst at once, and the author alone', () => {
    for (const hash of hashes) saying.thank(author, hash, 100);
    expect(saying.nextWakeAt).toBe(120);
    expect(saying.due(119)).toEqual(nobody);
    expect(saying.due(120)).toEqual({ ...nobody, thanked: [author] });
    expect(saying.due(121)).toEqual(nobody);
  });

  it('tells all what it has when it has been quiet for half a second, after three at the latest', () => {
    const all = {
      to: nodes.filter((node) => node !== others[0]),
      isToAll: true,
      thanked: [],
      answers: new Map(),
    };
    saying.changed(0);
    saying.changed(400);
    expect(saying.due(899)).toEqual(nobody);
    expect(saying.due(900)).toEqual(all);
    for (let at = 1_000; at <= 4_000; at += 400) saying.changed(at);
    expect(saying.due(3_999)).toEqual(nobody);
    expect(saying.due(4_000)).toEqual(all);
  });

  it('tells all again every fifteen seconds, and who has just come at once', () => {
    saying.to(author, 0);
    expect(saying.nextWakeAt).toBe(0);
    expect(saying.due(0)).toEqual({ ...nobody, to: [author] });
    expect(saying.nextWakeAt).toBe(15_000);
    expect(saying.due(15_000)?.isToAll).toBe(true);
    expect(saying.nextWakeAt).toBe(30_000);
  });

  it('answers who asked by the number of the question, once, also when all are told', () => {
    saying.changed(0);
    saying.to(author, 500, 4);
    const to = nodes.filter((node) => node !== author && node !== others[0]);
    const answers = new Map([[author, 4]]);
    expect(saying.due(500)).toEqual({ to, isToAll: true, thanked: [], answers });
    saying.to(author, 501, 5);
    expect(saying.due(501)).toEqual({ ...nobody, answers: new Map([[author, 5]]) });
    expect(saying.due(502)).toEqual(nobody);
  });

  it('does not thank whom it tells', () => {
    for (const hash of hashes) saying.thank(author, hash, 0);
    saying.to(author, 10);
    expect(saying.due(10)).toEqual({ ...nobody, to: [author] });
    expect(saying.due(210)).toEqual(nobody);
  });

  it('has nobody to tell alone', () => {
    const alone = new Saying(author, new Peers());
    alone.changed(0);
    expect(alone.nextWakeAt).toBe(Number.POSITIVE_INFINITY);
  });
});
