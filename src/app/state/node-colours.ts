/**
 * A colour for every Node, so that a Tile's outline, a name in the list and a dot in the graph are recognised as one.
 *
 * A Node prefers the colour its uuid hashes to, so tabs mostly agree; where two Nodes prefer the same one, the later
 * takes the next free colour, and keeps it for as long as this page lives: a colour that changes in the middle of a
 * render is worse than one that differs between two screens. Colour never carries meaning alone: every swatch has
 * `nodeTag`, the first four digits of the uuid, beside or in it.
 */
import type { NodeId } from '../../wire/index.ts';

export interface NodeColour {
  /** CSS colour of swatches and outlines. */
  readonly fill: string;
  /** Readable text on `fill` (WCAG AA, checked by the test). */
  readonly ink: '#000000' | '#ffffff';
}

/** Okabe and Ito's colour-blind-safe set without black (2008), then three more that differ from it in lightness. */
export const NODE_PALETTE: readonly NodeColour[] = [
  { fill: '#e69f00', ink: '#000000' },
  { fill: '#56b4e9', ink: '#000000' },
  { fill: '#009e73', ink: '#000000' },
  { fill: '#f0e442', ink: '#000000' },
  { fill: '#0072b2', ink: '#ffffff' },
  { fill: '#d55e00', ink: '#000000' },
  { fill: '#cc79a7', ink: '#000000' },
  { fill: '#a78bfa', ink: '#000000' },
  { fill: '#a3d65c', ink: '#000000' },
  { fill: '#ff9db0', ink: '#000000' },
];

/** The short name that stands beside a colour. */
export function nodeTag(id: NodeId): string {
  return id.slice(0, 4);
}

/** FNV-1a over the uuid's text: every digit counts, unlike its first byte alone. */
function hashOf(id: NodeId): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i += 1) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}

/** Remembers at most this many Nodes; past it the colours of the longest unseen are given away. */
const REMEMBERED_NODES = 512;

export class NodeColours {
  readonly #indexOf = new Map<NodeId, number>();

  /** The Node's colour, chosen at first sight. */
  of(id: NodeId): NodeColour {
    const known = this.#indexOf.get(id);
    const index = known ?? this.#choose(id);
    this.#indexOf.delete(id);
    this.#indexOf.set(id, index);
    if (this.#indexOf.size > REMEMBERED_NODES) {
      for (const oldest of this.#indexOf.keys()) {
        this.#indexOf.delete(oldest);
        break;
      }
    }
    return NODE_PALETTE[index] as NodeColour;
  }

  /** The least used colour, the first such at or after the preferred one. */
  #choose(id: NodeId): number {
    const uses = new Array<number>(NODE_PALETTE.length).fill(0);
    for (const index of this.#indexOf.values()) uses[index] = (uses[index] ?? 0) + 1;
    const least = Math.min(...uses);
    const preferred = hashOf(id) % NODE_PALETTE.length;
    for (let step = 0; step < NODE_PALETTE.length; step += 1) {
      const index = (preferred + step) % NODE_PALETTE.length;
      if (uses[index] === least) return index;
    }
    return preferred;
  }
}
