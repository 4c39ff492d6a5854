import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { GraphLayout, viewBoxOf } from './graph-layout.ts';

const random = seededRandom(1);
const [a, b, c] = [newNodeId(random), newNodeId(random), newNodeId(random)];

describe('the layout of the graph', () => {
  it('keeps those that stay where they are when others come and go', () => {
    const layout = new GraphLayout(() => undefined);
    layout.stop(); // only what `update` itself does
    layout.update([a, b], [{ a, b, rttMs: 1 }]);
    layout.stop();
    const before = layout.nodes.get(b);
    layout.update([b, c], [{ a: b, b: c, rttMs: 1 }]);
    layout.stop();
    expect([...layout.nodes.keys()]).toEqual([b, c]);
    expect(layout.nodes.get(b)).toBe(before);
  });

  it('draws no Edge to a Node that is not there', () => {
    const layout = new GraphLayout(() => undefined);
    layout.update([a], [{ a, b, rttMs: 1 }]);
    layout.stop();
    expect([...layout.nodes.keys()]).toEqual([a]);
  });

  it('holds a Node while it is dragged, and lets it go', () => {
    const layout = new GraphLayout(() => undefined);
    layout.update([a], []);
    layout.pin(a, { x: 7, y: -3 });
    expect(layout.nodes.get(a)).toMatchObject({ fx: 7, fy: -3 });
    layout.pin(a, undefined);
    layout.pin(b, { x: 1, y: 1 });
    expect(layout.nodes.get(a)).toMatchObject({ fx: null, fy: null });
    layout.stop();
  });
});

describe('the rectangle in sight', () => {
  it('is never small, and holds every Node with its labels', () => {
    expect(viewBoxOf([])).toEqual([-160, -110, 320, 220]);
    const [left, top, width, height] = viewBoxOf([
      { id: a, x: -300, y: 0 },
      { id: b, x: 10, y: 400 },
    ]);
    expect(left).toBeLessThanOrEqual(-300 - 60);
    expect(left + width).toBe(160);
    expect(top).toBe(-110);
    expect(top + height).toBeGreaterThanOrEqual(400 + 50);
  });
});
