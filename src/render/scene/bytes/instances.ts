/**
 * The instances of an encoded scene, three sections: u32 a mesh, the number of its triangles (meshes follow each other at the end
 * of all triangles); u32 an instance, its mesh; 12 f32 an instance, its matrix.
 */
import { emits, isPlacement, MAX_INSTANCES } from '../../placement.ts';
import { SceneError } from '../errors.ts';
import type { FlatMaterial, FlatScene } from '../format.ts';
import { viewFloat32, viewUint32 } from './sections.ts';

export const INSTANCE_SECTIONS = 3;

type Instances = Pick<FlatScene, 'meshes' | 'instanceMeshes' | 'instanceTransforms'>;

export function instanceSections({
  meshes,
  instanceMeshes,
  instanceTransforms,
}: Instances): ArrayBufferView[] {
  const counts = Uint32Array.from(meshes, ({ triangleCount }) => triangleCount);
  return [counts, instanceMeshes, instanceTransforms];
}

/** @param triangleMaterials checked @throws SceneError `blob-damaged` */
export function readInstances(
  sections: readonly Uint8Array[],
  triangleMaterials: Uint32Array,
  materials: readonly FlatMaterial[],
): Instances {
  const [counts, instanceMeshes, rows] = sections.map((section, i) => {
    if (section.length % 4 !== 0) throw damaged(`has section ${i} of ${section.length} bytes`);
    return section;
  });
  const triangleCounts = viewUint32(counts ?? new Uint8Array());
  let firstTriangle = triangleMaterials.length;
  for (const count of triangleCounts) {
    if (count === 0) throw damaged('has a mesh without triangles');
    firstTriangle -= count;
  }
  if (firstTriangle < 0) throw damaged(`has ${-firstTriangle} triangles more in meshes than there are`);
  requireDark(triangleMaterials.subarray(firstTriangle), materials);
  const meshes = Array.from(triangleCounts, (triangleCount) => {
    const mesh = { firstTriangle, triangleCount };
    firstTriangle += triangleCount;
    return mesh;
  });
  const numbers = viewUint32(instanceMeshes ?? new Uint8Array());
  if (numbers.length > MAX_INSTANCES) throw damaged(`claims ${numbers.length}`);
  for (const mesh of numbers) {
    if (mesh >= meshes.length) throw damaged(`names mesh ${mesh} of ${meshes.length}`);
  }
  const instanceTransforms = viewFloat32(rows ?? new Uint8Array());
  if (instanceTransforms.length !== 12 * numbers.length) {
    throw damaged(`has ${instanceTransforms.length} numbers for the places of ${numbers.length}`);
  }
  for (let at = 0; at < instanceTransforms.length; at += 12) {
    if (!isPlacement(instanceTransforms, at)) throw damaged(`has a singular matrix for number ${at / 12}`);
  }
  return { meshes, instanceMeshes: numbers, instanceTransforms };
}

function requireDark(triangleMaterials: Uint32Array, materials: readonly FlatMaterial[]): void {
  const shining = materials.map(emits);
  if (!shining.includes(true)) return;
  for (const material of triangleMaterials) {
    if (shining[material]) throw damaged('has a mesh that emits');
  }
}

function damaged(reason: string): SceneError {
  return new SceneError('blob-damaged', 'instances', reason);
}
