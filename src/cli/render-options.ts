/** What `leafcutter render` is asked for, from text to checked values; each refusal says what would be right. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { linearFromSrgb } from '../render/output/index.ts';
import { BUILTIN_ENVIRONMENTS } from '../render/scene/index.ts';
import {
  DEFAULT_SETTINGS,
  type EnvironmentChoice,
  type FrameRange,
  MAX_BOUNCES,
  MAX_FPS,
  MAX_FRAME,
  MAX_SAMPLES,
  MAX_SIDE,
} from '../render/settings.ts';
import type { TellOptions } from './finish-picture.ts';
import { addLookOptions, type LookOptions } from './look-options.ts';
import { addOutputOptions, type OutputOptions } from './output-options.ts';
import { addJoinOptions, type JoinOptions } from './render-join-options.ts';

/** What one picture of a scene is, before it is shown. */
export interface PictureOptions extends LookOptions {
  readonly size: { readonly width: number; readonly height: number };
  /** Undefined: 64, or plenty where there is a noise goal. */
  readonly samples: number | undefined;
  readonly noise: number;
  readonly bounces: number;
  readonly seed: number;
  /** Undefined: one per core. 0 only on a mesh. */
  readonly workers: number | undefined;
  /** Undefined: what suits the scene. */
  readonly env: EnvironmentChoice | undefined;
  /** A number or a name. */
  readonly camera: string;
}

export interface RenderOptions extends PictureOptions, Omit<OutputOptions, 'out'>, JoinOptions, TellOptions {
  /** Undefined with --detach only. */
  readonly out: string | undefined;
  /** Of the animation; undefined: one moment. */
  readonly frames: { readonly first: number; readonly last: number } | undefined;
  /** How many pictures around the scene; undefined: from its camera. Never with `frames`. */
  readonly turntable: number | undefined;
  readonly fps: number;
  readonly watch: boolean;
}

/** The frames of the animation that were asked for; undefined: one moment. */
export function framesOf({ frames, fps }: Pick<RenderOptions, 'frames' | 'fps'>): FrameRange | undefined {
  return frames && { ...frames, fps };
}

/** The pictures of a scene by their numbers, frames of its animation or of a turntable; undefined: a still. */
export function sequenceOf(
  options: Pick<RenderOptions, 'frames' | 'turntable' | 'fps'>,
): FrameRange | undefined {
  const { turntable, fps } = options;
  return turntable === undefined ? framesOf(options) : { first: 1, last: turntable, fps };
}

export type RenderToFile = RenderOptions & { readonly out: string };

export const isToFile = (options: RenderOptions): options is RenderToFile => options.out !== undefined;

/** As many as the farm tells apart on one Node. */
export const MAX_THREADS = 256;
/** Samples at most with a noise goal where nothing is said: Cycles' own default. */
export const NOISE_SAMPLES = 4096;

/** Ten steps a degree. */
const MAX_TURNTABLE = 3600;

export const SCENE_FILE =
  'a .glb, a .gltf with its files beside it, an .obj, .ply, .stl, .fbx or .usdz, or a .zip of them';

/** Without an action: what it does is render.ts's. */
export function renderCommandLine(): Command {
  const command = new Command('render')
    .description('render scenes to PNGs or EXRs on this machine, with the same bits as on the page')
    .argument('<scenes...>', `${SCENE_FILE}; or several, or a folder of them`)
    .option(
      '-o, --out <file>',
      "the picture to write, .png or .exr; of several frames like 'frame-####.png', or .mp4 or .webm through ffmpeg; of several scenes a folder, or a name with * for the scene's, in quotes",
    );
  addPictureOptions(command, true)
    .option(
      '--frames <first..last>',
      'frames of the animation, like 0..47; frame n is its moment n / fps seconds',
      parseFrames,
    )
    .option(
      '--turntable <pictures>',
      'so many frames with the camera going once around the scene, from 1 on',
      whole(2, MAX_TURNTABLE),
    )
    .option('--fps <number>', 'frames a second', parseFps, 24)
    .option('--watch', 'render again whenever the scene or a file that it uses changes, until Ctrl+C', false)
    .option('--json', 'print one line of JSON a scene instead of text', false)
    .option('--quiet', 'print nothing but errors', false);
  return addJoinOptions(addOutputOptions(addLookOptions(command)));
}

