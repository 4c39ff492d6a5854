/** The Draco decoder, a fresh one for every file: one that a damaged file has brought down cannot spoil the next. */
import { messageOf } from '../../../runtime/index.ts';
import { SceneError } from '../errors.ts';
import { wasmModule } from './module.ts';

/** What we use of the decoder; everything made of it must be given to `destroy`. */
export interface DracoModule {
  readonly Decoder: new () => DracoDecoder;
  readonly DecoderBuffer: new () => DracoBuffer;
  readonly Mesh: new () => DracoMesh;
  readonly TRIANGULAR_MESH: number;
  readonly DT_INT8: number;
  readonly DT_UINT8: number;
  readonly DT_INT16: number;
  readonly DT_UINT16: number;
  readonly DT_UINT32: number;
  readonly DT_FLOAT32: number;
  /** Another one when the memory has grown. */
  readonly HEAPU8: Uint8Array<ArrayBuffer>;
  _malloc(bytes: number): number;
  _free(address: number): void;
  destroy(object: DracoDecoder | DracoBuffer | DracoMesh): void;
}

export interface DracoDecoder {
  GetEncodedGeometryType(buffer: DracoBuffer): number;
  DecodeBufferToMesh(buffer: DracoBuffer, mesh: DracoMesh): { ok(): boolean };
  GetAttributeByUniqueId(mesh: DracoMesh, id: number): DracoAttribute | undefined;
  GetTrianglesUInt32Array(mesh: DracoMesh, bytes: number, address: number): boolean;
  GetAttributeDataArrayForAllPoints(
    mesh: DracoMesh,
    attribute: DracoAttribute,
    type: number,
    bytes: number,
    address: number,
  ): boolean;
}

export interface DracoBuffer {
  Init(bytes: Int8Array, length: number): void;
}

export interface DracoMesh {
  num_faces(): number;
  num_points(): number;
}

export interface DracoAttribute {
  /** 0: there is none. */
  readonly ptr: number;
  num_components(): number;
}

/** @throws SceneError `reader-failed` */
export async function loadDraco(): Promise<DracoModule> {
  const [{ default: createDecoder }, module] = await Promise.all([
    import('draco3dgltf/draco_decoder_gltf_nodejs.js'),
    wasmModule('draco'),
  ]);
  try {
    const decoder = await createDecoder({
      instantiateWasm(imports, done) {
        const instance = new WebAssembly.Instance(module, imports);
        done(instance);
        return instance.exports;
      },
      printErr() {},
    });
    return decoder as DracoModule;
  } catch (cause) {
    const reason = `could not be started: ${messageOf(cause)}`;
    throw new SceneError('reader-failed', 'the Draco decoder', reason, { cause });
  }
}
