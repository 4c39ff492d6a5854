/**
 * The node tree flattened: which mesh and which camera stands where in the world. The tree is walked with a list instead
 * of recursion, and no node may be reached twice, so neither depth nor a cycle can hang or overflow anything.
 */
import type { CheckedJson, JsonObject } from '../checked-json.ts';
import { composeMatrix, IDENTITY, type Matrix4, multiplyMatrices } from '../geometry/matrix.ts';
import type { Accessors } from './accessors.ts';
import { extensionOf } from './extensions.ts';
import { LIGHTS, type LightInstance, lightDefs } from './lights.ts';

interface SkinRest {
  /** World matrix of the skin's first joint. */
  readonly joint: Matrix4;
  /** An accessor of MAT4, whose first entry is that joint's inverse bind matrix. */
  readonly inverseBindMatrices: number | undefined;
}

export interface MeshInstance {
  readonly mesh: number;
  readonly matrix: Matrix4;
  /** Where the node has a skin: it decides instead of `matrix` (glTF 2.0 section 3.7.3.3). */
  readonly skin: SkinRest | undefined;
}

export interface CameraInstance {
  readonly camera: number;
  /** The node's name, "" without one. */
  readonly nodeName: string;
  readonly matrix: Matrix4;
}

export interface World {
  readonly meshes: readonly MeshInstance[];
  readonly cameras: readonly CameraInstance[];
  readonly lights: readonly LightInstance[];
}

interface Node {
  readonly def: JsonObject;
  readonly local: Matrix4;
  readonly children: readonly number[];
}

/** Of the default scene, else the first scene, else all nodes without a parent. @throws SceneError `json-damaged` */
export function readWorld(json: CheckedJson, root: JsonObject, accessors: Accessors): World {
  const { nodes: nodeDefs, meshes: meshDefs, cameras: cameraDefs } = root;
  const meshCount = json.list(meshDefs, 'meshes').length;
  const cameraCount = json.list(cameraDefs, 'cameras').length;
  const lightCount = lightDefs(json, root).length;
  const values = json.list(nodeDefs, 'nodes');
  const nodes = values.map((value, i) => readNode(json, value, `nodes[${i}]`, values.length));
  const matrices: (Matrix4 | undefined)[] = nodes.map(() => undefined);
  const order: number[] = [];
  // A stack, so the next node is the last: depth first in the file's order, which the triangles' order follows.
  const waiting = rootNodes(json, root, nodes)
    .toReversed()
    .map((index) => ({ index, parent: IDENTITY }));
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const node = nodes[next.index];
    if (!node) continue;
    if (matrices[next.index])
      throw json.fail(`nodes[${next.index}]`, 'is reached twice; nodes must form a tree');
    const matrix = multiplyMatrices(next.parent, node.local);
    matrices[next.index] = matrix;
    order.push(next.index);
    for (const index of node.children.toReversed()) waiting.push({ index, parent: matrix });
  }
  const meshes: MeshInstance[] = [];
  const cameras: CameraInstance[] = [];
  const lights: LightInstance[] = [];
  for (const index of order) {
    const def = nodes[index]?.def ?? {};
    const matrix = matrices[index] ?? IDENTITY;
    const part = `nodes[${index}]`;
    const { mesh: rawMesh, camera: rawCamera, skin, name } = def;
    const mesh = json.optionalIndex(rawMesh, meshCount, `${part}.mesh`);
    const camera = json.optionalIndex(rawCamera, cameraCount, `${part}.camera`);
    if (mesh !== undefined) {
      const rest = skin === undefined ? undefined : readSkin(json, root, skin, part, matrices, accessors);
      meshes.push({ mesh, matrix, skin: rest });
    }
    if (camera !== undefined) cameras.push({ camera, nodeName: json.name(name, ''), matrix });
    const { light: rawLight } = extensionOf(json, def, LIGHTS, part) ?? {};
    const light = json.optionalIndex(rawLight, lightCount, `${part}.extensions.${LIGHTS}.light`);
    if (light !== undefined) lights.push({ light, nodeName: json.name(name, ''), matrix });
  }
  return { meshes, cameras, lights };
}

function rootNodes(json: CheckedJson, root: JsonObject, nodes: readonly Node[]): number[] {
  const { scenes: rawScenes, scene: rawScene } = root;
  const scenes = json.list(rawScenes, 'scenes');
  if (scenes.length === 0) {
    const inner = new Set(nodes.flatMap(({ children }) => children));
    return nodes.flatMap((_, i) => (inner.has(i) ? [] : [i]));
  }
  const chosen = json.optionalIndex(rawScene, scenes.length, 'scene') ?? 0;
  const { nodes: rawRoots } = json.object(scenes[chosen], `scenes[${chosen}]`);
  const part = `scenes[${chosen}].nodes`;
  return json.list(rawRoots, part).map((entry, i) => json.index(entry, nodes.length, `${part}[${i}]`));
}

function readNode(json: CheckedJson, value: unknown, part: string, nodeCount: number): Node {
  const def = json.object(value, part);
  const { children, matrix, translation, rotation, scale } = def;
  return {
    def,
    local:
      matrix === undefined
        ? composeMatrix(
            translation === undefined ? [0, 0, 0] : json.numbers(translation, 3, `${part}.translation`),
            rotation === undefined ? [0, 0, 0, 1] : json.numbers(rotation, 4, `${part}.rotation`),
            scale === undefined ? [1, 1, 1] : json.numbers(scale, 3, `${part}.scale`),
          )
        : json.numbers(matrix, 16, `${part}.matrix`),
    children: json
      .list(children, `${part}.children`)
      .map((entry, i) => json.index(entry, nodeCount, `${part}.children[${i}]`)),
  };
}

/**
 * A skinned mesh in its bind pose is placed by joint * inverse bind matrix, the same for all joints; where the file rests
 * in another pose the first joint (the root, mostly) still puts it into its place.
 */
function readSkin(
  json: CheckedJson,
  root: JsonObject,
  reference: unknown,
  part: string,
  matrices: readonly (Matrix4 | undefined)[],
  accessors: Accessors,
): SkinRest | undefined {
  const { skins: rawSkins } = root;
  const skins = json.list(rawSkins, 'skins');
  const index = json.index(reference, skins.length, `${part}.skin`);
  const { joints: rawJoints, inverseBindMatrices } = json.object(skins[index], `skins[${index}]`);
  const joints = json.list(rawJoints, `skins[${index}].joints`);
  const first = json.index(joints[0], matrices.length, `skins[${index}].joints[0]`);
  const joint = matrices[first];
  // A joint outside of the shown scene has no place in the world; the node's own place is the best that is left.
  if (!joint) return undefined;
  return {
    joint,
    inverseBindMatrices:
      inverseBindMatrices === undefined
        ? undefined
        : accessors.use(inverseBindMatrices, ['MAT4'], `skins[${index}].inverseBindMatrices`),
  };
}
