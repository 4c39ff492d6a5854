/** The decoders that come as a WASM file of their own. */
export type WasmName = 'jpeg' | 'webp' | 'draco';
