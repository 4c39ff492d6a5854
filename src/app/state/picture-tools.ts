/**
 * What is made of the picture on the stage, on this device: a denoised version to look at, and files to keep. Both may need to
 * render what the camera sees besides light (guides), show how far they are, and can be given up. The film itself, and with it
 * the hash, never changes.
 */
import { effect, type ReadonlySignal, signal } from '@preact/signals';
import { develop } from '../../render/film/index.page.ts';
import type { GuideImages, RenderJob } from '../../render/job/index.ts';
import { CancelledError, messageOf } from '../../runtime/index.ts';
import { downloadBlob, downloadBytes } from '../download.ts';
import type { FramesFormat, PictureFormat } from '../picture-file.ts';
import type { JobView } from './jobs.ts';
import type { Look } from './settings.ts';

export interface Denoised {
  readonly job: RenderJob;
  readonly frame: number;
  readonly means: Float32Array;
}

export interface PictureWorkShown {
  readonly what: string;
  /** 0..1. */
  readonly share: number;
  cancel(): void;
}

/** Guides are 28 bytes a pixel: those of larger pictures are rendered again rather than kept. */
const MAX_KEPT_GUIDES = 8_000_000;
/** Rendering the guides takes about as long as the filter. */
const GUIDES_SHARE = 0.5;

export interface PictureTools {
  /** The person wants to see it denoised. */
  readonly wantsDenoised: ReadonlySignal<boolean>;
  readonly denoised: ReadonlySignal<Denoised | undefined>;
  /** While the person holds the button, the picture is shown as it was rendered. */
  readonly isComparing: ReadonlySignal<boolean>;
  readonly denoising: ReadonlySignal<PictureWorkShown | undefined>;
  readonly saving: ReadonlySignal<PictureWorkShown | undefined>;
  setDenoise(isOn: boolean): void;
  compare(isOn: boolean): void;
  /** The frame on the stage. */
  download(view: JobView, format: PictureFormat): Promise<void>;
  /** All frames that are finished. */
  downloadFrames(view: JobView, format: FramesFormat): Promise<void>;
}

export interface ShownPicture {
  readonly shownJob: ReadonlySignal<JobView | undefined>;
  /** Of that render, from 0. */
  readonly frame: ReadonlySignal<number>;
  readonly look: ReadonlySignal<Look>;
}

export function createPictureTools(
  { shownJob, frame: shownFrame, look }: ShownPicture,
  onFailed: (title: string, reason: string) => void,
): PictureTools {
  const wantsDenoised = signal(false);
  const denoised = signal<Denoised | undefined>(undefined);
  const isComparing = signal(false);
  const denoising = signal<PictureWorkShown | undefined>(undefined);
  const saving = signal<PictureWorkShown | undefined>(undefined);
  let kept: { readonly job: RenderJob; readonly frame: number; readonly guides: GuideImages } | undefined;

  async function guidesOf(
    job: RenderJob,
    frame: number,
    signal: AbortSignal,
    onProgress: (share: number) => void,
  ): Promise<GuideImages> {
    if (kept?.job === job && kept.frame === frame) return kept.guides;
    const guides = await job.guides({ frame, signal, onProgress });
    if (job.film.width * job.film.height <= MAX_KEPT_GUIDES) kept = { job, frame, guides };
    return guides;
  }

  async function denoise(job: RenderJob, frame: number, abort: AbortController): Promise<void> {
    const show = (share: number): void => {
      if (!abort.signal.aborted)
        denoising.value = { what: 'Denoising', share, cancel: () => setDenoise(false) };
    };
    show(0);
    try {
      const guides = await guidesOf(job, frame, abort.signal, (share) => show(GUIDES_SHARE * share));
      const film = job.frames[frame] ?? job.film;
      await film.load();
      const { width, height } = film;
      const means = develop(film);
      const { denoisedMeans } = await import('../denoised-means.ts');
      const filtered = await denoisedMeans({ width, height, means, guides }, abort.signal, (share) =>
        show(GUIDES_SHARE + (1 - GUIDES_SHARE) * share),
      );
      if (!abort.signal.aborted) denoised.value = { job, frame, means: filtered };
    } catch (error) {
      if (abort.signal.aborted || error instanceof CancelledError) return;
      wantsDenoised.value = false;
      onFailed('The picture could not be denoised', messageOf(error));
    } finally {
      if (!abort.signal.aborted) denoising.value = undefined;
    }
  }

  // Once when it is asked for, and once more when the render has ended; never behind every Tile that comes.
  effect(() => {
    const view = shownJob.value;
    const frame = shownFrame.value;
    const isWanted = wantsDenoised.value;
    const before = denoised.peek();
    if (before?.job !== view?.job || before?.frame !== frame || !isWanted) denoised.value = undefined;
    if (kept?.job !== view?.job || kept?.frame !== frame) kept = undefined;
    if (!view || !isWanted) return;
    const isDone = !view.isRunning.value;
    const film = view.job.frames[frame] ?? view.job.film;
    // Of a frame that somebody works on not before it is whole.
    if (!isDone && film.tileSamples.some((samples) => samples === 0)) return;
    if (film.tileSamples.every((samples) => samples === 0)) return;
    const abort = new AbortController();
    void denoise(view.job, frame, abort);
    return () => {
      abort.abort();
      denoising.value = undefined;
    };
  });

  function setDenoise(isOn: boolean): void {
    wantsDenoised.value = isOn;
    isComparing.value = false;
  }

  return {
    wantsDenoised,
    denoised,
    isComparing,
    denoising,
    saving,
    setDenoise,
    compare(isOn) {
      isComparing.value = isOn;
    },
    async download({ job }, format) {
      if (saving.value) return;
      const abort = new AbortController();
      const show = (share: number): void => {
        if (!abort.signal.aborted)
          saving.value = { what: 'Preparing the file', share, cancel: () => abort.abort() };
      };
      show(0);
      const frame = shownFrame.peek();
      const shown = denoised.peek();
      const isDenoised = !isComparing.peek() && shown?.job === job && shown.frame === frame;
      const own = isDenoised ? shown.means : undefined;
      const film = job.frames[frame] ?? job.film;
      const hash = job.frameHash(frame);
      try {
        await film.load();
        const guides =
          format === 'exr-layers'
            ? await guidesOf(job, frame, abort.signal, (share) => show(0.9 * share))
            : undefined;
        const { frameTitle, pictureFile, pictureName } = await import('../picture-file.ts');
        const title = frameTitle(job, frame);
        const bytes = await pictureFile(
          { title, film, denoised: own, hash, look: look.peek() },
          format,
          guides,
          abort.signal,
        );
        const type = format.startsWith('png') ? 'image/png' : 'image/x-exr';
        downloadBytes(bytes, pictureName(title, format, own !== undefined), type);
      } catch (error) {
        if (!(error instanceof CancelledError)) onFailed('The file could not be made', messageOf(error));
      } finally {
        saving.value = undefined;
      }
    },
    async downloadFrames({ job }, format) {
      if (saving.value) return;
      const abort = new AbortController();
      const show = (share: number): void => {
        if (abort.signal.aborted) return;
        saving.value = { what: 'Preparing the frames', share, cancel: () => abort.abort() };
      };
      show(0);
      try {
        const { framesFile } = await import('../frames-file.ts');
        const { blob, name } = await framesFile(job, format, look.peek(), {
          signal: abort.signal,
          onProgress: show,
        });
        downloadBlob(blob, name);
      } catch (error) {
        if (!(error instanceof CancelledError)) onFailed('The file could not be made', messageOf(error));
      } finally {
        saving.value = undefined;
      }
    },
  };
}
