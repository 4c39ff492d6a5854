/** From the film's means to the bytes of the picture file: the last step of `leafcutter render`. */
import { setImmediate } from 'node:timers/promises';
import { pixelSamples } from '../render/film/index.ts';
import type { FilmView } from '../render/job/index.ts';
import {
  type Denoiser,
  type ExrLayers,
  encodeExr,
  encodePng,
  type GuideImages,
  suitedExposure,
  toneMap,
  toneMap16,
} from '../render/output/index.ts';
import { CancelledError, LeafcutterError } from '../runtime/index.ts';
import type { FileFormat, Layer, PictureFormat } from './output-options.ts';

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly means: Float32Array;
  /** Samples of a pixel, one a Tile. */
  readonly film: Pick<FilmView, 'tileSamples'>;
  readonly averageSamples: number;
  /** Where they were asked for. */
  readonly guides: GuideImages | undefined;
  readonly title: string;
  readonly hash: string;
}

/** The picture without the noise that is left. @throws CancelledError */
export async function denoised(picture: Picture, denoiser: Denoiser, signal: AbortSignal): Promise<Picture> {
  const { width, height, means } = picture;
  const steps = denoiser.steps({ width, height, means, guides: guidesOf(picture) });
  for (;;) {
    const step = steps.next();
    if (step.done) return { ...picture, means: step.value };
    // Lets an interrupt in.
    await setImmediate();
    if (signal.aborted) throw new CancelledError('denoising');
  }
}

/** The stops that a PNG or a video is shown with; 0 for an EXR, and for a curve that shows the light as it is. */
export function exposureOf({ means, width, height }: Picture, format: PictureFormat): number {
  if (format.kind === 'exr') return 0;
  if (format.exposure !== 'auto') return format.exposure;
  return format.toneMapping === 'none' ? 0 : suitedExposure(means, width, height);
}

export function encodePicture(picture: Picture, format: FileFormat, isDenoised: boolean): Uint8Array {
  const { width, height, means, title, hash, averageSamples } = picture;
  if (format.kind === 'exr') {
    const { pixelType } = format;
    const texts = {
      software: 'Leafcutter',
      title,
      filmHash: hash,
      samples: averageSamples.toFixed(1).replace(/\.0$/, ''),
      ...(isDenoised && { denoised: 'yes' }),
    };
    return encodeExr(means, width, height, { pixelType, layers: layersOf(picture, format.layers), texts });
  }
  const look = { toneMapping: format.toneMapping, exposure: exposureOf(picture, format) };
  const rgba = format.bits === 16 ? toneMap16(means, look) : toneMap(means, look);
  return encodePng(rgba, width, height, {
    texts: {
      Software: 'Leafcutter',
      Title: title,
      'Film hash': hash,
      ...(isDenoised && { Denoised: 'yes' }),
    },
  });
}

function layersOf(picture: Picture, wanted: readonly Layer[]): ExrLayers {
  const layers: { -readonly [Key in keyof ExrLayers]: ExrLayers[Key] } = {};
  for (const layer of wanted) {
    if (layer === 'samples') {
      const { width, height, film } = picture;
      layers.samples = pixelSamples(width, height, film.tileSamples);
    } else layers[layer] = guidesOf(picture)[layer];
  }
  return layers;
}

function guidesOf({ guides }: Picture): GuideImages {
  if (!guides) throw new LeafcutterError('no-guides', 'the guide images were not made; this is a bug');
  return guides;
}
