/** Node only: the decoders as npm installed them. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { WasmName } from './names.ts';

const PATHS: Readonly<Record<WasmName, string>> = {
  jpeg: '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm',
  webp: '@jsquash/webp/codec/dec/webp_dec.wasm',
  draco: 'draco3dgltf/draco_decoder_gltf.wasm',
};

export async function readInstalledWasm(name: WasmName): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await readFile(createRequire(import.meta.url).resolve(PATHS[name]));
  return Uint8Array.from(bytes);
}
