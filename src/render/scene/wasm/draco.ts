/** The Draco decoder, a fresh one for every file: one that a damaged file has brought down cannot spoil the next. */
import { messageOf } from '../../../runtime/index.ts';
import { SceneError } from '../errors.ts';
import { wasmModule } from './module.ts';

/** What glTF-Transform wants as its `draco3d.decoder`; we only pass it on. @throws SceneError `reader-failed` */
export async function loadDraco(): Promise<unknown> {
  const [{ default: createDecoder }, module] = await Promise.all([
    import('draco3dgltf/draco_decoder_gltf_nodejs.js'),
    wasmModule('draco'),
  ]);
  try {
    return await createDecoder({
      instantiateWasm(imports, done) {
        const instance = new WebAssembly.Instance(module, imports);
        done(instance);
        return instance.exports;
      },
      printErr() {},
    });
  } catch (cause) {
    const reason = `could not be started: ${messageOf(cause)}`;
    throw new SceneError('reader-failed', 'the Draco decoder', reason, { cause });
  }
}
