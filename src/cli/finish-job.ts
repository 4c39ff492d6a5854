/** From a Job on the mesh to its picture file: waits with progress, makes what the format needs besides, writes and tells. */
import { develop } from '../render/film/index.ts';
import type { GuideImages, RenderJob } from '../render/job/index.ts';
import { finishPicture, type TellOptions } from './finish-picture.ts';
import { jobEnd } from './job-end.ts';
import type { MeshFarm } from './mesh-farm.ts';
import { formatOf, needsGuides, type OutputOptions } from './output-options.ts';

/**
 * @param counts what else is told of it
 * @throws JobFailedError; LeafcutterError `job-cancelled`, `output-unwritable`; CancelledError when `signal` aborts
 */
export async function finishJob(
  job: RenderJob,
  { bringInputs }: Pick<MeshFarm, 'bringInputs'>,
  counts: Readonly<Record<string, number>>,
  options: OutputOptions & TellOptions,
  signal: AbortSignal,
): Promise<void> {
  const { denoise = false, quiet } = options;
  const hash = await jobEnd(job, signal, quiet ? undefined : process.stderr);
  const { id, title, film, progress, spec } = job;
  let guides: GuideImages | undefined;
  if (needsGuides(formatOf(options), denoise)) {
    await bringInputs(spec, signal);
    guides = await job.guides({ signal });
  }
  const { samplesDone, noise, elapsedSeconds: seconds, shares } = progress;
  await finishPicture(
    {
      ...{
        title,
        settings: spec.settings,
        film,
        means: develop(film),
        hash,
        guides,
        samplesDone,
        noise,
        seconds,
      },
      ...{ counts: { devices: shares.length, ...counts }, job: id },
    },
    options,
    signal,
  );
}
