/** From a picture to the bytes and the name of a file. */
import { transfer } from 'comlink';
import { develop, pixelSamples } from '../render/film/index.ts';
import type { FilmView, GuideImages, RenderJob } from '../render/job/index.ts';
import { askPictureWorker } from './ask-picture-worker.ts';
import type { Look } from './state/settings.ts';

export const PICTURE_FORMATS = [
  { format: 'png8', label: 'PNG, 8 bit', hint: 'As shown, for everyone' },
  { format: 'png16', label: 'PNG, 16 bit', hint: 'As shown, for retouching' },
  { format: 'exr-half', label: 'EXR, half', hint: 'Linear light, without look' },
  { format: 'exr-float', label: 'EXR, float', hint: 'Every bit of the render' },
  { format: 'exr-layers', label: 'EXR with layers', hint: 'And albedo, normal, depth, samples' },
] as const;

/** What is kept of an animation: every frame that is finished. */
export const FRAMES_FORMATS = [
  { format: 'zip', label: 'PNG sequence (zip)', hint: 'Every finished frame, as shown' },
  { format: 'mp4', label: 'Video, MP4', hint: 'H.264: plays everywhere' },
  { format: 'webm', label: 'Video, WebM', hint: 'VP9, or VP8' },
] as const;

export type FramesFormat = (typeof FRAMES_FORMATS)[number]['format'];

export type PictureFormat = (typeof PICTURE_FORMATS)[number]['format'];

export interface PictureToKeep {
  readonly title: string;
  readonly film: FilmView;
  /** In place of the film's own means: what is kept is what is seen. */
  readonly denoised: Float32Array | undefined;
  /** Of the finished render, before denoising. */
  readonly hash: string | undefined;
  readonly look: Look;
}

/**
 * The picture as it is now; a finished one carries its hash.
 * @param guides for `exr-layers`
 * @throws LeafcutterError `picture-failed`, CancelledError
 */
export function pictureFile(
  { title, film, denoised, hash, look }: PictureToKeep,
  format: PictureFormat,
  guides: GuideImages | undefined,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const means = denoised?.slice() ?? develop(film);
  const picture = { width: film.width, height: film.height, means };
  const pngTexts = {
    Software: 'Leafcutter',
    Title: title,
    ...(hash === undefined ? {} : { 'Picture hash': hash }),
    ...(denoised ? { Comment: 'Denoised; the picture hash is of the render before' } : {}),
  };
  const exrTexts = {
    software: 'Leafcutter',
    title,
    ...(hash === undefined ? {} : { pictureHash: hash }),
    ...(denoised ? { comments: 'Denoised; the picture hash is of the render before' } : {}),
  };
  return askPictureWorker(async (remote) => {
    const sent = transfer(picture, [means.buffer]);
    switch (format) {
      case 'png8':
        return (await remote.png(sent, 8, look, pngTexts)) as Uint8Array<ArrayBuffer>;
      case 'png16':
        return (await remote.png(sent, 16, look, pngTexts)) as Uint8Array<ArrayBuffer>;
      case 'exr-half':
        return (await remote.exr(sent, 'half', {}, exrTexts)) as Uint8Array<ArrayBuffer>;
      case 'exr-float':
        return (await remote.exr(sent, 'float', {}, exrTexts)) as Uint8Array<ArrayBuffer>;
      case 'exr-layers': {
        const layers = { ...guides, samples: pixelSamples(film.width, film.height, film.tileSamples) };
        return (await remote.exr(sent, 'float', layers, exrTexts)) as Uint8Array<ArrayBuffer>;
      }
      default:
        return format satisfies never;
    }
  }, signal);
}

/** "duck.glb", of an animation "duck.glb-0012": as programs that read sequences want it, all numbers equally long. */
export function frameTitle({ title, spec }: Pick<RenderJob, 'title' | 'spec'>, frame: number): string {
  const { frames } = spec;
  if (!frames) return title;
  return `${fileStem(title)}-${String(frames.first + frame).padStart(Math.max(4, String(frames.last).length), '0')}`;
}

/** "duck.glb" -> "duck.png"; what file systems dislike becomes a hyphen. */
export function pictureName(title: string, format: PictureFormat, isDenoised: boolean): string {
  const extension = format.startsWith('png') ? 'png' : 'exr';
  return `${fileStem(title)}${isDenoised ? ' denoised' : ''}.${extension}`;
}

export function fileStem(title: string): string {
  const stem = title
    .replace(/\.(glb|gltf|obj|ply|stl|fbx|usd[acz]?|zip)$/i, '')
    .replace(/[^\p{L}\p{N} ._()-]+/gu, '-')
    .replace(/^[. -]+|[. -]+$/g, '');
  return stem || 'picture';
}
