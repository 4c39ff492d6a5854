/**
 * One glTF file to one FlatScene: checks its structure, decodes its geometry, puts every primitive in its place, and
 * decodes the images that are used. The order of everything follows the file, so the result's bytes do too.
 */

import { CheckedJson, EMPTY, type JsonObject } from '../checked-json.ts';
import { SceneError } from '../errors.ts';
import { farOrigin } from '../geometry/far-origin.ts';
import { lengthFactor, rescaled } from '../geometry/rescale.ts';
import type { ReadSceneOptions, SceneFile } from '../read-options.ts';
import type { Warnings } from '../warnings.ts';
import { loadDraco } from '../wasm/draco.ts';
import { Accessors, type Numbers } from './accessors.ts';
import { Animations } from './animations.ts';
import { type BufferViews, type Resolve, readBuffers } from './buffers.ts';
import { readCameras, usableCameras, wholeSceneCamera } from './cameras.ts';
import type { Container } from './container.ts';
import { unpackDraco } from './draco.ts';
import { checkExtensions } from './extensions.ts';
import { checkInstanceCount, readCopies } from './gpu-instancing.ts';
import { readImages } from './images.ts';
import { readLights } from './lights.ts';
import { Materials } from './materials.ts';
import { type Mesh, readMeshes } from './meshes.ts';
import { type Node, readNodes, sceneNames } from './nodes.ts';
import { ownLight } from './own-light.ts';
import { placeMeshes } from './placements.ts';
import { pointed } from './pointers.ts';
import { Poser } from './poser.ts';
import { RoughBoxes } from './rough-boxes.ts';
import { readSkins } from './skins.ts';
import { Textures } from './textures.ts';
import { chosenAmong, variantNames } from './variants.ts';
import { boundsToShow } from './whole-animation.ts';
import { withoutMissing } from './without-images.ts';
import { placeNodes, restMatrices } from './world.ts';
import { movedWorld } from './world-origin.ts';

export interface FlattenSteps {
  /** Fetches what a `uri` in the file names. */
  readonly resolve: Resolve;
  /** Called between steps; may throw to stop. */
  readonly onStep: (step: 'geometry' | 'images', done: number, total: number) => void;
}

type Choice = Pick<
  ReadSceneOptions,
  'animation' | 'time' | 'scene' | 'variant' | 'pointSize' | 'previewTexels'
>;

