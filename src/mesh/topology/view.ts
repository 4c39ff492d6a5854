/**
 * What the rest of the mesh may know of the whole: who is there, and where a frame goes next. Only `topology/` knows the
 * graph. Here stands the full link-state map; ant trails, or a partial view for ten thousand Nodes, can stand in its place.
 */
import type { Random } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';

/** Who is there: the Nodes with a path to us that have not said farewell, ourselves left out. */
export interface View {
  has(id: NodeId): boolean;
  readonly size: number;
  /** Raised when somebody has come or gone: while it stays, `has` and `ids` answer the same. */
  readonly revision: number;
  /** A full View names everyone; a partial one those it knows. */
  ids(): Iterable<NodeId>;
  /**
   * Who has come or gone since `revision` was this, perhaps more than once; undefined when that is too much to remember: then
   * everyone has to be looked at. In a large mesh somebody comes or goes many times a minute.
   */
  changed(since: number): Iterable<NodeId> | undefined;
  /** Up to `count` of them at random. */
  sample(count: number, random: Random): NodeId[];
  /** msgpack, as its owner wrote them; undefined for a stranger. */
  attributes(id: NodeId): Uint8Array | undefined;
  /** It said farewell. */
  hasLeft(id: NodeId): boolean;
  /** How many Links it says it holds, 0 when unknown. */
  degree(id: NodeId): number;
}

export interface Route {
  readonly nextHop: NodeId;
  readonly hops: number;
  /** Sum of the coarse round trips that the records tell, ms. */
  readonly rttMs: number;
}

/** Where a frame goes next. */
export interface Router {
  /** Undefined while no path is known. */
  route(target: NodeId): Route | undefined;
  /** How far apart we are in the graph, whatever way frames take: 1 for a neighbour. Undefined while no path is known. */
  hops(target: NodeId): number | undefined;
  /** Whether the neighbour stays within reach when our Link to it goes. */
  hasDetour(neighbour: NodeId, maxHops: number): boolean;
  /** Whether our Link with the neighbour may go: the graph stays connected though all cut all Links of which this is true. */
  isSpare(neighbour: NodeId): boolean;
  /** Every Edge known, each once, for people who look. */
  edges(): Iterable<{ readonly a: NodeId; readonly b: NodeId; readonly rttMs: number | undefined }>;
}
