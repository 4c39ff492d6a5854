/** What a person chooses for a render; with the scene's hash and the kernel's it decides every bit of the picture. */
import type { BlobHash } from '../services/blobs/index.ts';
import type { FlatCamera } from './scene/index.ts';

export type EnvironmentChoice =
  | {
      readonly kind: 'colour' /** linear Rec. 709 radiance */;
      readonly rgb: readonly [number, number, number];
    }
  | { readonly kind: 'builtin'; readonly name: string };

export interface RenderSettings {
  /** Pixels, 1..MAX_SIDE. */
  readonly width: number;
  readonly height: number;
  /** Samples per pixel, 1..MAX_SAMPLES. */
  readonly samples: number;
  /** Path segments after the camera ray: 0 is emission only. */
  readonly bounces: number;
  readonly seed: number;
  readonly environment: EnvironmentChoice;
  /** Stops; only display and PNG, never the float picture. */
  readonly exposure: number;
  /** An index into the scene's cameras, or a view of one's own. */
  readonly camera: number | FlatCamera;
}

export const MAX_SIDE = 8192;
export const MAX_SAMPLES = 65_536;
export const MAX_BOUNCES = 64;

export const DEFAULT_SETTINGS: RenderSettings = {
  width: 512,
  height: 512,
  samples: 64,
  bounces: 8,
  seed: 0,
  environment: { kind: 'colour', rgb: [0, 0, 0] },
  exposure: 0,
  camera: 0,
};

/** A frame of work as every Node understands it: all that the kernel needs besides the Blobs. */
export interface RenderSpec {
  readonly settings: Omit<RenderSettings, 'exposure'>;
  readonly scene: BlobHash;
  /** The environment map's Blob where the environment is a map. */
  readonly environmentMap: BlobHash | undefined;
  /** SHA-256 of the kernel: a tab with another kernel must not take part. */
  readonly kernel: string;
}
