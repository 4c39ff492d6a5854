/** What a mesh at rest is: everyone counts the same members, Edges have two ends, nobody has too many, all are connected. */
import type { NodeId } from '../../src/wire/index.ts';
import type { Inhabitant } from '../engine/surroundings.ts';

/** Up to so many Nodes everyone has a Link to everyone. */
export const FULL_MESH_NODES = 8;
export const DEGREE_CAP = 12;
/** With Nodes that had no other way in: a rush of newcomers. */
const DEGREE_CAP_IN_A_RUSH = 16;
/** So long after it came a Node is no newcomer, and whoever took it in beyond the cap has let others go. */
const RUSH_MS = 10_000;

export interface Company {
  /** Links are blocked, so that not all may be neighbours. */
  readonly isLinear: boolean;
  /** Members that forge: they may be members or cut off, nobody need agree. */
  readonly hostile: ReadonlySet<NodeId>;
}

/** What keeps the honest and living from being one agreed mesh; undefined when nothing does. */
export function disagreement(here: readonly Inhabitant[], now: number, company: Company): string | undefined {
  return differentMembers(here, company) ?? badEdges(here, now, company);
}

/** Cheap enough to ask often. */
function differentMembers(here: readonly Inhabitant[], { hostile }: Company): string | undefined {
  const ids = new Set(here.map(({ id }) => id));
  for (const node of here) {
    let members = 1;
    for (const id of node.memberIds) {
      if (hostile.has(id)) continue;
      if (!ids.has(id)) return `node ${node.index} counts ${id.slice(0, 8)}, who is not here`;
      members++;
    }
    if (members !== here.length) return `node ${node.index} counts ${members} members of ${here.length}`;
  }
  return undefined;
}

function badEdges(
  here: readonly Inhabitant[],
  now: number,
  { isLinear, hostile }: Company,
): string | undefined {
  const mayBePartial = isLinear || hostile.size > 0;
  const neighbours = new Map<NodeId, ReadonlySet<NodeId>>();
  const newcomers = new Set<NodeId>();
  for (const node of here) {
    neighbours.set(node.id, new Set(node.mesh.linkedPeers));
    if (now - node.startedAt < RUSH_MS) newcomers.add(node.id);
  }
  for (const node of here) {
    const own = neighbours.get(node.id) ?? new Set();
    const settled = newcomers.has(node.id) ? 0 : [...own].filter((id) => !newcomers.has(id)).length;
    if (settled > DEGREE_CAP || own.size > DEGREE_CAP_IN_A_RUSH) {
      return `node ${node.index} has ${own.size} Links, ${settled} of them for long`;
    }
    if (!mayBePartial && here.length <= FULL_MESH_NODES && own.size !== here.length - 1) {
      return `node ${node.index} has ${own.size} Links of ${here.length - 1} in a mesh that should be full`;
    }
    for (const id of own) {
      if (!hostile.has(id) && !neighbours.get(id)?.has(node.id))
        return `node ${node.index} has a Link to ${id.slice(0, 8)} alone`;
    }
  }
  const reached = reach(here, neighbours).size;
  return reached === here.length
    ? undefined
    : `the mesh is split: ${reached} of ${here.length} are connected`;
}

/** Who can reach each other over Links that both ends hold, each part once. */
export function parts(here: readonly Inhabitant[]): Inhabitant[][] {
  const neighbours = new Map(here.map((node) => [node.id, new Set(node.mesh.linkedPeers)]));
  for (const [id, own] of neighbours) {
    for (const other of own) if (!neighbours.get(other)?.has(id)) own.delete(other);
  }
  const found: Inhabitant[][] = [];
  let left = here;
  while (left.length > 0) {
    const reached = reach(left, neighbours);
    found.push(left.filter(({ id }) => reached.has(id)));
    left = left.filter(({ id }) => !reached.has(id));
  }
  return found;
}

/** Whom the first of them reaches, itself included. */
function reach(
  here: readonly Inhabitant[],
  neighbours: ReadonlyMap<NodeId, ReadonlySet<NodeId>>,
): ReadonlySet<NodeId> {
  const first = here[0];
  if (first === undefined) return new Set();
  const seen = new Set([first.id]);
  const edge = [first.id];
  for (let id = edge.pop(); id !== undefined; id = edge.pop()) {
    for (const next of neighbours.get(id) ?? []) {
      if (seen.has(next) || !neighbours.has(next)) continue;
      seen.add(next);
      edge.push(next);
    }
  }
  return seen;
}
