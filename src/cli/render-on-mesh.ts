/**
 * `leafcutter render --join`: the same picture with everyone who is in the network. The scene is read here; who renders it is the farm's
 * affair, this machine's workers among the others.
 */
import { cpus } from 'node:os';
import type { RenderFarm, RenderJob } from '../render/job/index.ts';
import { CancelledError } from '../runtime/index.ts';
import { type BuiltFiles, builtKernel } from './built-files.ts';
import { concluded } from './conclude-job.ts';
import { openDiskPlace } from './disk-options.ts';
import { environmentBytes } from './environment-bytes.ts';
import { finishJob } from './finish-job.ts';
import { secondCopy } from './hand-over.ts';
import { withMesh } from './mesh-command.ts';
import { openMeshFarm } from './mesh-farm.ts';
import { checkNoSource } from './output-file.ts';
import { picturePaths } from './output-pattern.ts';
import { type PreparedScene, prepareScene } from './prepared-scene.ts';
import { type ChosenScene, checkedPattern, chosenScenes, renderEach } from './render-each.ts';
import { framesOf, isToFile, type RenderOptions } from './render-options.ts';

/** @throws LeafcutterError for what a person can mend: says what and how */
export async function renderScenesOnMesh(
  given: readonly string[],
  options: RenderOptions,
  invite: string,
  built: BuiltFiles,
): Promise<void> {
  const scenes = await chosenScenes(given);
  const out = isToFile(options) ? await checkedPattern(options, scenes, framesOf(options)) : undefined;
  await renderEach(
    scenes,
    async (scene) => {
      await renderOnMesh(scene, { ...options, out }, invite, built);
      if (isStopped()) throw new CancelledError('rendering');
    },
    options,
  ).catch((error: unknown) => {
    if (!isStopped()) throw error;
  });
}

/** The mesh's work was stopped by a signal, and has said so. */
const isStopped = (): boolean => Number(process.exitCode ?? 0) > 128;

async function renderOnMesh(
  { path, name, isOneOfSeveral }: ChosenScene,
  options: RenderOptions,
  invite: string,
  built: BuiltFiles,
): Promise<void> {
  // Before it is a member: who reads a large scene answers nobody for a while.
  const frames = framesOf(options);
  const sources = new Set(options.env?.kind === 'file' ? [options.env.name] : []);
  let prepared: PreparedScene | undefined = await prepareScene(path, options, {
    signal: new AbortController().signal,
    frames,
    onFile: (file) => sources.add(file),
    reader: built.reader,
  });
  if (isToFile(options)) checkNoSource(options.out, picturePaths(options.out, name, frames), sources);
  const { triangles } = prepared;
  const { workers = options.detach ? 0 : cpus().length } = options;
  const kernel = await builtKernel(built);
  await withMesh(
    invite,
    options,
    async ({ mesh, broker, signal }) => {
      const place = openDiskPlace(options, mesh.networkName, (trouble) => {
        if (!options.quiet) console.error(`leafcutter: ${trouble}`);
      });
      const isViewer = !options.detach;
      const host = openMeshFarm(mesh, { kernel, built, workers, broker, isViewer, place });
      const { farm, close } = host;
      try {
        const submitted = prepared && submit(farm, prepared, options, built, signal);
        // The scene goes on as encoded bytes: beside them it would double the memory for the whole render.
        prepared = undefined;
        const job = await submitted;
        if (job) {
          await concluded(job, { mesh, signal, quiet: options.quiet }, async () => {
            if (isToFile(options)) {
              if (!options.quiet) console.error(`job ${job.id}`);
              const origin = { counts: { triangles }, name, scene: isOneOfSeveral ? path : undefined };
              await finishJob(job, host, origin, options, built, signal);
            } else {
              await secondCopy(job, mesh, { timeoutMs: 1000 * options.timeout, signal });
              console.log(options.json ? JSON.stringify({ job: job.id }) : job.id);
            }
          });
        }
        return 0;
      } finally {
        // Whoever finds it there is to know how it ended.
        await host.saved();
        close();
        place?.close();
      }
    },
    { workers, cores: cpus().length },
  );
}

async function submit(
  farm: RenderFarm,
  { scene, settings, title, source: packed }: PreparedScene,
  options: RenderOptions,
  built: BuiltFiles,
  signal: AbortSignal,
): Promise<RenderJob> {
  const environmentMap = await environmentBytes(settings.environment, options.env, built, signal);
  const source = packed();
  const frames = framesOf(options);
  return farm.submit({
    ...{ title, scene, settings },
    ...(source && { source }),
    ...(frames && { frames }),
    ...(environmentMap && { environmentMap }),
  });
}
