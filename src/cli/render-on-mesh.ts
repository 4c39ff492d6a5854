/**
 * `leafcutter render --join`: the same picture with everyone who is in the network. The scene is read here; who renders it is the farm's
 * affair, this machine's workers among the others.
 */
import { cpus } from 'node:os';
import type { RenderFarm, RenderJob } from '../render/job/index.ts';
import { decodeEnvironment } from '../render/scene/index.ts';
import type { BuiltFiles } from './built-files.ts';
import { environmentBytes } from './environment-bytes.ts';
import { finishPicture } from './finish-picture.ts';
import { jobEnd } from './job-end.ts';
import { type StopSignal, withMesh } from './mesh-command.ts';
import { openMeshFarm } from './mesh-farm.ts';
import { formatOf, needsGuides } from './output-options.ts';
import { type PreparedScene, prepareScene } from './prepared-scene.ts';
import { checkWritable } from './render-files.ts';
import { isToFile, type RenderOptions, type RenderToFile } from './render-options.ts';

/** @throws LeafcutterError for what a person can mend: says what and how */
export async function renderOnMesh(
  path: string,
  options: RenderOptions,
  invite: string,
  built: BuiltFiles,
): Promise<void> {
  if (isToFile(options)) {
    formatOf(options);
    await checkWritable(options.out);
  }
  // Before it is a member: who reads a large scene answers nobody for a while.
  let prepared: PreparedScene | undefined = await prepareScene(path, options, new AbortController().signal);
  const { triangles } = prepared;
  const { workers = options.detach ? 0 : cpus().length } = options;
  await withMesh(
    invite,
    options,
    async ({ mesh, signal }) => {
      const { farm, close } = await openMeshFarm(mesh, built, workers);
      try {
        const submitted = prepared && submit(farm, prepared, options, built);
        // The scene goes on as encoded bytes: beside them it would double the memory for the whole render.
        prepared = undefined;
        const job = await submitted;
        if (job && isToFile(options)) await finish(job, triangles, options, signal);
        return 0;
      } finally {
        close();
      }
    },
    { workers, cores: cpus().length },
  );
}

async function submit(
  farm: RenderFarm,
  { scene, settings, title }: PreparedScene,
  options: RenderOptions,
  built: BuiltFiles,
): Promise<RenderJob> {
  const map = await environmentBytes(settings.environment, options.env, built);
  return farm.submit({ title, scene, settings, ...(map && { environmentMap: decodeEnvironment(map) }) });
}

/** Waits for the picture and writes it. @throws LeafcutterError `job-failed`, `job-cancelled`, CancelledError */
async function finish(
  job: RenderJob,
  triangles: number,
  options: RenderToFile,
  signal: AbortSignal,
): Promise<void> {
  const { denoise = false, quiet } = options;
  if (!quiet) console.error(`job ${job.id}`);
  const hash = await jobEnd(job, signal, quiet ? undefined : process.stderr).catch(async (error) => {
    if (signal.aborted) await leave(job, signal.reason, quiet);
    throw error;
  });
  const guides = needsGuides(formatOf(options), denoise) ? await job.guides({ signal }) : undefined;
  const { title, film, progress, spec } = job;
  const { samplesDone, noise, elapsedSeconds: seconds, shares } = progress;
  const counts = { devices: shares.length, triangles };
  await finishPicture(
    {
      ...{ title, settings: spec.settings, film, means: film.means, hash, guides },
      ...{ samplesDone, noise, seconds, counts, job: job.id },
    },
    options,
    signal,
  );
}

/** A person who stops the command wants no picture; one whose terminal is gone may still. */
async function leave(job: RenderJob, by: StopSignal, quiet: boolean): Promise<void> {
  if (by === 'SIGHUP') return;
  await job.cancel();
  if (!quiet)
    console.error('leafcutter: interrupted, nothing was written; the job is cancelled for everyone');
}
