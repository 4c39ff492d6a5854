/**
 * The platform seam of the decoders: where a codec's WASM comes from. In a browser Vite gives each file a hashed address
 * under our own origin (so `connect-src 'self'` suffices); in Node it is read from the installed package. Which branch
 * exists is decided when building, so neither bundle carries the other's imports.
 */
import { messageOf } from '../../../runtime/index.ts';
import { SceneError } from '../errors.ts';
import type { WasmName } from './names.ts';

const compiled = new Map<WasmName, Promise<WebAssembly.Module>>();

/** Compiled once; a failed load is tried again next time. @throws SceneError `reader-failed` */
export function wasmModule(name: WasmName): Promise<WebAssembly.Module> {
  let module = compiled.get(name);
  if (!module) {
    module = compile(name);
    compiled.set(name, module);
    module.catch(() => compiled.delete(name));
  }
  return module;
}

async function compile(name: WasmName): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(await wasmBytes(name));
  } catch (cause) {
    const reason = `could not be loaded; reload the page or install again: ${messageOf(cause)}`;
    throw new SceneError('reader-failed', `the ${name} decoder`, reason, { cause });
  }
}

async function wasmBytes(name: WasmName): Promise<BufferSource> {
  if (import.meta.env.SSR) {
    const { readInstalledWasm } = await import('./installed.ts');
    return readInstalledWasm(name);
  }
  const { wasmUrls } = await import('./urls.ts');
  const response = await fetch(wasmUrls[name]);
  if (!response.ok) throw new Error(`${wasmUrls[name]} answered ${response.status}`);
  return response.arrayBuffer();
}
