/** Whether the mesh could carry something between two Nodes now: over Links that both of their ends hold. */
import type { NodeId } from '../../src/wire/index.ts';
import type { Inhabitant } from './surroundings.ts';

type Linked = Pick<Inhabitant, 'mesh'>;

export function areConnected(from: NodeId, to: NodeId, nodes: ReadonlyMap<NodeId, Linked>): boolean {
  if (!hasLink(nodes.get(to))) return false; // as most calls are for: who is new, or gone
  const seen = new Set([from]);
  const edge = [from];
  for (let id = edge.pop(); id !== undefined; id = edge.pop()) {
    if (id === to) return true;
    for (const next of nodes.get(id)?.mesh.linkedPeers ?? []) {
      if (seen.has(next) || !holds(nodes.get(next), id)) continue;
      seen.add(next);
      edge.push(next);
    }
  }
  return false;
}

function hasLink(node: Linked | undefined): boolean {
  for (const _each of node?.mesh.linkedPeers ?? []) return true;
  return false;
}

function holds(node: Linked | undefined, peer: NodeId): boolean {
  for (const each of node?.mesh.linkedPeers ?? []) if (each === peer) return true;
  return false;
}
