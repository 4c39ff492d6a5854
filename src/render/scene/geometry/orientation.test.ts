import { describe, expect, it } from 'vitest';
import { readScene } from '../index.ts';
import { oneFile, TestScene, triples } from '../testing.ts';
import { areNormalsTurned, isInsideOut } from './orientation.ts';

/** A unit cube; every face has corners of its own, so only places tell that they meet. */
function cube(isTurned: boolean, faces = 6): { positions: Float32Array; indices: Uint32Array } {
  const positions: number[] = [];
  const indices: number[] = [];
  for (let face = 0; face < faces; face++) {
    const axis = face % 3;
    const side = face < 3 ? 0 : 1;
    for (const [u, v] of [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
    ] as const) {
      const corner = [0, 0, 0];
      corner[axis] = side;
      corner[(axis + 1) % 3] = u;
      corner[(axis + 2) % 3] = v;
      positions.push(...corner);
    }
    const first = 4 * face;
    const isOutward = side === 1;
    const order = isOutward !== isTurned ? [0, 1, 2, 0, 2, 3] : [0, 2, 1, 0, 3, 2];
    indices.push(...order.map((corner) => first + corner));
  }
  return { positions: Float32Array.from(positions), indices: Uint32Array.from(indices) };
}

describe('a body', () => {
  it('is inside out when it is closed and its fronts are inside', () => {
    expect(isInsideOut(cube(true))).toBe(true);
    expect(isInsideOut(cube(false))).toBe(false);
    expect(isInsideOut(cube(true, 5))).toBe(false);
  });

  it('has turned normals when nearly all point against its faces', () => {
    const faces = cube(false);
    const outward = faces.positions.map((value) => value - 0.5);
    expect(areNormalsTurned(faces, outward)).toBe(false);
    expect(
      areNormalsTurned(
        faces,
        outward.map((value) => -value),
      ),
    ).toBe(true);
    const half = outward.map((value, i) => (i < outward.length / 2 ? value : -value));
    expect(areNormalsTurned(faces, half)).toBe(false);
  });
});

async function readCube({ isTurned = true, doubleSided = false, normals = 0, more = (_: TestScene) => {} }) {
  const test = new TestScene();
  const { positions, indices } = cube(isTurned);
  const primitive = test.document
    .createPrimitive()
    .setAttribute('POSITION', test.accessor('VEC3', positions))
    .setIndices(test.accessor('SCALAR', Uint16Array.from(indices)))
    .setMaterial(test.document.createMaterial().setDoubleSided(doubleSided));
  if (normals !== 0) {
    const pointing = positions.map((value) => (value - 0.5) * normals);
    primitive.setAttribute('NORMAL', test.accessor('VEC3', pointing));
  }
  test.show(primitive);
  more(test);
  const { scene } = await readScene(oneFile('a.glb', await test.glb()));
  return scene;
}

/** Of the first triangle: whether its front, and its normal, point away from the middle of the cube. */
function outward(scene: Awaited<ReturnType<typeof readCube>>): [boolean, boolean] {
  const [a = 0, b = 0, c = 0] = scene.indices;
  const points = triples(scene.positions);
  const [p = [], q = [], r = []] = [points[a], points[b], points[c]];
  const edge = (to: readonly number[]): number[] => [0, 1, 2].map((i) => (to[i] ?? 0) - (p[i] ?? 0));
  const [u, v] = [edge(q), edge(r)];
  const face = [0, 1, 2].map(
    (i) => (u[(i + 1) % 3] ?? 0) * (v[(i + 2) % 3] ?? 0) - (u[(i + 2) % 3] ?? 0) * (v[(i + 1) % 3] ?? 0),
  );
  const fromMiddle = [0, 1, 2].map((i) => ((p[i] ?? 0) + (q[i] ?? 0) + (r[i] ?? 0)) / 3 - 0.5);
  const dot = (n: readonly number[]): number =>
    fromMiddle.reduce((sum, value, i) => sum + value * (n[i] ?? 0), 0);
  return [dot(face) > 0, dot(triples(scene.normals)[a] ?? []) > 0];
}

describe('a scene', () => {
  it('has closed bodies turned right side out, whatever normals they brought', async () => {
    for (const normals of [0, 1, -1])
      expect(outward(await readCube({ normals })), `${normals}`).toEqual([true, true]);
    expect(outward(await readCube({ isTurned: false }))).toEqual([true, true]);
  });

  it('has normals that point against their faces turned, of open surfaces too', async () => {
    expect(outward(await readCube({ isTurned: false, normals: -1 }))).toEqual([true, true]);
  });

  it('leaves a room as it is: seen from within, or with something in it', async () => {
    const seenFromWithin = (test: TestScene): void => {
      const camera = test.document.createCamera().setType('perspective').setYFov(1);
      test.scene.addChild(test.document.createNode().setCamera(camera).setTranslation([0.5, 0.5, 0.5]));
    };
    const furnished = (test: TestScene): void => {
      test.show(test.triangle()).setScale([0.1, 0.1, 0.1]).setTranslation([0.4, 0.4, 0.4]);
    };
    expect(outward(await readCube({ more: seenFromWithin }))).toEqual([false, false]);
    expect(outward(await readCube({ more: furnished }))).toEqual([false, false]);
  });

  it('leaves what shows both its sides', async () => {
    expect(outward(await readCube({ doubleSided: true }))).toEqual([false, false]);
  });
});
