/** The node tree at one moment: which mesh, camera and light stands where in the world, and in which pose. */
import type { CheckedJson, JsonObject } from '../checked-json.ts';
import { composeMatrix, IDENTITY, type Matrix4, multiplyMatrices } from '../geometry/matrix.ts';
import type { Warnings } from '../warnings.ts';
import type { Pose } from './animations.ts';
import { extensionOf } from './extensions.ts';
import { LIGHTS, type LightInstance, lightDefs } from './lights.ts';
import { readWeights } from './meshes.ts';
import type { Node, NodeTree } from './nodes.ts';

export interface MeshInstance {
  /** The node's number. */
  readonly node: number;
  readonly mesh: number;
  readonly matrix: Matrix4;
  /** An index into the file's skins: its joints decide instead of `matrix` (glTF 2.0 section 3.7.3.3). */
  readonly skin: number | undefined;
  /** Of the mesh's morph targets; undefined: the mesh's own. */
  readonly weights: readonly number[] | undefined;
}

export interface CameraInstance {
  readonly camera: number;
  /** The node's name, "" without one. */
  readonly nodeName: string;
  readonly matrix: Matrix4;
}

export interface World {
  /** One a node of the file. */
  readonly matrices: readonly Matrix4[];
  readonly meshes: readonly MeshInstance[];
  readonly cameras: readonly CameraInstance[];
  readonly lights: readonly LightInstance[];
}

/** What a node names and is not there, it does not have. */
export function placeNodes(
  json: CheckedJson,
  root: JsonObject,
  tree: NodeTree,
  pose: Pose,
  warnings: Warnings,
): World {
  const { meshes: meshDefs, cameras: cameraDefs, skins: skinDefs } = root;
  const lengthOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0);
  const [meshCount, cameraCount, skinCount] = [meshDefs, cameraDefs, skinDefs].map(lengthOf);
  const lightCount = lightDefs(json, root, warnings).length;
  const matrices = posedMatrices(tree, pose);
  const world = {
    meshes: [] as MeshInstance[],
    cameras: [] as CameraInstance[],
    lights: [] as LightInstance[],
  };
  for (const { index } of tree.shown) {
    const def = tree.nodes[index]?.def ?? {};
    const matrix = matrices[index] ?? IDENTITY;
    const part = `nodes[${index}]`;
    const { mesh: rawMesh, camera: rawCamera, skin: rawSkin, weights: rawWeights, name } = def;
    const indexOf = (value: unknown, count = 0, field = ''): number | undefined =>
      warnings.salvage(() => json.optionalIndex(value, count, `${part}.${field}`), undefined);
    const mesh = indexOf(rawMesh, meshCount, 'mesh');
    const camera = indexOf(rawCamera, cameraCount, 'camera');
    const { light: rawLight } = warnings.salvage(() => extensionOf(json, def, LIGHTS, part), undefined) ?? {};
    const light = indexOf(rawLight, lightCount, `extensions.${LIGHTS}.light`);
    const nodeName = json.name(name, '');
    if (mesh !== undefined) {
      const skin = indexOf(rawSkin, skinCount, 'skin');
      const weights =
        pose.weights.get(index) ??
        warnings.salvage(() => readWeights(json, rawWeights, `${part}.weights`), undefined);
      world.meshes.push({ node: index, mesh, matrix, skin, weights });
    }
    if (camera !== undefined) world.cameras.push({ camera, nodeName, matrix });
    if (light !== undefined) world.lights.push({ light, nodeName, matrix });
  }
  return { ...world, matrices };
}

const AT_REST: Pose = {
  translation: new Map(),
  rotation: new Map(),
  scale: new Map(),
  weights: new Map(),
};

/** Where every node of the file stands while nothing is animated. */
export function restMatrices(tree: NodeTree): readonly Matrix4[] {
  return posedMatrices(tree, AT_REST);
}

/** Where every node of the file stands in a pose. */
export function posedMatrices({ nodes, shown, hidden }: NodeTree, pose: Pose): Matrix4[] {
  const matrices: Matrix4[] = nodes.map(() => IDENTITY);
  for (const { index, parent } of [...shown, ...hidden]) {
    const node = nodes[index];
    const local = node ? localMatrix(node, index, pose) : IDENTITY;
    matrices[index] = multiplyMatrices(matrices[parent] ?? IDENTITY, local);
  }
  return matrices;
}

function localMatrix(node: Node, index: number, { translation, rotation, scale }: Pose): Matrix4 {
  if (node.matrix) return node.matrix;
  return composeMatrix(
    translation.get(index) ?? node.translation,
    rotation.get(index) ?? node.rotation,
    scale.get(index) ?? node.scale,
  );
}
