/**
 * What is made of the picture on the stage, on this device: a denoised version to look at, and files to keep. Both may need to
 * render what the camera sees besides light (guides), show how far they are, and can be given up. The film itself, and with it
 * the hash, never changes.
 */
import { effect, type ReadonlySignal, signal } from '@preact/signals';
import { proxy } from 'comlink';
import { develop } from '../../render/film/index.ts';
import type { GuideImages, RenderJob } from '../../render/job/index.ts';
import { CancelledError, messageOf } from '../../runtime/index.ts';
import { askPictureWorker } from '../ask-picture-worker.ts';
import { downloadBytes } from '../download.ts';
import type { PictureFormat } from '../picture-file.ts';
import type { JobView } from './jobs.ts';
import type { Look } from './settings.ts';

export interface Denoised {
  readonly job: RenderJob;
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
  download(view: JobView, format: PictureFormat): Promise<void>;
}

export function createPictureTools(
  shownJob: ReadonlySignal<JobView | undefined>,
  look: ReadonlySignal<Look>,
  onFailed: (title: string, reason: string) => void,
): PictureTools {
  const wantsDenoised = signal(false);
  const denoised = signal<Denoised | undefined>(undefined);
  const isComparing = signal(false);
  const denoising = signal<PictureWorkShown | undefined>(undefined);
  const saving = signal<PictureWorkShown | undefined>(undefined);
  let kept: { readonly job: RenderJob; readonly guides: GuideImages } | undefined;

  async function guidesOf(job: RenderJob, signal: AbortSignal, onProgress: (share: number) => void) {
    if (kept?.job === job) return kept.guides;
    const guides = await job.guides({ signal, onProgress });
    if (job.film.width * job.film.height <= MAX_KEPT_GUIDES) kept = { job, guides };
    return guides;
  }

  async function denoise(job: RenderJob, abort: AbortController): Promise<void> {
    const show = (share: number): void => {
      if (!abort.signal.aborted)
        denoising.value = { what: 'Denoising', share, cancel: () => setDenoise(false) };
    };
    show(0);
    try {
      const guides = await guidesOf(job, abort.signal, (share) => show(GUIDES_SHARE * share));
      const { width, height } = job.film;
      const means = develop(job.film);
      const filtered = await askPictureWorker(
        (remote) =>
          remote.denoise(
            { width, height, means, guides },
            proxy((share: number) => show(GUIDES_SHARE + (1 - GUIDES_SHARE) * share)),
          ),
        abort.signal,
      );
      if (!abort.signal.aborted) denoised.value = { job, means: filtered };
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
    const isWanted = wantsDenoised.value;
    if (denoised.peek()?.job !== view?.job || !isWanted) denoised.value = undefined;
    if (kept?.job !== view?.job) kept = undefined;
    if (!view || !isWanted) return;
    const isDone = !view.isRunning.value;
    const { samplesDone } = view.progress.peek();
    if (samplesDone === 0 || (!isDone && samplesDone < view.job.film.width * view.job.film.height)) return;
    const abort = new AbortController();
    void denoise(view.job, abort);
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
      const own = isComparing.peek() || denoised.peek()?.job !== job ? undefined : denoised.peek()?.means;
      const { title, film, hash } = job;
      try {
        const guides =
          format === 'exr-layers'
            ? await guidesOf(job, abort.signal, (share) => show(0.9 * share))
            : undefined;
        const { pictureFile, pictureName } = await import('../picture-file.ts');
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
  };
}
