import { InstancedMesh, Mesh } from 'three';
import { describe, expect, it } from 'vitest';
import type { FlatScene } from '../../render/scene/index.ts';
import { PLAIN_MATERIAL } from '../../render/scene/test-material.ts';
import { sceneMesh } from './scene-meshes.ts';

/** Six triangles, the last four of which are a mesh in three places. */
const SCENE: FlatScene = {
  positions: new Float32Array(9),
  normals: new Float32Array(9),
  tangents: new Float32Array(),
  colors: new Float32Array(),
  uv0: new Float32Array(6),
  uv1: new Float32Array(),
  indices: Uint32Array.from({ length: 18 }, (_, i) => i % 3),
  triangleMaterials: Uint32Array.of(0, 1, 1, 0, 1, 0),
  meshes: [{ firstTriangle: 2, triangleCount: 4 }],
  instanceMeshes: Uint32Array.of(0, 0, 0),
  instanceTransforms: Float32Array.from([1, -1, 1].flatMap((x) => [x, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0])),
  lights: [],
  materials: [PLAIN_MATERIAL, PLAIN_MATERIAL],
  textures: [],
  images: [],
  cameras: [],
  bounds: { min: [0, 0, 0], max: [1, 1, 1] },
  warnings: [],
};

/** Triangles that three draws. */
function drawn(scene: FlatScene): number {
  let triangles = 0;
  const { mesh, dispose } = sceneMesh(scene);
  mesh.traverse((object) => {
    if (!(object instanceof Mesh)) return;
    const indices = object.geometry.groups.reduce(
      (sum: number, { count }: { count: number }) => sum + count,
      0,
    );
    triangles += (indices / 3) * (object instanceof InstancedMesh ? object.count : 1);
  });
  dispose();
  return triangles;
}

describe('the preview of a scene', () => {
  it('draws every triangle of the world and of every instance', () => {
    expect(drawn(SCENE)).toBe(2 + 3 * 4);
  });

  it('draws instances where the world is empty, and the world where there are none', () => {
    expect(drawn({ ...SCENE, meshes: [{ firstTriangle: 0, triangleCount: 6 }] })).toBe(18);
    const none = { meshes: [], instanceMeshes: new Uint32Array(), instanceTransforms: new Float32Array() };
    expect(drawn({ ...SCENE, ...none })).toBe(6);
  });

  it("takes the triangle's own normal where a vertex has none", () => {
    const shader = { fragmentShader: '#include <normal_fragment_begin>' };
    sceneMesh(SCENE).mesh.traverse((object) => {
      const [material] = object instanceof Mesh ? object.material : [];
      material?.onBeforeCompile(shader);
    });
    expect(shader.fragmentShader).toContain('dot( vNormal, vNormal ) > 0.0 ? normalize( vNormal ) : face');
  });

  it('shares one set of vertices among all', () => {
    const positions = new Set<unknown>();
    sceneMesh(SCENE).mesh.traverse((object) => {
      if (object instanceof Mesh) positions.add(object.geometry.getAttribute('position'));
    });
    expect(positions.size).toBe(1);
  });
});
