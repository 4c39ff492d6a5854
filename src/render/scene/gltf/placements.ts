/**
 * Every primitive of the shown scene in its place: written to world space, or, for meshes that stand in many places, once in
 * the mesh's own with a list of the places. The order of everything follows the file.
 */
import { SceneError } from '../errors.ts';
import type { FlatMaterial, FlatScene } from '../format.ts';
import type { LocalGeometry } from '../geometry/geometry.ts';
import { canPlace, chooseShared, InstanceTable } from '../geometry/instances.ts';
import { localGeometry } from '../geometry/local-geometry.ts';
import { type MarkMode, markTriangles, segmentCount } from '../geometry/marks.ts';
import { IDENTITY, type Matrix4, type Vector3 } from '../geometry/matrix.ts';
import { boundsOf, type Placement, placeAll } from '../geometry/place.ts';
import { sceneable } from '../geometry/sceneable.ts';
import { type TriangleMode, triangleCount } from '../geometry/triangulate.ts';
import { MAX_PRIMITIVE_INSTANCES, MAX_TRIANGLES } from '../limits.ts';
import type { MarkCounts } from '../read-options.ts';
import { needsTangents, tangentMap } from '../tangent-space.ts';
import type { Warnings } from '../warnings.ts';
import type { Numbers } from './accessors.ts';
import { type Copies, type CopiesDef, copiesAt } from './gpu-instancing.ts';
import type { Materials } from './materials.ts';
import type { Mesh, Primitive } from './meshes.ts';
import type { PosedInstance, Poser } from './poser.ts';
import type { Textures } from './textures.ts';
import type { MeshInstance } from './world.ts';

export interface PlacementSteps {
  readonly meshes: readonly Mesh[];
  /** By the number of the node. */
  readonly copies: ReadonlyMap<number, CopiesDef>;
  readonly poser: Poser;
  readonly numbersOf: (accessor: number) => Numbers;
  readonly materials: Materials;
  readonly textures: Textures;
  /** Where the file's cameras stand. */
  readonly viewpoints: readonly Vector3[];
  /** Factor on the radius of points and lines. */
  readonly markSize: number;
  readonly warnings: Warnings;
  readonly onStep: (done: number, total: number) => void;
}

/** A node with a mesh, and where it draws it. */
interface Standing {
  readonly mesh: number;
  readonly primitives: readonly Primitive[];
  readonly pose: PosedInstance;
  readonly copies: Copies;
  /** One a copy, 1: it could be an instance. */
  readonly fits: Uint8Array;
}

export interface PlacedMeshes {
  readonly arrays: Omit<FlatScene, 'lights' | 'materials' | 'textures' | 'images' | 'cameras' | 'warnings'>;
  readonly marks: MarkCounts;
}

