/**
 * One glTF file to one FlatScene: checks its structure, decodes its geometry, puts every primitive in its place, and
 * decodes the images that are used. The order of everything follows the file, so the result's bytes do too.
 */
import { CheckedJson, type JsonObject } from '../checked-json.ts';
import { SceneError } from '../errors.ts';
import type { FlatScene } from '../format.ts';
import type { ReadSceneOptions, SceneFile } from '../read-options.ts';
import type { Warnings } from '../warnings.ts';
import { Accessors } from './accessors.ts';
import { Animations } from './animations.ts';
import { readBuffers } from './buffers.ts';
import { readCameras, wholeSceneCamera } from './cameras.ts';
import type { Container } from './container.ts';
import { decodeAccessors } from './decode-accessors.ts';
import { checkExtensions } from './extensions.ts';
import { readCopies } from './gpu-instancing.ts';
import { readImages } from './images.ts';
import { readLights } from './lights.ts';
import { Materials } from './materials.ts';
import { type Mesh, readMeshes } from './meshes.ts';
import { type Node, readNodes } from './nodes.ts';
import { placeMeshes } from './placements.ts';
import { Poser } from './poser.ts';
import { readSkins } from './skins.ts';
import { Textures } from './textures.ts';
import { placeNodes } from './world.ts';

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
  const copies = readCopies(json, tree, accessors);
  const skins = readSkins(json, root, accessors);
  const animations = new Animations(json, root, tree.nodes, accessors, choice, warnings);

  const numbersOf = await decodeAccessors(buffers, accessors, meshes);
  const pose = animations.pose(numbersOf, (node) => targetCount(tree.nodes[node], meshes));
  const world = placeNodes(json, root, tree, pose);
  const cameras = readCameras(json, root, world.cameras, warnings);
  const lights = readLights(json, root, world.lights, warnings);
  const textures = new Textures(json, root, warnings);
  const materials = new Materials(json, root, textures, warnings);
  const poser = new Poser(skins, world, numbersOf);
  const arrays = await placeMeshes(world.meshes, {
    ...{ meshes, copies, poser, numbersOf, materials, textures },
    onStep: (done, total) => onStep('geometry', done, total),
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
