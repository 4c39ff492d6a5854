/** What `leafcutter render` writes: the file's ending says which format, the flags say how; what does not fit is refused. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_TONE_MAPPING, TONE_MAPPINGS, type ToneMapping } from '../render/output/index.ts';
import { LeafcutterError } from '../runtime/index.ts';
import { type VideoContainer, videoContainerOf } from './video-sink.ts';

const LAYERS = ['albedo', 'normal', 'depth', 'samples'] as const;
export type Layer = (typeof LAYERS)[number];

/** 2^±32 is beyond every light. */
const MAX_EXPOSURE = 32;

export interface OutputOptions {
  readonly out: string;
  /** Stops, or what suits the picture. */
  readonly exposure: number | 'auto';
  readonly toneMapping?: ToneMapping;
  readonly bits?: 8 | 16;
  readonly exrHalf?: boolean;
  readonly layers?: readonly Layer[];
  readonly denoise?: boolean;
}

export type PictureFormat =
  | {
      readonly kind: 'png';
      readonly bits: 8 | 16;
      readonly toneMapping: ToneMapping;
      readonly exposure: number | 'auto';
    }
  | {
      readonly kind: 'exr';
      readonly pixelType: 'float' | 'half';
      readonly layers: readonly Layer[];
    }
  | {
      readonly kind: 'video';
      readonly container: VideoContainer;
      readonly toneMapping: ToneMapping;
      readonly exposure: number | 'auto';
    };

/** Of a file that holds one picture. */
export type FileFormat = Exclude<PictureFormat, { readonly kind: 'video' }>;

export function addOutputOptions(command: Command): Command {
  return command
    .option(
      '--exposure <stops|auto>',
      'brightness of PNG and video, or what suits the (first) picture (0 with --tone-mapping none); the hash does not depend on it',
      parseExposure,
      'auto',
    )
    .addOption(
      new Option(
        '--tone-mapping <curve>',
        `from light to a PNG's colours (default: ${DEFAULT_TONE_MAPPING})`,
      ).choices(TONE_MAPPINGS),
    )
    .option('--bits <8|16>', "a PNG's bits a channel (default: 8)", parseBits)
    .option('--exr-half', 'an EXR of 16-bit instead of 32-bit floats')
    .option('--layers <names>', `more layers for an EXR: all, or some of ${LAYERS.join(',')}`, parseLayers)
    .option(
      '--denoise',
      'have a small network, guided by surfaces, remove the noise that is left; never part of the hash',
    );
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

function parseBits(text: string): 8 | 16 {
  if (text === '8') return 8;
  if (text === '16') return 16;
  throw new InvalidArgumentError('It is 8 or 16.');
}

function parseLayers(text: string): readonly Layer[] {
  if (text === 'all') return LAYERS;
  const names = text.split(',').map((name) => name.trim());
  const layers = LAYERS.filter((layer) => names.includes(layer));
  if (layers.length === 0 || !names.every((name) => LAYERS.some((layer) => layer === name))) {
    throw new InvalidArgumentError(`It is all, or some of ${LAYERS.join(',')}.`);
  }
  return layers;
}

/** @throws LeafcutterError `bad-output` where the ending is unknown or a flag is for the other format */
export function formatOf(options: OutputOptions): PictureFormat {
  const { out, exposure, toneMapping, bits, exrHalf, layers } = options;
  const refuse = (isGiven: boolean, flag: string, reason: string): void => {
    if (isGiven) throw new LeafcutterError('bad-output', `${flag} does not go with ${out}: ${reason}`);
  };
  if (/\.png$/i.test(out)) {
    refuse(exrHalf === true, '--exr-half', 'a PNG has no floats; write an .exr');
    refuse(layers !== undefined, '--layers', 'a PNG has no layers; write an .exr');
    return { kind: 'png', bits: bits ?? 8, toneMapping: toneMapping ?? DEFAULT_TONE_MAPPING, exposure };
  }
  if (/\.exr$/i.test(out)) {
    const asItIs = 'an EXR keeps the light as it is; write a .png';
    refuse(bits !== undefined, '--bits', 'an EXR has floats; --exr-half makes them 16 bits');
    refuse(toneMapping !== undefined, '--tone-mapping', asItIs);
    refuse(exposure !== 0 && exposure !== 'auto', '--exposure', asItIs);
    return { kind: 'exr', pixelType: exrHalf ? 'half' : 'float', layers: layers ?? [] };
  }
  const container = videoContainerOf(out);
  if (container) {
    const asPlayed = 'a video has what players show; write a sequence of .png or .exr';
    refuse(bits !== undefined, '--bits', asPlayed);
    refuse(exrHalf === true, '--exr-half', asPlayed);
    refuse(layers !== undefined, '--layers', asPlayed);
    return { kind: 'video', container, toneMapping: toneMapping ?? DEFAULT_TONE_MAPPING, exposure };
  }
  throw new LeafcutterError(
    'bad-output',
    `${out} must end in .png or .exr, or of several frames in .mp4 or .webm`,
  );
}

/** Whether the guide images must be made. */
export function needsGuides(format: PictureFormat, denoise: boolean): boolean {
  return denoise || (format.kind === 'exr' && format.layers.some((layer) => layer !== 'samples'));
}
