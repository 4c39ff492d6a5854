/** What a person chooses for a render; with the scene's hash and the kernel's it decides every bit of the picture. */
import type { BlobHash } from '../services/blobs/index.ts';
import type { FlatCamera, SceneReading } from './scene/index.ts';

export type EnvironmentChoice =
  | {
      readonly kind: 'colour' /** linear Rec. 709 radiance */;
      readonly rgb: readonly [number, number, number];
    }
  | { readonly kind: 'builtin'; readonly name: string }
  /** A picture of one's own (.hdr, .exr); it travels as a Blob like the built-in ones. */
  | { readonly kind: 'file' /** the file's name, for people */; readonly name: string };

/** A thin lens in front of the camera. Radius 0 is a pinhole: everything is sharp. */
export interface Lens {
  /** Metres. */
  readonly radius: number;
  /** Metres from the camera to the plane that is sharp, along the view. */
  readonly focusDistance: number;
}

/** What is rendered, and how well. */
export interface RenderSettings {
  /** Pixels, 1..MAX_SIDE. */
  readonly width: number;
  readonly height: number;
  /** Samples per pixel, 1..MAX_SAMPLES: of every pixel, or, where `noise` is above 0, at most. */
  readonly samples: number;
  /**
   * A Tile is finished when its estimated noise is below this; 0 gives every pixel all samples. 0..1, in the unit of Cycles'
   * noise threshold (film/noise.ts): 0.1 is a draft, 0.01 is good, 0.001 is clean.
   */
  readonly noise: number;
  /** Path segments after the camera ray: 0 is emission only. */
  readonly bounces: number;
  readonly seed: number;
  /** The largest radiance a path may bring after its first scattering; 0: no clamp, the picture is unbiased. */
  readonly clamp: number;
  readonly lens: Lens;
  readonly environment: EnvironmentChoice;
  /** Factor on the environment's radiance, 0..MAX_STRENGTH. */
  readonly environmentStrength: number;
  /** Turn of the environment about +Y, counter-clockwise seen from above, in turns: 0..1. */
  readonly environmentRotation: number;
  /** Stops; only display and PNG, never the float picture. */
  readonly exposure: number;
  /** An index into the scene's cameras, or a view of one's own. */
  readonly camera: number | FlatCamera;
}

export const MAX_SIDE = 8192;
export const MAX_SAMPLES = 65_536;
export const MAX_BOUNCES = 64;
export const MAX_STRENGTH = 1e6;
/** Metres. */
export const MAX_LENS_RADIUS = 1e6;
export const MAX_FOCUS_DISTANCE = 1e12;

/** What a render has where nothing is said. */
export const DEFAULT_SETTINGS: RenderSettings = {
  width: 512,
  height: 512,
  samples: 64,
  noise: 0,
  bounces: 8,
  seed: 0,
  clamp: 0,
  lens: { radius: 0, focusDistance: 1 },
  environment: { kind: 'colour', rgb: [0, 0, 0] },
  environmentStrength: 1,
  environmentRotation: 0,
  exposure: 0,
  camera: 0,
};

/** Moments of an animation, evenly apart: frame n is the scene at n / fps seconds. Both ends are rendered. */
export interface FrameRange {
  /** Whole numbers, 0..MAX_FRAME. */
  readonly first: number;
  readonly last: number;
  /** Frames a second, above 0 and at most MAX_FPS. */
  readonly fps: number;
}

/** Beyond an hour at the highest rate nobody counts frames. */
export const MAX_FRAME = 1_000_000;
export const MAX_FPS = 240;

/** A render as every Node understands it: all that the kernel needs besides the Blobs. */
export interface RenderSpec {
  readonly settings: Omit<RenderSettings, 'exposure'>;
  /** SHA-256 of the encoded FlatScene. Without a source it is the Blob that travels. */
  readonly scene: BlobHash;
  /** The scene's files, which travel in its place, and how they are read: every Node must read the scene of that hash. */
  readonly source?: { readonly files: BlobHash; readonly reading: SceneReading };
  /** Several frames; then there is a source, `scene` is that of the first frame, and `reading` how that one is read. */
  readonly frames?: FrameRange;
  /** The environment map's Blob where the environment is a map. */
  readonly environmentMap: BlobHash | undefined;
  /** SHA-256 of the kernel: a tab with another kernel must not take part. */
  readonly kernel: string;
}

/** All that it is made from, as it travels: the scene first. */
export function inputBlobs(
  spec: Pick<RenderSpec, 'scene' | 'source' | 'environmentMap'>,
): readonly BlobHash[] {
  const { environmentMap } = spec;
  return [sceneBlob(spec), ...(environmentMap === undefined ? [] : [environmentMap])];
}

/** The Blob that brings the scene. */
export function sceneBlob({ scene, source }: Pick<RenderSpec, 'scene' | 'source'>): BlobHash {
  return source?.files ?? scene;
}

/** A still is a range of one frame. */
export function frameCount({ frames }: Pick<RenderSpec, 'frames'>): number {
  return frames ? frames.last - frames.first + 1 : 1;
}

/** Seconds into the animation. @param index from 0 */
export function frameTime({ first, fps }: FrameRange, index: number): number {
  return (first + index) / fps;
}

/** How the scene of one frame is read; undefined where its files do not travel. @param index from 0 */
export function frameReading(
  { source, frames }: Pick<RenderSpec, 'source' | 'frames'>,
  index: number,
): SceneReading | undefined {
  return source && frames ? { ...source.reading, time: frameTime(frames, index) } : source?.reading;
}
