/**
 * One glTF file to one FlatScene: checks its structure, decodes its geometry, places every primitive in the world, and
 * decodes the images that are used. The order of everything follows the file, so the result's bytes do too.
 */
import { CheckedJson, type JsonObject } from '../checked-json.ts';
import { SceneError } from '../errors.ts';
import type { FlatScene } from '../format.ts';
import type { LocalGeometry } from '../geometry/geometry.ts';
import { localGeometry } from '../geometry/local-geometry.ts';
import { type Placement, placeAll } from '../geometry/place.ts';
import { triangleCount } from '../geometry/triangulate.ts';
import { MAX_PRIMITIVE_INSTANCES, MAX_TRIANGLES } from '../limits.ts';
import type { ReadSceneOptions, SceneFile } from '../read-options.ts';
import { needsTangents, tangentMap } from '../tangent-space.ts';
import type { Warnings } from '../warnings.ts';
import { Accessors } from './accessors.ts';
import { Animations } from './animations.ts';
import { readBuffers } from './buffers.ts';
import { readCameras, wholeSceneCamera } from './cameras.ts';
import type { Container } from './container.ts';
import { decodeAccessors, type Numbers } from './decode-accessors.ts';
import { checkExtensions } from './extensions.ts';
import { readImages } from './images.ts';
import { readLights } from './lights.ts';
import { Materials } from './materials.ts';
import { type Mesh, type Primitive, readMeshes } from './meshes.ts';
import { type Node, readNodes } from './nodes.ts';
import { Poser } from './poser.ts';
import { readSkins } from './skins.ts';
import { Textures } from './textures.ts';
import { type MeshInstance, placeNodes } from './world.ts';

export interface FlattenSteps {
  /** Fetches what a `uri` in the file names. */
  readonly resolve: (uri: string, part: string) => Uint8Array;
  /** Called between steps; may throw to stop. */
  readonly onStep: (step: 'geometry' | 'images', done: number, total: number) => void;
}

/** @throws SceneError of any code but `blob-damaged` and `unknown-builtin` */
export async function flatten(
  container: Container,
  warnings: Warnings,
  choice: Pick<ReadSceneOptions, 'animation' | 'time'>,
  { resolve, onStep }: FlattenSteps,
): Promise<Pick<SceneFile, 'scene' | 'animations'>> {
  const json = new CheckedJson('json-damaged');
  const root = json.object(container.json, 'glTF');
  checkVersion(json, root);
  checkExtensions(json, root, warnings);
  const buffers = readBuffers(json, root, container.binary, resolve);
  const accessors = new Accessors(json, root, buffers.views);
  const meshes = readMeshes(json, root, accessors, buffers.views, warnings);
  const tree = readNodes(json, root);
  const skins = readSkins(json, root, accessors);
  const animations = new Animations(json, root, tree.nodes, accessors, choice, warnings);

  const numbersOf = await decodeAccessors(buffers, accessors, meshes);
  const pose = animations.pose(numbersOf, (node) => targetCount(tree.nodes[node], meshes));
  const world = placeNodes(json, root, tree, pose);
  const cameras = readCameras(json, root, world.cameras, warnings);
  const lights = readLights(json, root, world.lights, warnings);
  checkSize(world.meshes, meshes, numbersOf);
  const textures = new Textures(json, root, warnings);
  const materials = new Materials(json, root, textures, warnings);
  const poser = new Poser(skins, world, numbersOf);
  const placements = await placementsOf(world.meshes, meshes, poser, numbersOf, materials, textures, onStep);
  const arrays = placeAll(placements, {
    tangents: materials.list.some(needsTangents),
    uv1: textures.list.some(({ texCoord }) => texCoord === 1),
  });
  if (arrays.indices.length === 0) {
    throw new SceneError('no-triangles', 'the scene', 'has no triangle to draw');
  }
  const wanted = textures.images;
  onStep('images', 0, wanted.length);
  const images = await readImages(json, root, wanted, buffers.views, resolve, (done) =>
    onStep('images', done, wanted.length),
  );
  const scene: FlatScene = {
    ...arrays,
    meshes: [],
    instanceMeshes: new Uint32Array(),
    instanceTransforms: new Float32Array(),
    lights,
    materials: materials.list,
    textures: textures.list,
    images,
    cameras: [...cameras, wholeSceneCamera(arrays.bounds)],
    warnings: warnings.list,
  };
  return { scene, animations: animations.list(numbersOf) };
}

