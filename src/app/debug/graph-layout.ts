/**
 * Positions for the topology graph by d3-force. Nodes keep their place when the graph changes; a new one starts beside the
 * middle, so that the picture grows instead of jumping.
 */
import {
  forceCollide,
  forceLink,
  forceManyBody,
  forceSimulation,
  forceX,
  forceY,
  type Simulation,
  type SimulationLinkDatum,
  type SimulationNodeDatum,
} from 'd3-force';
import type { EdgeSnapshot } from '../../mesh/index.ts';
import type { NodeId } from '../../wire/index.ts';

export interface GraphNode extends SimulationNodeDatum {
  readonly id: NodeId;
}

interface GraphLink extends SimulationLinkDatum<GraphNode> {
  readonly source: GraphNode;
  readonly target: GraphNode;
}

/** Pixels of the graph's own coordinates; the SVG is scaled to its pane. */
const LINK_LENGTH = 150;
const NODE_SPACE = 36;

export class GraphLayout {
  readonly nodes = new Map<NodeId, GraphNode>();
  readonly #simulation: Simulation<GraphNode, GraphLink>;
  #shape = '';

  constructor(onTick: () => void) {
    this.#simulation = forceSimulation<GraphNode, GraphLink>()
      .force('charge', forceManyBody().strength(-500).distanceMax(500))
      .force('x', forceX(0).strength(0.06))
      .force('y', forceY(0).strength(0.09))
      .force('collide', forceCollide(NODE_SPACE))
      .on('tick', onTick);
  }

  /** Warms the simulation up only when Nodes or Edges came or went. */
  update(ids: readonly NodeId[], edges: readonly EdgeSnapshot[]): void {
    const shape = `${[...ids].sort().join()}|${edges
      .map(({ a, b }) => `${a}${b}`)
      .sort()
      .join()}`;
    if (shape === this.#shape) return;
    this.#shape = shape;
    for (const id of this.nodes.keys()) {
      if (!ids.includes(id)) this.nodes.delete(id);
    }
    ids.forEach((id, index) => {
      if (this.nodes.has(id)) return;
      const angle = 2.4 * index;
      this.nodes.set(id, { id, x: 60 * Math.cos(angle), y: 60 * Math.sin(angle) });
    });
    const links = edges.flatMap(({ a, b }) => {
      const source = this.nodes.get(a);
      const target = this.nodes.get(b);
      return source && target ? [{ source, target }] : [];
    });
    this.#simulation.nodes([...this.nodes.values()]);
    this.#simulation.force('link', forceLink<GraphNode, GraphLink>(links).distance(LINK_LENGTH));
    this.#simulation.alpha(0.8).restart();
  }

  /** Holds a Node at a place while it is dragged; undefined lets it go. */
  pin(id: NodeId, place: { readonly x: number; readonly y: number } | undefined): void {
    const node = this.nodes.get(id);
    if (!node) return;
    node.fx = place?.x ?? null;
    node.fy = place?.y ?? null;
    this.#simulation.alphaTarget(place ? 0.3 : 0).restart();
  }

  stop(): void {
    this.#simulation.stop();
  }
}

/** The rectangle that holds every Node with its labels: x, y, width, height. Never smaller than a calm minimum. */
export function viewBoxOf(nodes: Iterable<GraphNode>): readonly [number, number, number, number] {
  let [left, top, right, bottom] = [-160, -110, 160, 110];
  for (const { x = 0, y = 0 } of nodes) {
    left = Math.min(left, x - 72);
    right = Math.max(right, x + 72);
    top = Math.min(top, y - 40);
    bottom = Math.max(bottom, y + 56);
  }
  return [left, top, right - left, bottom - top];
}
