import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { type NodeId, newNodeId } from '../../wire/index.ts';
import { NODE_PALETTE, NodeColours, nodeTag } from './node-colours.ts';

const random = seededRandom(7);
const nodes = (count: number): NodeId[] => Array.from({ length: count }, () => newNodeId(random));

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
}

describe('colours of Nodes', () => {
  it('differ while there are no more Nodes than colours', () => {
    const colours = new NodeColours();
    const fills = nodes(NODE_PALETTE.length).map((id) => colours.of(id).fill);
    expect(new Set(fills).size).toBe(NODE_PALETTE.length);
  });

  it('stay the same whoever joins later', () => {
    const colours = new NodeColours();
    const first = nodes(6);
    const before = first.map((id) => colours.of(id).fill);
    for (const id of nodes(40)) colours.of(id);
    expect(first.map((id) => colours.of(id).fill)).toEqual(before);
  });

  it("are the uuid's own on every page where nobody else has taken it", () => {
    for (const id of nodes(50)) {
      expect(new NodeColours().of(id).fill).toBe(new NodeColours().of(id).fill);
    }
  });

  it('are shared out evenly when there are more Nodes than colours', () => {
    const colours = new NodeColours();
    const uses = new Map<string, number>();
    for (const id of nodes(3 * NODE_PALETTE.length)) {
      const fill = colours.of(id).fill;
      uses.set(fill, (uses.get(fill) ?? 0) + 1);
    }
    expect([...uses.values()].every((count) => count === 3)).toBe(true);
  });

  it('carry text that is readable on them (WCAG AA)', () => {
    for (const { fill, ink } of NODE_PALETTE) {
      const [light, dark] = [luminance(fill), luminance(ink)].sort((a, b) => b - a) as [number, number];
      expect((light + 0.05) / (dark + 0.05), fill).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('stand beside a tag of four digits', () => {
    const [id] = nodes(1) as [NodeId];
    expect(nodeTag(id)).toMatch(/^[0-9a-f]{4}$/);
    expect(id.startsWith(nodeTag(id))).toBe(true);
  });
});
