/** Test support: the surroundings of one Neighbours protocol, set by hand. */
import { type Random, seededRandom } from '../../runtime/index.ts';
import { type NodeId, newNodeId } from '../../wire/index.ts';
import type { OpenLink } from '../link/contract.ts';
import { sparableNeighbours } from '../topology/spanning-forest.testing.ts';
import type { LinkId, LinkUp } from '../vocabulary.ts';
import type { NeighboursOptions } from './contract.ts';

const source = seededRandom(21);
/** Sorted: the greater the index, the greater the id. */
export const ids: readonly NodeId[] = Array.from({ length: 60 }, () => newNodeId(source)).sort();

export function id(index: number): NodeId {
  const found = ids[index];
  if (found === undefined) throw new Error(`no id ${index}`);
  return found;
}

export class Surroundings {
  readonly open = new Map<NodeId, OpenLink>();
  readonly pending = new Set<NodeId>();
  readonly remembered = new Set<NodeId>();
  /** Members with the round trip of the path to them. */
  readonly members = new Map<NodeId, number>();
  readonly left = new Set<NodeId>();
  readonly degrees = new Map<NodeId, number>();
  readonly rtts = new Map<NodeId, number>();
  readonly silent = new Set<NodeId>();
  /** Of the Edges among others. */
  readonly edges: { readonly a: NodeId; readonly b: NodeId; readonly rttMs: number | undefined }[] = [];
  hasDetour = true;
  readonly options: NeighboursOptions;

  constructor(self: NodeId, seed = 1) {
    const { members, open, pending, remembered, left, degrees } = this;
    this.options = {
      self,
      random: seededRandom(seed),
      view: {
        has: (peer) => members.has(peer),
        get size() {
          return members.size;
        },
        revision: 0, // everyone is looked at each time
        ids: () => members.keys(),
        changed: () => undefined,
        sample: (count: number, random: Random) =>
          [...members.keys()]
            .map((peer) => ({ peer, at: random.uint32() }))
            .sort((a, b) => a.at - b.at)
            .slice(0, count)
            .map(({ peer }) => peer),
        attributes: () => undefined,
        hasLeft: (peer) => left.has(peer),
        degree: (peer) => degrees.get(peer) ?? 0,
      },
      router: {
        route: (target) => {
          const rttMs = members.get(target);
          return rttMs === undefined ? undefined : { nextHop: target, hops: 1, rttMs };
        },
        hops: (target) => (members.has(target) ? 1 : undefined),
        hasDetour: () => this.hasDetour,
        isSpare: (peer) => sparableNeighbours(self, this.edges).has(peer),
        edges: () => this.edges,
      },
      open,
      pending: () => pending,
      rttMs: (peer) => this.rtts.get(peer),
      silenceMs: (peer) => (this.silent.has(peer) ? 500 : 0),
      remembered: () => remembered,
    };
  }

  /** A Link is up: what `link-up` says of it. */
  link(peer: NodeId, { sinceMs = 0, isInitiator = true, rttMs = 20 } = {}): LinkUp {
    const identity = { id: peer, publicKey: new Uint8Array(32), life: 1, agreementKey: new Uint8Array(32) };
    const link = 1 as LinkId;
    this.open.set(peer, { peer, link, identity, isInitiator, sinceMs, queuedBytes: () => 0 });
    this.rtts.set(peer, rttMs);
    this.members.set(peer, rttMs);
    this.pending.delete(peer);
    return { type: 'link-up', peer, link, identity, isInitiator, answersProbes: false };
  }
}