/** @throws SceneError where there is nothing to draw, where it is more than can be rendered, or for a choice that is not there */
export async function flatten(
  container: Container,
  warnings: Warnings,
  choice: Choice,
  { resolve, onStep }: FlattenSteps,
): Promise<Omit<SceneFile, 'title' | 'sourceFiles'>> {
  const json = new CheckedJson('json-damaged');
  const given = json.object(container.json, 'glTF');
  checkVersion(json, given, warnings);
  const extensions = checkExtensions(json, given, warnings);
  const views = await readBuffers(json, given, container.binary, resolve, warnings);
  const accessors = new Accessors(json, given, views);
  const numbersOf = (accessor: number): Numbers => accessors.numbersOf(accessor);
  const root = pointed(json, given, accessors, choice, warnings);
  const scenes = sceneNames(json, root);
  const variants = variantNames(json, root, warnings);
  const variant = chosenAmong(variants, choice.variant, 'material variant');
  const meshes = readMeshes(json, root, accessors, views, variant, warnings);
  const tree = readNodes(json, root, chosenAmong(scenes, choice.scene, 'scene'), warnings);
  const copies = readCopies(json, tree, accessors, warnings);
  const skins = readSkins(json, root, accessors, warnings);
  const animations = new Animations(json, root, tree.nodes, accessors, choice, warnings);
  await unpackAll(meshes, views, accessors, warnings);

  const pose = animations.pose(numbersOf, (node) => targetCount(tree.nodes[node], meshes));
  const placed = placeNodes(json, root, tree, pose, warnings);
  checkInstanceCount(placed.meshes, copies);
  const boxes = new RoughBoxes(placed.meshes, { meshes, skins, copies, numbersOf });
  // At rest: it is the same at all moments, as is a view that someone chose.
  const origin = farOrigin(boxes.at(restMatrices(tree)));
  const world = movedWorld(placed, origin);
  const cameras = readCameras(json, root, world.cameras, warnings);
  const lights = readLights(json, root, world.lights, warnings);
  const textures = new Textures(json, root, warnings);
  const materials = new Materials(json, root, textures, warnings);
  const poser = new Poser(skins, world, numbersOf, warnings);
  const { arrays, marks } = await placeMeshes(world.meshes, {
    ...{ meshes, copies, poser, numbersOf, materials, textures, warnings },
    viewpoints: cameras.map(({ position }) => position),
    markSize: choice.pointSize ?? 1,
    onStep: (done, total) => onStep('geometry', done, total),
  });
  if (arrays.indices.length === 0) {
    throw warnings.firstProblem ?? new SceneError('no-triangles', 'the scene', 'has nothing to draw');
  }
  const wanted = textures.images;
  onStep('images', 0, wanted.length);
  const read = await readImages(wanted, {
    ...{ json, root, views, resolve, warnings, previewTexels: choice.previewTexels ?? 0 },
    onDecoded: (done) => onStep('images', done, wanted.length),
  });
  const pictured = withoutMissing(
    materials.list,
    textures.list,
    read.map((image) => image?.image),
  );
  const shown = read.filter((image) => image !== undefined);
  const factor = lengthFactor(arrays.bounds);
  if (factor !== 1) {
    const size = Math.max(...arrays.bounds.max.map((value, i) => value - (arrays.bounds.min[i] ?? 0)));
    const way = factor > 1 ? 'larger' : 'smaller';
    warnings.add(`the scene is ${size.toPrecision(2)} metres large; it was made ${way} to be rendered`);
  }
  const shownBounds = boundsToShow(arrays.bounds, { animations, tree, boxes, numbersOf, origin });
  const asItIs = {
    ...{ ...arrays, ...pictured, lights },
    cameras: [...usableCameras(cameras, factor, warnings), wholeSceneCamera(shownBounds)],
  };
  const scene = rescaled(asItIs, factor);
  return {
    scene: { ...scene, warnings: warnings.list },
    animations: animations.list(numbersOf),
    sceneNames: scenes,
    variantNames: variants,
    contents: { nodes: tree.nodes.length, meshes: meshes.length, skins: skins.length, marks, extensions },
    ownLight: ownLight(scene, (image) => shown[image]?.mean ?? 0),
  };
}

/** Primitives whose Draco stream is damaged stay without values, and are told of where they would be drawn. */
async function unpackAll(
  meshes: readonly Mesh[],
  views: BufferViews,
  accessors: Accessors,
  warnings: Warnings,
): Promise<void> {
  const packed = meshes.flatMap(({ primitives }) => primitives.filter(({ draco }) => draco !== undefined));
  if (packed.length === 0) return;
  const module = await loadDraco();
  for (const primitive of packed) {
    warnings.salvage(
      () => unpackDraco(primitive, module, views, accessors),
      undefined,
      'it is drawn without it, if at all',
    );
  }
}

/** How many morph targets the mesh of a node has; its primitives should agree. */
function targetCount(node: Node | undefined, meshes: readonly Mesh[]): number {
  const { mesh } = node?.def ?? {};
  const primitives = typeof mesh === 'number' ? (meshes[mesh]?.primitives ?? []) : [];
  return primitives.reduce((most, { targets }) => Math.max(most, targets.length), 0);
}

/** glTF 1.0 named its parts where 2.0 numbers them, and could leave out `asset`. */
function checkVersion(json: CheckedJson, root: JsonObject, warnings: Warnings): void {
  const { asset, ...parts } = root;
  const isOld = ['accessors', 'buffers', 'meshes', 'nodes', 'scenes'].some(
    (name) => typeof parts[name] === 'object' && !Array.isArray(parts[name]),
  );
  const { version, minVersion } =
    isOld && asset === undefined ? { version: '1.0' } : assetOf(json, asset, warnings);
  const needed = String(minVersion ?? version ?? (isOld ? '1.0' : '2.0'));
  if (/^2(?:\.|$)/.test(needed) && (minVersion === undefined || needed === '2.0')) return;
  const advice = /^[01](?:\.|$)/.test(needed) ? '; convert the file or export it again' : '';
  throw new SceneError(
    'version-unsupported',
    'asset.version',
    `is "${needed.slice(0, 20)}"; this is glTF ${needed.slice(0, 20)}, and only glTF 2.0 is read${advice}`,
  );
}

function assetOf(json: CheckedJson, asset: unknown, warnings: Warnings): JsonObject {
  return warnings.salvage(() => json.object(asset, 'asset'), EMPTY, 'it is taken for glTF 2.0');
}
