/** The work of `leafcutter fetch`: watches a render as a page does, lends nothing, and writes the picture when it is whole. */
import { type BuiltFiles, builtKernel } from './built-files.ts';
import { findRender } from './find-job.ts';
import { finishJob } from './finish-job.ts';
import type { TellOptions } from './finish-picture.ts';
import { type MeshOptions, withMesh } from './mesh-command.ts';
import { openMeshFarm } from './mesh-farm.ts';
import { checkWritable } from './output-file.ts';
import { formatOf, type OutputOptions } from './output-options.ts';

export interface PictureOptions extends MeshOptions, OutputOptions, TellOptions {}

/** @throws LeafcutterError for what a person can mend */
export async function fetchPicture(
  invite: string,
  text: string,
  options: PictureOptions,
  built: BuiltFiles,
): Promise<void> {
  formatOf(options);
  await checkWritable(options.out);
  const kernel = await builtKernel(built);
  await withMesh(invite, options, async ({ mesh, broker, signal }) => {
    const host = openMeshFarm(mesh, { kernel, built, workers: 0, broker, isViewer: true });
    try {
      const job = await findRender(host, text, { timeoutMs: 1000 * options.timeout, signal });
      await finishJob(job, host, {}, options, built, signal);
      return 0;
    } finally {
      host.close();
    }
  });
}
