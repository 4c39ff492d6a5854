/** Browser only: the addresses that Vite gives the decoders. */
import jpeg from '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm?url';
import webp from '@jsquash/webp/codec/dec/webp_dec.wasm?url';
import draco from 'draco3dgltf/draco_decoder_gltf.wasm?url';
import type { WasmName } from './names.ts';

export const wasmUrls: Readonly<Record<WasmName, string>> = { jpeg, webp, draco };
