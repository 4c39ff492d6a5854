/** From a Job's film to the bytes and the name of a PNG. */
import { transfer, wrap } from 'comlink';
import type { RenderJob } from '../render/job/index.ts';
import { toneMap } from '../render/output/index.ts';
import { LeafcutterError } from '../runtime/index.ts';
import type { PngWork } from './png-worker.ts';

/**
 * The picture as it is now, at `exposure` stops. The hash of a finished one travels in the file.
 * @throws LeafcutterError `png-failed`
 */
export async function pngOfJob(job: RenderJob, exposure: number): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height, means } = job.film;
  const rgba = toneMap(means, { exposure });
  const texts = {
    Software: 'Leafcutter',
    Title: job.title,
    ...(job.hash === undefined ? {} : { 'Picture hash': job.hash }),
  };
  const worker = new Worker(new URL('./png-worker.ts', import.meta.url), { type: 'module' });
  try {
    // Comlink never settles the calls of a worker that died: its error event must.
    const died = new Promise<never>((_, reject) => {
      worker.addEventListener('error', (event) => {
        reject(
          new LeafcutterError(
            'png-failed',
            event.message || 'the browser stopped the encoder; is memory short?',
          ),
        );
      });
    });
    const encoding = wrap<PngWork>(worker).encode(transfer(rgba, [rgba.buffer]), width, height, texts);
    return (await Promise.race([encoding, died])) as Uint8Array<ArrayBuffer>;
  } finally {
    worker.terminate();
  }
}

/** "duck.glb" -> "duck.png"; what file systems dislike becomes a hyphen. */
export function pngName(title: string): string {
  const stem = title
    .replace(/\.(glb|gltf|zip)$/i, '')
    .replace(/[^\p{L}\p{N} ._()-]+/gu, '-')
    .replace(/^[. -]+|[. -]+$/g, '');
  return `${stem || 'picture'}.png`;
}
