/** Test support: the graphs on which multicast is tried. */
import { integerBelow, type Random } from '../../runtime/index.ts';

/** A connected random graph: a ring in random order, then random chords until the mean degree is reached. */
export function randomGraph(nodes: number, degree: number, random: Random): [number, number][] {
  const edges: [number, number][] = [];
  if (degree >= nodes - 1) {
    for (let a = 0; a < nodes; a++) for (let b = a + 1; b < nodes; b++) edges.push([a, b]);
    return edges;
  }
  const seen = new Set<string>();
  const add = (a: number, b: number) => {
    const key = a < b ? `${a} ${b}` : `${b} ${a}`;
    if (a === b || seen.has(key)) return;
    seen.add(key);
    edges.push([a, b]);
  };
  const order = Array.from({ length: nodes }, (_, i) => i);
  for (let i = nodes - 1; i > 0; i--) {
    const j = integerBelow(random, i + 1);
    [order[i], order[j]] = [order[j] ?? 0, order[i] ?? 0];
  }
  for (let i = 0; i < nodes; i++) add(order[i] ?? 0, order[(i + 1) % nodes] ?? 0);
  while (edges.length < (nodes * degree) / 2) add(integerBelow(random, nodes), integerBelow(random, nodes));
  return edges;
}
