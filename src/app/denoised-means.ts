/** A picture without its noise, made in a worker; code and weights come when they are first asked for. */
import { proxy } from 'comlink';
import type { DenoiseInput } from '../render/output/index.ts';
import { askPictureWorker } from './ask-picture-worker.ts';
import { fetchPageFile } from './fetch-page-file.ts';

/**
 * @param onProgress is told the share done, 0..1
 * @throws CancelledError; LeafcutterError `asset-missing`, `bad-denoiser`, `picture-failed`
 */
export async function denoisedMeans(
  input: DenoiseInput,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<Float32Array> {
  const [wasm, weights] = await Promise.all([
    fetchPageFile('generated/denoiser.wasm'),
    fetchPageFile('denoiser/weights.tza'),
  ]);
  return askPictureWorker((remote) => remote.denoise({ wasm, weights }, input, proxy(onProgress)), signal);
}