/** @throws SceneError `too-large`, `bad-geometry`, `out-of-range` */
export async function placeMeshes(
  instances: readonly MeshInstance[],
  steps: PlacementSteps,
): Promise<PlacedMeshes> {
  const { meshes, numbersOf, materials, textures, warnings, markSize } = steps;
  const standing = instances.flatMap((instance) => stand(instance, steps));
  const triangles = meshes.map(({ primitives }) =>
    primitives.reduce((sum, primitive) => sum + trianglesOf(primitive, numbersOf, warnings), 0),
  );
  const shared = sharedMeshes(standing, triangles, materials);
  checkSize(standing, triangles, shared);
  tellOfHidden(standing, warnings);

  const marks = { points: 0, lines: 0, triangles: 0 };
  const geometries = new Map<Primitive, LocalGeometry>();
  const place = async (
    primitive: Primitive,
    matrix: Matrix4,
    to: Placement[],
    pose?: PosedInstance,
  ): Promise<void> => {
    const { place: material, material: flat } = materials.use(materialOf(primitive));
    const deform = pose?.deform(primitive);
    let geometry = deform ? undefined : geometries.get(primitive);
    if (!geometry) {
      const normalMap = tangentMap(flat, textures.list);
      try {
        geometry = await localGeometry(primitive, { numbersOf, warnings, normalMap, deform, markSize });
      } catch (error) {
        warnings.excuse(error, 'it is not drawn');
        geometry = NOTHING;
      }
      if (!deform) geometries.set(primitive, geometry);
    }
    if (geometry.indices.length === 0) return;
    to.push({ geometry, matrix, material, part: primitive.part });
    if (primitive.mode >= 4) return;
    const elements = elementsOf(primitive, numbersOf);
    if (primitive.mode === 0) marks.points += elements;
    else marks.lines += segmentCount(primitive.mode as 1 | 2 | 3, elements);
    marks.triangles += geometry.indices.length / 3;
  };

  const inWorld: Placement[] = [];
  const reportEvery = Math.ceil(standing.length / 100);
  for (const [i, { mesh, primitives, pose, copies, fits }] of standing.entries()) {
    if (i % reportEvery === 0) steps.onStep(i, standing.length);
    for (let copy = 0; copy < copies.count; copy++) {
      if (shared[mesh] && fits[copy]) continue;
      const matrix = copies.matrixOf(copy);
      if (shared[mesh] && isPoint(matrix)) continue;
      for (const primitive of primitives) await place(primitive, matrix, inWorld, pose);
    }
  }
  const inMeshes: Placement[][] = [];
  /** The file's mesh to its number among those; a mesh without any triangle has none. */
  const numbers = new Map<number, number>();
  for (const [mesh, { primitives }] of meshes.entries()) {
    if (!shared[mesh]) continue;
    const own: Placement[] = [];
    for (const primitive of primitives) await place(primitive, IDENTITY, own);
    if (own.length === 0) continue;
    numbers.set(mesh, inMeshes.length);
    inMeshes.push(own);
  }
  const drawn = sceneable(inWorld, inMeshes, materials.list, steps.viewpoints, warnings);
  const { bounds, ...arrays } = placeAll(drawn.inWorld, drawn.inMeshes.flat(), {
    tangents: materials.list.some(needsTangents),
    uv0: textures.list.some(({ texCoord }) => texCoord === 0),
    uv1: textures.list.some(({ texCoord }) => texCoord === 1),
  });
  const places = instancesOf(standing, numbers, drawn.inMeshes, bounds, arrays.indices.length / 3);
  return { arrays: { ...arrays, ...places }, marks };
}

/** Files hide so what they do not show; one that shows nothing at all leaves people with an empty picture otherwise. */
function tellOfHidden(standing: readonly Standing[], warnings: Warnings): void {
  let [hidden, all] = [0, 0];
  for (const { copies } of standing) {
    all += copies.count;
    for (let copy = 0; copy < copies.count; copy++) if (isPoint(copies.matrixOf(copy))) hidden++;
  }
  if (hidden > 0) warnings.add(`${hidden} of ${all} placed meshes: scaled to 0 by a node, not seen`);
}

const NOTHING: LocalGeometry = {
  vertexCount: 0,
  positions: new Float32Array(),
  normals: new Float32Array(),
  tangents: undefined,
  colors: undefined,
  uv0: undefined,
  uv1: undefined,
  indices: new Uint32Array(),
};

/** `count` is told the number of copies, before anything is done for each. */
function stand(
  instance: MeshInstance,
  { meshes, poser, copies: defs, numbersOf, warnings }: PlacementSteps,
): Standing[] {
  const mesh = meshes[instance.mesh];
  if (!mesh) return [];
  const pose = poser.pose(instance, mesh);
  const copies = warnings.salvage(
    () => copiesAt(pose.matrix, defs.get(instance.node), numbersOf),
    copiesAt(pose.matrix, undefined, numbersOf),
    'the mesh is drawn once',
  );
  const isRigid = mesh.primitives.every((primitive) => !pose.deform(primitive));
  const fits = new Uint8Array(copies.count);
  for (let copy = 0; isRigid && copy < copies.count; copy++) {
    if (canPlace(copies.matrixOf(copy))) fits[copy] = 1;
  }
  return [{ mesh: instance.mesh, primitives: mesh.primitives, pose, copies, fits }];
}