/** Those of PictureOptions that are not about the look. @param mayJoin whether the command may leave the work to others on a mesh */
export function addPictureOptions(command: Command, mayJoin: boolean): Command {
  const { width, height, samples, noise, bounces, seed } = DEFAULT_SETTINGS;
  const names = BUILTIN_ENVIRONMENTS.map(({ name }) => name).join(', ');
  return command
    .addOption(
      new Option('--size <WxH>', 'pixels')
        .argParser(parseSize)
        .default({ width, height }, `${width}x${height}`),
    )
    .option(
      '--samples <number>',
      `samples per pixel, at most where --noise is given (default: ${samples}, with --noise ${NOISE_SAMPLES})`,
      whole(1, MAX_SAMPLES),
    )
    .option(
      '--noise <number>',
      'stop where the noise is below it, as in Cycles: 0.1 draft, 0.01 good, 0.001 clean; half of it takes about four times as long (0: off)',
      parseNoise,
      noise,
    )
    .option('--bounces <number>', 'path segments after the first hit', whole(0, MAX_BOUNCES), bounces)
    .option('--seed <number>', 'another seed is another noise', whole(0, 0xffff_ffff), seed)
    .option(
      '--workers <number>',
      `threads of this machine${mayJoin ? '; with --join also 0, which leaves it to the others' : ''} (default: one per core)`,
      whole(mayJoin ? 0 : 1, MAX_THREADS),
    )
    .option(
      '--env <name|file|colour>',
      `light from around: ${names}; an .hdr or .exr; or #rrggbb, white, black, or linear r,g,b (default: what suits the scene)`,
      parseEnvironment,
    )
    .option(
      '--camera <number|name>',
      "one of the scene's cameras, the first is 0",
      String(DEFAULT_SETTINGS.camera),
    );
}

export function parseSize(text: string): { width: number; height: number } {
  const [, width, height] = /^(\d{1,5})[x×](\d{1,5})$/i.exec(text) ?? [];
  const size = { width: Number(width), height: Number(height) };
  const isFine = [size.width, size.height].every((side) => side >= 1 && side <= MAX_SIDE);
  if (!isFine) throw new InvalidArgumentError(`A size is two numbers from 1 to ${MAX_SIDE}, like 512x512.`);
  return size;
}

export function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`It is a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}

function parseFrames(text: string): { first: number; last: number } {
  const [, first, last = first] = /^(\d{1,7})(?:\.\.(\d{1,7}))?$/.exec(text) ?? [];
  const range = { first: Number(first), last: Number(last) };
  if (!(range.first <= range.last && range.last <= MAX_FRAME)) {
    throw new InvalidArgumentError(
      `It is two whole numbers from 0 to ${MAX_FRAME}, the first not above the last, like 0..47.`,
    );
  }
  return range;
}

function parseFps(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value > 0 && value <= MAX_FPS)) {
    throw new InvalidArgumentError(`It is a number above 0, at most ${MAX_FPS}, like 24.`);
  }
  return value;
}

function parseNoise(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1)) {
    throw new InvalidArgumentError('It is a number from 0 (off) to 1, like 0.02.');
  }
  return value;
}

export function parseEnvironment(text: string): EnvironmentChoice {
  const colour = (r: number, g: number, b: number): EnvironmentChoice => ({ kind: 'colour', rgb: [r, g, b] });
  if (text === 'white') return colour(1, 1, 1);
  if (text === 'black') return colour(0, 0, 0);
  const [, hex] = /^#([0-9a-f]{6})$/i.exec(text) ?? [];
  if (hex) {
    const value = Number.parseInt(hex, 16);
    const linear = (byte: number): number => linearFromSrgb(byte / 255);
    return colour(linear(value >> 16), linear((value >> 8) & 255), linear(value & 255));
  }
  const parts = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const [r, g, b] = parts;
  if (parts.length === 3 && r !== undefined && g !== undefined && b !== undefined) {
    if (parts.every((part) => part >= 0 && Number.isFinite(part))) return colour(r, g, b);
  }
  if (BUILTIN_ENVIRONMENTS.some(({ name }) => name === text)) return { kind: 'builtin', name: text };
  if (/\.(hdr|exr)$/i.test(text)) return { kind: 'file', name: text };
  const names = BUILTIN_ENVIRONMENTS.map(({ name }) => name).join(', ');
  throw new InvalidArgumentError(
    `It is one of ${names}, an .hdr or .exr file, a colour like #ffcc00, white or black, or linear r,g,b.`,
  );
}
