import { readFile } from 'node:fs/promises';
import { Denoiser, type DenoiserFiles } from './denoise.ts';

const PAGE = new URL('../../../../public/', import.meta.url);

export async function denoiserFiles(): Promise<DenoiserFiles> {
  const [wasm, weights] = await Promise.all(
    ['generated/denoiser.wasm', 'denoiser/weights.tza'].map((path) => readFile(new URL(path, PAGE))),
  );
  if (!wasm || !weights) throw new Error('unreachable');
  return { wasm, weights };
}

export const openDenoiser = async (): Promise<Denoiser> => Denoiser.create(await denoiserFiles());