function sharedMeshes(
  standing: readonly Standing[],
  triangles: readonly number[],
  materials: Materials,
): readonly boolean[] {
  const places = triangles.map(() => 0);
  const used: FlatMaterial[][] = [];
  for (const { mesh, primitives, fits } of standing) {
    // In the order of use, which is that of the scene's materials.
    used[mesh] ??= primitives.map((primitive) => materials.use(materialOf(primitive)).material);
    places[mesh] = (places[mesh] ?? 0) + sum(fits);
  }
  return chooseShared(
    triangles.map((count, mesh) => ({
      triangles: count,
      places: places[mesh] ?? 0,
      materials: used[mesh] ?? [],
    })),
  );
}

/** Before any triangle is made: how many there will be. */
function checkSize(
  standing: readonly Standing[],
  counts: readonly number[],
  shared: readonly boolean[],
): void {
  let triangles = counts.reduce((total, count, mesh) => total + (shared[mesh] ? count : 0), 0);
  let primitives = 0;
  for (const { mesh, primitives: own, copies, fits } of standing) {
    const inWorld = shared[mesh] ? copies.count - sum(fits) : copies.count;
    triangles += (counts[mesh] ?? 0) * inWorld;
    primitives += own.length * inWorld;
  }
  if (triangles > MAX_TRIANGLES || primitives > MAX_PRIMITIVE_INSTANCES) {
    const found = `${triangles} triangles in ${primitives} primitives`;
    throw new SceneError('too-large', 'the scene', `has ${found}; up to ${MAX_TRIANGLES} are rendered`);
  }
}

/** Points and lines have no faces that would be metal unless someone says so. */
function materialOf({ mode, material }: Primitive): number | 'marks' | undefined {
  return mode < 4 ? (material ?? 'marks') : material;
}

/** Vertices in the order of drawing. @throws SceneError */
function elementsOf({ attributes, indices }: Primitive, numbersOf: (accessor: number) => Numbers): number {
  const { array, components } = numbersOf(indices ?? attributes['POSITION'] ?? -1);
  return array.length / components;
}

function trianglesOf(
  primitive: Primitive,
  numbersOf: (accessor: number) => Numbers,
  warnings: Warnings,
): number {
  const count = warnings.salvage(() => elementsOf(primitive, numbersOf), 0, 'it is not drawn');
  const { mode } = primitive;
  return mode < 4 ? markTriangles(mode as MarkMode, count) : triangleCount(mode as TriangleMode, count);
}

/** The meshes are the last triangles of the scene. */
function instancesOf(
  standing: readonly Standing[],
  numbers: ReadonlyMap<number, number>,
  meshes: readonly (readonly Placement[])[],
  worldBounds: FlatScene['bounds'],
  triangles: number,
): Pick<FlatScene, 'meshes' | 'instanceMeshes' | 'instanceTransforms' | 'bounds'> {
  const there = standing.filter(({ mesh }) => numbers.has(mesh));
  const table = new InstanceTable(there.reduce((total, { fits }) => total + sum(fits), 0));
  for (const { mesh, copies, fits } of there) {
    const number = numbers.get(mesh) ?? 0;
    for (let copy = 0; copy < copies.count; copy++) if (fits[copy]) table.add(number, copies.matrixOf(copy));
  }
  const counts = meshes.map((own) =>
    own.reduce((total, { geometry }) => total + geometry.indices.length / 3, 0),
  );
  let firstTriangle = triangles - counts.reduce((total, count) => total + count, 0);
  const boxes = meshes.map((own) =>
    boundsOf(Float32Array.from(own.flatMap(({ geometry }) => corners(boundsOf(geometry.positions))))),
  );
  return {
    meshes: counts.map((count) => {
      const mesh = { firstTriangle, triangleCount: count };
      firstTriangle += count;
      return mesh;
    }),
    instanceMeshes: table.instanceMeshes,
    instanceTransforms: table.instanceTransforms,
    bounds: table.boundsWith(worldBounds, boxes),
  };
}

function corners({ min, max }: FlatScene['bounds']): number[] {
  return [...min, ...max];
}

/** Scaled to nothing, as files hide what they do not show. */
function isPoint(matrix: Matrix4): boolean {
  return [0, 1, 2, 4, 5, 6, 8, 9, 10].every((i) => matrix[i] === 0);
}

function sum(values: Uint8Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
