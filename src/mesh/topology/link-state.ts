/** View, Router and Directory on the full link-state map: every question is answered from the records, none is kept. */
import { integerBelow, type Random } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { Directory, PeerIdentity } from '../identity/identity.ts';
import type { Graph } from './graph.ts';
import type { OwnLink } from './own-record.ts';
import { ownerKeyOf } from './record.ts';
import { nominalMs, UNMEASURED } from './round-trip-class.ts';
import { RouteTable } from './route-table.ts';
import { isSpare } from './spare-edges.ts';
import type { Route, Router, View } from './view.ts';

export class LinkState implements View, Router, Directory {
  readonly #self: NodeId;
  readonly #graph: Graph;
  readonly #links: ReadonlyMap<NodeId, OwnLink>;
  readonly #identities: ReadonlyMap<NodeId, PeerIdentity>;
  readonly #routes: RouteTable;
  /** Everyone in reach, as of that revision of the company: a walk over it is not disturbed by what its caller does. */
  #ids: readonly NodeId[] = [];
  #idsRevision = -1;

  /** `identities`: what hello told of those at the other ends of our Links. */
  constructor(
    self: NodeId,
    graph: Graph,
    links: ReadonlyMap<NodeId, OwnLink>,
    identities: ReadonlyMap<NodeId, PeerIdentity>,
  ) {
    this.#self = self;
    this.#graph = graph;
    this.#links = links;
    this.#identities = identities;
    this.#routes = new RouteTable(graph);
  }

  has(id: NodeId): boolean {
    return this.hops(id) !== undefined;
  }

  get size(): number {
    return this.#graph.reachedCount;
  }

  get revision(): number {
    return this.#graph.companyRevision;
  }

  ids(): readonly NodeId[] {
    const { companyRevision, reachedCount } = this.#graph;
    if (this.#idsRevision === companyRevision) return this.#ids;
    this.#idsRevision = companyRevision;
    const ids: NodeId[] = [];
    for (let i = 0; i < reachedCount; i++) {
      const id = this.#idAt(i);
      if (id !== undefined) ids.push(id);
    }
    this.#ids = ids;
    return ids;
  }

  changed(since: number): readonly NodeId[] | undefined {
    const slots = this.#graph.changedSince(since);
    if (slots === undefined) return undefined;
    const ids: NodeId[] = [];
    for (const slot of slots) {
      const id = this.#graph.recordAt(slot)?.id;
      if (id === undefined) return undefined; // gone, and forgotten since
      ids.push(id);
    }
    return ids;
  }

  /** Robert Floyd's sampling (Bentley and Floyd 1987), then a shuffle: as much work as is asked for, whatever the size. */
  sample(count: number, random: Random): NodeId[] {
    const size = this.#graph.reachedCount;
    const chosen = new Set<number>();
    for (let top = Math.max(0, size - count); top < size; top++) {
      const index = integerBelow(random, top + 1);
      chosen.add(chosen.has(index) ? top : index);
    }
    const ids: NodeId[] = [];
    for (const index of chosen) {
      const id = this.#idAt(index);
      if (id === undefined) continue;
      const at = integerBelow(random, ids.length + 1);
      const moved = ids[at];
      ids[at] = id;
      if (moved !== undefined) ids.push(moved);
    }
    return ids;
  }

  attributes(id: NodeId): Uint8Array | undefined {
    return this.#graph.get(id)?.attributes;
  }

  hasLeft(id: NodeId): boolean {
    return this.#graph.get(id)?.hasLeft === true;
  }

  degree(id: NodeId): number {
    if (id === this.#self) return this.#links.size;
    return this.#graph.get(id)?.neighbours.length ?? 0;
  }

  route(target: NodeId): Route | undefined {
    return this.#routes.get(target);
  }

  hops(target: NodeId): number | undefined {
    const slot = this.#graph.slotOf(target);
    const depth = slot === undefined ? 0 : this.#graph.depthAt(slot);
    return depth > 0 ? depth : undefined;
  }

  hasDetour(neighbour: NodeId, maxHops: number): boolean {
    return this.#graph.hasDetour(neighbour, maxHops);
  }

  isSpare(neighbour: NodeId): boolean {
    return isSpare(this.#graph, ownerKeyOf(this.#self), neighbour);
  }

  *edges(): Generator<{ readonly a: NodeId; readonly b: NodeId; readonly rttMs: number | undefined }> {
    const graph = this.#graph;
    for (const slot of graph.ownEdges()) {
      const b = graph.recordAt(slot)?.id;
      if (b !== undefined) yield { a: this.#self, b, rttMs: told(graph.ownClass(slot)) };
    }
    for (let slot = 0; slot < graph.slotCount; slot++) {
      const a = graph.recordAt(slot)?.id;
      for (let i = 0; i < graph.edgeCount(slot); i++) {
        const other = graph.edgeAt(slot, i);
        const b = graph.recordAt(other)?.id;
        if (slot < other && a !== undefined && b !== undefined) {
          yield { a, b, rttMs: told(graph.classAt(slot, i)) };
        }
      }
    }
  }

  /** The newest life that a hello or a record told of. */
  get(id: NodeId): PeerIdentity | undefined {
    const record = this.#graph.get(id);
    const greeted = this.#identities.get(id);
    return greeted && (!record || greeted.life > record.life) ? greeted : record;
  }

  #idAt(index: number): NodeId | undefined {
    return this.#graph.recordAt(this.#graph.reachedAt(index))?.id;
  }
}

function told(roundTripClass: number): number | undefined {
  return roundTripClass === UNMEASURED ? undefined : nominalMs(roundTripClass);
}
