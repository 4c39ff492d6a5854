/**
 * The finished frames of an animation as one file: a zip of PNGs, or a video. Frame after frame, each loaded, shown as the stage shows
 * it by a worker, and written; what is written goes into Blobs, so that memory holds one frame whatever their number. Loaded when
 * somebody keeps an animation.
 */
import { transfer } from 'comlink';
import { develop } from '../render/film/index.ts';
import type { FrameView, RenderJob } from '../render/job/index.ts';
import { LeafcutterError } from '../runtime/index.ts';
import { askPictureWorker } from './ask-picture-worker.ts';
import { openVideo } from './frames-video.ts';
import { openZip } from './frames-zip.ts';
import { type FramesFormat, fileStem, frameTitle } from './picture-file.ts';
import type { Look } from './state/settings.ts';

export interface FramesWork {
  readonly signal: AbortSignal;
  /** 0..1. */
  onProgress(share: number): void;
}

export interface FramesFile {
  readonly blob: Blob;
  readonly name: string;
}

interface FinishedFrame {
  readonly index: number;
  readonly film: FrameView;
}

/** @throws LeafcutterError `no-frames`, `no-encoder`, `picture-failed`; CancelledError */
export async function framesFile(
  job: RenderJob,
  format: FramesFormat,
  look: Look,
  work: FramesWork,
): Promise<FramesFile> {
  const frames = job.frames.flatMap((film, index) => (film.isFinished ? [{ film, index }] : []));
  if (frames.length === 0)
    throw new LeafcutterError('no-frames', 'no frame is finished yet; wait for the first');
  const name = `${fileStem(job.title)}.${format}`;
  const blob = format === 'zip' ? zip(job, frames, look, work) : video(job, frames, format, look, work);
  return { blob: await blob, name };
}

function zip(job: RenderJob, frames: readonly FinishedFrame[], look: Look, work: FramesWork): Promise<Blob> {
  return askPictureWorker(async (remote) => {
    const file = openZip();
    for (const [done, { film, index }] of frames.entries()) {
      const hash = job.frameHash(index);
      const texts = {
        ...{ Software: 'Leafcutter', Title: job.title },
        ...(hash === undefined ? {} : { 'Picture hash': hash }),
      };
      file.add(`${frameTitle(job, index)}.png`, await remote.png(await pictureOf(film), 8, look, texts));
      work.onProgress((done + 1) / frames.length);
    }
    return file.end();
  }, work.signal);
}

function video(
  { film: { width, height }, spec }: RenderJob,
  frames: readonly FinishedFrame[],
  container: 'mp4' | 'webm',
  look: Look,
  work: FramesWork,
): Promise<Blob> {
  return askPictureWorker(async (remote) => {
    const file = await openVideo(container, { width, height, fps: spec.frames?.fps ?? 1 });
    try {
      for (const [done, { film }] of frames.entries()) {
        await file.add(await remote.rgba(await pictureOf(film), look));
        work.onProgress((done + 1) / frames.length);
        work.signal.throwIfAborted();
      }
      return await file.end();
    } catch (error) {
      await file.abandon();
      throw error;
    }
  }, work.signal);
}

async function pictureOf(film: FrameView) {
  await film.load();
  const { width, height } = film;
  const means = develop(film);
  return transfer({ width, height, means }, [means.buffer]);
}
