/** KHR_draco_mesh_compression: a primitive's corners and attributes, packed together in one buffer view. */
import { SceneError } from '../errors.ts';
import { MAX_TRIANGLES } from '../limits.ts';
import type { DracoAttribute, DracoDecoder, DracoMesh, DracoModule } from '../wasm/draco.ts';
import type { Accessors, NumberArray } from './accessors.ts';
import type { BufferViews } from './buffers.ts';
import type { Primitive } from './meshes.ts';

/** Draco's name for each of glTF's component types, and what holds it. */
const KINDS = {
  5120: { name: 'DT_INT8', Values: Int8Array },
  5121: { name: 'DT_UINT8', Values: Uint8Array },
  5122: { name: 'DT_INT16', Values: Int16Array },
  5123: { name: 'DT_UINT16', Values: Uint16Array },
  5125: { name: 'DT_UINT32', Values: Uint32Array },
  5126: { name: 'DT_FLOAT32', Values: Float32Array },
} as const;

/** Gives the primitive's accessors the values that its stream holds. @throws SceneError `compression-damaged`, `too-large` */
export function unpackDraco(
  { part, draco, indices, attributes }: Primitive,
  module: DracoModule,
  views: BufferViews,
  accessors: Accessors,
): void {
  if (!draco) return;
  const bytes = views.bytesOf(draco.bufferView);
  const buffer = new module.DecoderBuffer();
  const decoder = new module.Decoder();
  const mesh = new module.Mesh();
  try {
    // The stream is copied; Int8Array is what the binding asks for.
    buffer.Init(new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length), bytes.length);
    const isMesh = decoder.GetEncodedGeometryType(buffer) === module.TRIANGULAR_MESH;
    if (!isMesh || !decoder.DecodeBufferToMesh(buffer, mesh).ok()) throw damaged(part);
    if (mesh.num_faces() > MAX_TRIANGLES || mesh.num_points() > 3 * MAX_TRIANGLES) {
      throw new SceneError('too-large', part, `unpacks to ${mesh.num_faces()} triangles`);
    }
    const found = new Map<number, NumberArray>();
    for (const [semantic, id] of Object.entries(draco.attributes)) {
      const accessor = attributes[semantic];
      if (accessor === undefined) continue;
      const attribute = decoder.GetAttributeByUniqueId(mesh, id);
      if (!attribute?.ptr) throw damaged(part);
      found.set(
        accessor,
        attributeValues(module, decoder, mesh, attribute, accessors.componentTypeOf(accessor)),
      );
    }
    if (indices !== undefined) found.set(indices, corners(module, decoder, mesh));
    for (const [accessor, values] of found) accessors.provide(accessor, values);
  } catch (cause) {
    if (cause instanceof SceneError) throw cause;
    throw damaged(part, cause);
  } finally {
    module.destroy(mesh);
    module.destroy(decoder);
    module.destroy(buffer);
  }
}

function damaged(part: string, cause?: unknown): SceneError {
  return new SceneError('compression-damaged', part, 'its Draco data cannot be decoded', { cause });
}

function corners(module: DracoModule, decoder: DracoDecoder, mesh: DracoMesh): Uint32Array {
  const bytes = mesh.num_faces() * 12;
  return copied(module, bytes, (address) => {
    decoder.GetTrianglesUInt32Array(mesh, bytes, address);
    return new Uint32Array(module.HEAPU8.slice(address, address + bytes).buffer);
  });
}

function attributeValues(
  module: DracoModule,
  decoder: DracoDecoder,
  mesh: DracoMesh,
  attribute: DracoAttribute,
  componentType: keyof typeof KINDS,
): NumberArray {
  const { name, Values } = KINDS[componentType];
  const length = mesh.num_points() * attribute.num_components();
  const bytes = length * Values.BYTES_PER_ELEMENT;
  return copied(module, bytes, (address) => {
    decoder.GetAttributeDataArrayForAllPoints(mesh, attribute, module[name], bytes, address);
    // The heap's buffer may be another one since the decoder has run.
    const copy = module.HEAPU8.slice(address, address + bytes);
    return new Values(copy.buffer, 0, length);
  });
}

function copied<T>(module: DracoModule, bytes: number, work: (address: number) => T): T {
  const address = module._malloc(bytes);
  try {
    return work(address);
  } finally {
    module._free(address);
  }
}
