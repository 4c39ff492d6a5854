/** From a Job on the mesh to its files: takes frame after frame as they are finished, makes what the format needs besides, writes and tells. */
import { develop } from '../render/film/index.ts';
import type { RenderJob } from '../render/job/index.ts';
import type { BuiltFiles } from './built-files.ts';
import { PictureFinisher, type RenderToFinish, type TellOptions } from './finish-picture.ts';
import { jobEnd } from './job-end.ts';
import type { MeshFarm } from './mesh-farm.ts';
import { formatOf, needsGuides, type OutputOptions } from './output-options.ts';
import { checkSink } from './picture-sink.ts';

/** What the Job does not know of itself, and its files are named by or is told of it. */
export interface JobOrigin extends Pick<RenderToFinish, 'name' | 'scene'> {
  readonly counts?: Readonly<Record<string, number>>;
}

/**
 * @throws JobFailedError; LeafcutterError `job-cancelled`, `bad-output`, `output-unwritable`; CancelledError when `signal` aborts
 */
export async function finishJob(
  job: RenderJob,
  { bringInputs }: Pick<MeshFarm, 'bringInputs'>,
  { counts, name, scene }: JobOrigin,
  options: OutputOptions & TellOptions,
  built: Pick<BuiltFiles, 'page'>,
  signal: AbortSignal,
): Promise<void> {
  const { denoise = false, quiet } = options;
  const { id, title, spec, frames } = job;
  const out = await checkSink(options, spec.frames);
  const finisher = new PictureFinisher(
    { title, settings: spec.settings, frames: spec.frames, name, scene },
    { ...options, out },
    built,
  );
  const isGuided = needsGuides(formatOf(options), denoise);
  try {
    const ended = jobEnd(job, signal, quiet ? undefined : process.stderr);
    // Whoever waits for a frame hears of it.
    ended.catch(() => {});
    for (const [index, film] of frames.entries()) {
      await frameNamed(job, index, ended);
      if (isGuided && index === 0) await bringInputs(spec, signal);
      const guides = isGuided ? await job.guides({ frame: index, signal }) : undefined;
      await film.load();
      const hash = job.frameHash(index) ?? '';
      await finisher.take({ index, film, means: develop(film), hash, guides }, signal);
    }
    await ended;
    const { samplesDone, noise, elapsedSeconds: seconds, shares } = job.progress;
    await finisher.finish({
      seconds,
      samplesDone,
      noise,
      counts: { devices: shares.length, ...counts },
      job: id,
    });
  } catch (error) {
    await finisher.abandon();
    throw error;
  }
}

/** Resolves when the frame is finished, at the latest with the Job. @throws as `ended` */
async function frameNamed(job: RenderJob, frame: number, ended: Promise<unknown>): Promise<void> {
  if (job.frameHash(frame) !== undefined) return;
  let off = (): void => {};
  const named = new Promise<void>((resolve) => {
    off = job.events.on('frame', (finished) => {
      if (finished === frame) resolve();
    });
  });
  try {
    await Promise.race([named, ended]);
  } finally {
    off();
  }
}
