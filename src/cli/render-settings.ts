/** What was asked for and what the scene has, together: the settings of a render. */
import { basename } from 'node:path';
import { defaultEnvironment } from '../render/default-environment.ts';
import { distanceToMiddle, lensOf } from '../render/lens.ts';
import type { FlatCamera, FlatScene, ReadSceneOptions, SceneFile } from '../render/scene/index.ts';
import { DEFAULT_SETTINGS, type EnvironmentChoice, type RenderSettings } from '../render/settings.ts';
import { LeafcutterError } from '../runtime/index.ts';
import { NOISE_SAMPLES, type PictureOptions } from './render-options.ts';

/** What settings keep of a file's name. */
const MAX_NAME = 200;

/** @throws LeafcutterError `unknown-camera` */
export function settingsOf(
  { scene, ownLight }: Pick<SceneFile, 'scene' | 'ownLight'>,
  options: PictureOptions,
): RenderSettings {
  const { size, noise, bounces, seed, clamp } = options;
  const samples = options.samples ?? (noise > 0 ? NOISE_SAMPLES : DEFAULT_SETTINGS.samples);
  const camera = cameraOf(scene, options.camera);
  const turns = options.envRotation / 360;
  return {
    ...DEFAULT_SETTINGS,
    ...size,
    ...{ samples, noise, bounces, seed, clamp, camera: camera.index },
    lens: lensOf(
      camera.camera,
      options.aperture,
      options.focus ?? distanceToMiddle(scene.bounds, camera.camera),
    ),
    environment: shown(options.env) ?? defaultEnvironment(ownLight),
    environmentStrength: options.envStrength,
    environmentRotation: turns - Math.floor(turns),
  };
}

/** A file goes by its name, wherever it lies. */
function shown(environment: EnvironmentChoice | undefined): EnvironmentChoice | undefined {
  if (environment?.kind !== 'file') return environment;
  return { kind: 'file', name: basename(environment.name).slice(-MAX_NAME) };
}

/** By number or by name. */
function cameraOf({ cameras }: FlatScene, wanted: string): { index: number; camera: FlatCamera } {
  const index = /^\d+$/.test(wanted) ? Number(wanted) : cameras.findIndex(({ name }) => name === wanted);
  const camera = cameras[index];
  if (camera) return { index, camera };
  const list = cameras.map(({ name }, i) => (name ? `${i} (${name})` : `${i}`)).join(', ');
  throw new LeafcutterError('unknown-camera', `the scene has no camera "${wanted}"; it has ${list}`);
}

type Choices = Pick<ReadSceneOptions, 'time' | 'animation' | 'scene' | 'variant' | 'pointSize'>;

/** What of the file is read, as `readScene` takes it. */
export function choicesOf({ time, animation, scene, variant, pointSize }: PictureOptions): Choices {
  const place = (text: string): number | string => (/^\d+$/.test(text) ? Number(text) : text);
  return {
    ...{ time, pointSize },
    ...(animation !== undefined && { animation: animation === 'none' ? null : place(animation) }),
    ...(scene !== undefined && { scene: place(scene) }),
    ...(variant !== undefined && { variant: place(variant) }),
  };
}
