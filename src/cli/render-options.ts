/** What `leafcutter render` is asked for, from text to checked values; each refusal says what would be right. */
import { cpus } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import { linearFromSrgb } from '../render/output/index.ts';
import { BUILTIN_ENVIRONMENTS } from '../render/scene/index.ts';
import {
  DEFAULT_SETTINGS,
  type EnvironmentChoice,
  MAX_BOUNCES,
  MAX_SAMPLES,
  MAX_SIDE,
} from '../render/settings.ts';
import { addLookOptions, type LookOptions } from './look-options.ts';
import { addOutputOptions, type OutputOptions } from './output-options.ts';

export interface RenderOptions extends LookOptions, OutputOptions {
  readonly size: { readonly width: number; readonly height: number };
  /** Undefined: 64, or plenty where there is a noise goal. */
  readonly samples: number | undefined;
  readonly noise: number;
  readonly bounces: number;
  readonly seed: number;
  readonly workers: number;
  /** Undefined: what suits the scene. */
  readonly env: EnvironmentChoice | undefined;
  /** A number or a name. */
  readonly camera: string;
  readonly json: boolean;
  readonly quiet: boolean;
}

const MAX_THREADS = 256;
/** Samples at most with a noise goal where nothing is said: Cycles' own default. */
export const NOISE_SAMPLES = 4096;
/** 2^±32 is beyond every light. */
const MAX_EXPOSURE = 32;

/** Without an action: what it does is render.ts's. */
export function renderCommandLine(): Command {
  const { width, height, samples, noise, bounces, seed } = DEFAULT_SETTINGS;
  const names = BUILTIN_ENVIRONMENTS.map(({ name }) => name).join(', ');
  const command = new Command('render')
    .description('render a scene to a PNG or an EXR on this machine, with the same bits as on the page')
    .argument('<scene>', 'a .glb, a .gltf with its files beside it, an .obj, .ply or .stl, or a .zip of them')
    .requiredOption('-o, --out <file>', 'the picture to write, .png or .exr')
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
    .addOption(
      new Option('--workers <number>', 'threads')
        .argParser(whole(1, MAX_THREADS))
        .default(cpus().length, 'one per core'),
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
    )
    .option(
      '--exposure <stops|auto>',
      'brightness of the PNG, or what suits the picture (0 with --tone-mapping none); the hash does not depend on it',
      parseExposure,
      'auto',
    )
    .option('--json', 'print one line of JSON instead of text', false)
    .option('--quiet', 'print nothing but errors', false);
  return addOutputOptions(addLookOptions(command));
}

export function parseSize(text: string): { width: number; height: number } {
  const [, width, height] = /^(\d{1,5})[x×](\d{1,5})$/i.exec(text) ?? [];
  const size = { width: Number(width), height: Number(height) };
  const isFine = [size.width, size.height].every((side) => side >= 1 && side <= MAX_SIDE);
  if (!isFine) throw new InvalidArgumentError(`A size is two numbers from 1 to ${MAX_SIDE}, like 512x512.`);
  return size;
}

function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`It is a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}

function parseNoise(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1)) {
    throw new InvalidArgumentError('It is a number from 0 (off) to 1, like 0.02.');
  }
  return value;
}

function parseExposure(text: string): number | 'auto' {
  if (text === 'auto') return text;
  const value = Number(text);
  if (text.trim() === '' || !(Math.abs(value) <= MAX_EXPOSURE)) {
    throw new InvalidArgumentError(
      `It is auto, or a number of stops from -${MAX_EXPOSURE} to ${MAX_EXPOSURE}.`,
    );
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
