/** The path tracer as TypeScript sees it: one instance per worker, one scene at a time. Synchronous, single-threaded. */
import type { EnvironmentMap, FlatCamera, FlatImage, FlatScene } from '../scene/index.ts';
import type { Lens } from '../settings.ts';
import { GUIDE_BYTES } from './assembly/layout.ts';

export interface KernelSceneInfo {
  /** Those of a mesh once, however often it stands in the scene. */
  readonly triangles: number;
  readonly instances: number;
  readonly emissiveTriangles: number;
  readonly bvhNodes: number;
  readonly bvhMilliseconds: number;
  readonly memoryBytes: number;
}

export interface KernelView {
  readonly width: number;
  readonly height: number;
  readonly camera: FlatCamera;
  readonly bounces: number;
  readonly seed: number;
  /** As in RenderSettings. @default 0 */
  readonly clamp?: number;
  /** @default a pinhole */
  readonly lens?: Lens;
}

/** A Tile x sample range. Pixels outside the frame do not exist: edge Tiles are narrower. */
export interface BlockBounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly firstSample: number;
  readonly sampleCount: number;
}

/** How an environment stands around the scene; the default is strength 1, rotation 0. */
export interface EnvironmentPlacement {
  /** As RenderSettings.environmentStrength. */
  readonly strength: number;
  /** As RenderSettings.environmentRotation. */
  readonly rotation: number;
}

/** Of `Kernel.renderGuides`, a pixel. */
export const GUIDE_FLOATS = GUIDE_BYTES / 4;

export interface Kernel {
  /** Samples whose light was not finite and was counted as black, since the kernel was made. 0 unless something is wrong. */
  readonly discardedSamples: number;
  /**
   * Replaces the scene, whose images must all have the encoding `rgba`. Validates every index.
   * @throws KernelError `invalid-scene`, `out-of-memory`
   */
  loadScene(scene: FlatScene): KernelSceneInfo;
  /**
   * As `loadScene`, with images of any encoding: `writeTexels` is asked for one after the other, to write straight into the kernel's
   * memory. @throws what `writeTexels` throws, too
   */
  loadPictured(
    scene: FlatScene,
    writeTexels: (image: FlatImage, target: Uint8Array) => Promise<void>,
  ): Promise<KernelSceneInfo>;
  /**
   * The first half of `loadPictured`: all but the hierarchy, so that others can be called to help with that. The scene is not read
   * again. To be followed by `buildPlaced`.
   */
  placePictured(
    scene: FlatScene,
    writeTexels: (image: FlatImage, target: Uint8Array) => Promise<void>,
  ): Promise<void>;
  /** @throws KernelError `invalid-scene`, `out-of-memory` */
  buildPlaced(): KernelSceneInfo;
  /** A map, or a constant linear radiance. */
  setEnvironment(
    environment: EnvironmentMap | readonly [number, number, number],
    placement?: EnvironmentPlacement,
  ): void;
  setView(view: KernelView): void;
  /**
   * Sums of linear RGB radiance over the Block's samples, row-major, 3 floats a pixel, finite. Each pixel's sum depends only
   * on scene, environment, view, pixel and sample range: never on the Block's shape or on what was rendered before.
   */
  renderBlock(block: BlockBounds): Float32Array;
  /**
   * Sums over the Block's samples of what the same camera rays see, GUIDE_FLOATS a pixel, finite: albedo RGB (reflectance of
   * the first surface plus what it emits, within 0..1), shading normal XYZ in world space facing the camera, distance along
   * the ray in metres, and how many rays hit something. A ray that hits nothing adds 0 to all.
   */
  renderGuides(block: BlockBounds): Float32Array;
}
