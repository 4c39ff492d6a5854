/** From a Job's film to the bytes and the name of a PNG. */
import { transfer } from 'comlink';
import type { RenderJob } from '../render/job/contract.ts';
import { toneMap } from '../render/output/index.ts';
import { inPageWorker } from './page-worker-client.ts';

/** As it is now, at `exposure` stops. The hash of a finished picture travels in the file. */
export function pngOfJob(job: RenderJob, exposure: number): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height, means } = job.film;
  const rgba = toneMap(means, { exposure });
  const texts = {
    Software: 'Leafcutter',
    Title: job.title,
    ...(job.hash === undefined ? {} : { 'Picture hash': job.hash }),
  };
  return inPageWorker(async (work) => {
    const png = await work.encodePng(transfer(rgba, [rgba.buffer]), width, height, texts);
    return png as Uint8Array<ArrayBuffer>;
  });
}

/** "duck.glb" -> "duck.png"; what file systems dislike becomes a hyphen. */
export function pngName(title: string): string {
  const stem = title
    .replace(/\.(glb|gltf|zip)$/i, '')
    .replace(/[^\p{L}\p{N} ._()-]+/gu, '-')
    .replace(/^[. -]+|[. -]+$/g, '');
  return `${stem || 'picture'}.png`;
}
