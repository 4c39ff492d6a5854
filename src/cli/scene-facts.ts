/** What is in a scene, as `leafcutter info` tells it to programs: plain values, in the scene's own order. */
import { drawnTriangles, type FlatScene, type SceneFile } from '../render/scene/index.ts';

export interface SceneFacts {
  readonly title: string;
  /** Metres, of what is drawn. */
  readonly bounds: FlatScene['bounds'];
  /** Those of surfaces that are kept, and those of all instances together, with those that show points and lines. */
  readonly triangles: number;
  readonly drawnTriangles: number;
  readonly points: number;
  readonly lines: number;
  readonly vertices: number;
  readonly nodes: number;
  readonly meshes: number;
  /** Places where a mesh stands that is kept once. */
  readonly instances: number;
  readonly skins: number;
  readonly materials: readonly string[];
  readonly images: readonly {
    readonly name: string;
    readonly width: number;
    readonly height: number;
    /** `png`, `jpeg`, ...; `rgba`: made while reading. */
    readonly format: string;
    /** As they are in the file. */
    readonly bytes: number;
  }[];
  readonly lights: readonly { readonly name: string; readonly kind: string }[];
  /** The last is made: it shows the whole scene. */
  readonly cameras: readonly { readonly name: string; readonly kind: string }[];
  readonly animations: readonly { readonly name: string /** Seconds. */; readonly duration: number }[];
  readonly variants: readonly string[];
  readonly scenes: readonly string[];
  readonly extensions: readonly string[];
  /** What is not shown, or not as the file says. */
  readonly notes: readonly string[];
}

export function sceneFacts(scene: FlatScene, file: Omit<SceneFile, 'scene' | 'sourceFiles'>): SceneFacts {
  const { contents, animations, variantNames, sceneNames } = file;
  return {
    title: file.title,
    bounds: scene.bounds,
    triangles: scene.indices.length / 3 - contents.marks.triangles,
    drawnTriangles: drawnTriangles(scene),
    points: contents.marks.points,
    lines: contents.marks.lines,
    vertices: scene.positions.length / 3,
    nodes: contents.nodes,
    meshes: contents.meshes,
    instances: scene.instanceMeshes.length,
    skins: contents.skins,
    materials: scene.materials.map(({ name }) => name),
    images: scene.images.map(({ name, width, height, encoding, bytes }) => {
      return { name, width, height, format: encoding, bytes: bytes.length };
    }),
    lights: scene.lights.map(({ name, kind }) => ({ name, kind })),
    cameras: scene.cameras.map(({ name, projection }) => ({ name, kind: projection.kind })),
    animations: animations.map(({ name, duration }) => ({ name, duration })),
    variants: variantNames,
    scenes: sceneNames,
    extensions: contents.extensions,
    notes: scene.warnings,
  };
}

/** What a render of it takes. */
export interface SceneExpectation {
  readonly width: number;
  readonly height: number;
  /** A pixel, at most. */
  readonly samples: number;
  readonly workers: number;
  readonly samplesPerSecond: number;
  readonly loadSeconds: number;
  readonly seconds: number;
  /** The scene as it is rendered from: geometry, its hierarchy, texels. One for all workers where they can share. */
  readonly sceneBytes: number;
  /** The most that this process has had so far, which includes reading the scene. */
  readonly peakBytes: number;
}