/** How many morph targets the mesh of a node has; its primitives should agree. */
function targetCount(node: Node | undefined, meshes: readonly Mesh[]): number {
  const { mesh } = node?.def ?? {};
  const primitives = typeof mesh === 'number' ? (meshes[mesh]?.primitives ?? []) : [];
  return primitives.reduce((most, { targets }) => Math.max(most, targets.length), 0);
}

function checkVersion(json: CheckedJson, root: JsonObject): void {
  const { asset } = root;
  const { version, minVersion } = json.object(asset, 'asset');
  const needed = json.text(minVersion ?? version, 'asset.version');
  if (!/^2\./.test(needed) || (minVersion !== undefined && needed !== '2.0')) {
    throw new SceneError(
      'version-unsupported',
      'asset.version',
      `is "${needed.slice(0, 20)}"; glTF 2.0 is read`,
    );
  }
}

/** Before any triangle is made: how many there will be. */
function checkSize(
  instances: readonly MeshInstance[],
  meshes: readonly Mesh[],
  numbersOf: (accessor: number) => Numbers,
): void {
  const counts = meshes.map(({ primitives }) =>
    primitives.reduce((sum, primitive) => sum + trianglesOf(primitive, numbersOf), 0),
  );
  let triangles = 0;
  let primitives = 0;
  for (const { mesh } of instances) {
    triangles += counts[mesh] ?? 0;
    primitives += meshes[mesh]?.primitives.length ?? 0;
  }
  if (triangles > MAX_TRIANGLES || primitives > MAX_PRIMITIVE_INSTANCES) {
    const found = `${triangles} triangles in ${primitives} primitives`;
    throw new SceneError('too-large', 'the scene', `has ${found}; up to ${MAX_TRIANGLES} are rendered`);
  }
}

function trianglesOf({ mode, def }: Primitive, numbersOf: (accessor: number) => Numbers): number {
  const { POSITION: position } = def.attributes;
  const vertices = (): number => (position === undefined ? 0 : numbersOf(position).array.length / 3);
  return triangleCount(mode, def.indices === undefined ? vertices() : numbersOf(def.indices).array.length);
}

async function placementsOf(
  instances: readonly MeshInstance[],
  meshes: readonly Mesh[],
  poser: Poser,
  numbersOf: (accessor: number) => Numbers,
  materials: Materials,
  textures: Textures,
  onStep: FlattenSteps['onStep'],
): Promise<Placement[]> {
  const geometries = new Map<Primitive, LocalGeometry>();
  const placements: Placement[] = [];
  const reportEvery = Math.ceil(instances.length / 100);
  for (const [i, instance] of instances.entries()) {
    if (i % reportEvery === 0) onStep('geometry', i, instances.length);
    const mesh = meshes[instance.mesh];
    if (!mesh) continue;
    const { matrix, deform: deformOf } = poser.pose(instance, mesh);
    for (const primitive of mesh.primitives) {
      const { place, material } = materials.use(primitive.material);
      const deform = deformOf(primitive);
      let geometry = deform ? undefined : geometries.get(primitive);
      if (!geometry) {
        geometry = await localGeometry(primitive, numbersOf, tangentMap(material, textures.list), deform);
        if (!deform) geometries.set(primitive, geometry);
      }
      if (geometry.indices.length > 0)
        placements.push({ geometry, matrix, material: place, part: primitive.part });
    }
  }
  return placements;
}
