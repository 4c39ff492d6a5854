import { describe, expect, it } from 'vitest';
import { readScene } from '../index.ts';
import { oneFile, TestScene } from '../testing.ts';
import { marksOf, markTriangles } from './marks.ts';
import { isInsideOut } from './orientation.ts';

const numbers = (count: number): Uint32Array => Uint32Array.from({ length: count }, (_, i) => i);
const CORNERS = Float32Array.of(0, 0, 0, 3, 0, 0, 3, 4, 0, 0, 4, 0);

describe('points', () => {
  it('are little closed bodies about their places, the rounder the fewer', () => {
    const { positions, normals, indices, origins } = marksOf(0, CORNERS, numbers(4), 1);
    expect(indices).toHaveLength(3 * markTriangles(0, 4));
    expect(markTriangles(0, 4)).toBe(4 * 20);
    expect(markTriangles(0, 400_000)).toBe(400_000 * 8);
    const first = { positions: positions.subarray(0, 36), indices: indices.subarray(0, 60) };
    expect(isInsideOut(first)).toBe(false);
    expect(isInsideOut({ ...first, indices: first.indices.toReversed() })).toBe(true);
    for (let i = 0; i < origins.length; i++) {
      const centre = CORNERS.subarray(3 * (origins[i] ?? 0), 3 * (origins[i] ?? 0) + 3);
      const offset = [0, 1, 2].map((axis) => (positions[3 * i + axis] ?? 0) - (centre[axis] ?? 0));
      // A hundredth of the diagonal, which is 5.
      expect(Math.hypot(...offset)).toBeCloseTo(0.05, 5);
      for (const [axis, value] of offset.entries()) {
        expect(value / 0.05).toBeCloseTo(normals[3 * i + axis] ?? 0, 4);
      }
    }
  });

  it('are as large as asked for, and smaller where there are many', () => {
    const size = (count: number, factor: number): number => {
      const cloud = Float32Array.from({ length: 3 * count }, (_, i) => (i === 3 * count - 1 ? 5 : 0));
      const { positions } = marksOf(0, cloud, numbers(count), factor);
      return Math.max(...positions.subarray(0, 3).map(Math.abs));
    };
    expect(size(100, 2)).toBeCloseTo(2 * size(100, 1), 6);
    expect(size(10_000, 1)).toBeLessThan(size(100, 1));
  });

  it('beyond a number are thinned out evenly, and the count foretells it', () => {
    const count = 1_200_000;
    const { every, indices } = marksOf(0, new Float32Array(3 * count), numbers(count), 1);
    expect(every).toBe(3);
    expect(indices.length / 3).toBe(markTriangles(0, count));
  });

  it('without a place are not drawn', () => {
    const { origins } = marksOf(
      0,
      CORNERS.map((value, i) => (i === 4 ? Number.NaN : value)),
      numbers(4),
      1,
    );
    expect([...new Set(origins)]).toEqual([0, 2, 3]);
  });
});

describe('lines', () => {
  it('are tubes from end to end: each two vertices, a loop, or a strip', () => {
    for (const [mode, segments] of [
      [1, 2],
      [2, 4],
      [3, 3],
    ] as const) {
      const { indices, every } = marksOf(mode, CORNERS, numbers(4), 1);
      expect(indices.length / 3).toBe(12 * segments);
      expect(markTriangles(mode, 4)).toBe(12 * segments);
      expect(every).toBe(1);
    }
  });

  it('have their fronts outside and normals at right angles to themselves', () => {
    const { positions, normals, indices } = marksOf(1, CORNERS, numbers(2), 1);
    const [a = 0, b = 0, c = 0] = indices;
    const at = (vertex: number, axis: number): number => positions[3 * vertex + axis] ?? 0;
    const edge = (to: number): number[] => [0, 1, 2].map((axis) => at(to, axis) - at(a, axis));
    const [[ux = 0, uy = 0, uz = 0], [vx = 0, vy = 0, vz = 0]] = [edge(b), edge(c)];
    const face = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
    const normal = Array.from(normals.subarray(3 * a, 3 * a + 3));
    expect(face.reduce((sum, value, i) => sum + value * (normal[i] ?? 0), 0)).toBeGreaterThan(0);
    expect(normal[0]).toBeCloseTo(0, 6);
  });
});

describe('a scene of points alone', () => {
  it('is a picture, in the colours of its points', async () => {
    const test = new TestScene();
    const primitive = test.document
      .createPrimitive()
      .setMode(0)
      .setAttribute('POSITION', test.accessor('VEC3', CORNERS))
      .setAttribute('COLOR_0', test.accessor('VEC4', new Float32Array(16).fill(0.5)));
    test.show(primitive);
    const { scene } = await readScene(oneFile('a.glb', await test.glb()));
    expect(scene.indices).toHaveLength(3 * 80);
    expect(scene.colors[0]).toBe(0.5);
    expect(scene.materials).toMatchObject([{ metallic: 0 }]);
    expect(scene.warnings).toEqual([]);
    const { scene: larger } = await readScene(oneFile('a.glb', await test.glb()), { pointSize: 10 });
    expect(larger.bounds.max[0]).toBeGreaterThan(scene.bounds.max[0]);
  });
});
