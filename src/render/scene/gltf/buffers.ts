/**
 * Buffers and buffer views. Only buffers that a view looks into are fetched; one that is missing or short spoils only what
 * really lies in it, and that is told where it is needed. Meshopt-compressed views are unpacked when first asked for.
 */
import type { CheckedJson, JsonObject } from '../checked-json.ts';
import { SceneError } from '../errors.ts';
import { MAX_DECODED_BYTES } from '../limits.ts';
import type { Warnings } from '../warnings.ts';
import { extensionOf } from './extensions.ts';
import { type MeshoptDecoder, type PackedView, readPacked, unpack } from './meshopt.ts';

/** Both names of one format; the younger one knows more of it. */
const MESHOPT = ['KHR_meshopt_compression', 'EXT_meshopt_compression'] as const;

interface View {
  readonly buffer: number;
  readonly byteOffset: number;
  readonly byteLength: number;
  readonly byteStride: number | undefined;
  readonly packed: PackedView | undefined;
}

/** Fetches what a `uri` in the file names. @throws SceneError */
export type Resolve = (uri: string, part: string) => Promise<Uint8Array>;

export class BufferViews {
  readonly #views: readonly (View | SceneError)[];
  readonly #buffers: readonly (Uint8Array | SceneError)[];
  readonly #decoder: MeshoptDecoder | undefined;
  readonly #bytes = new Map<number, Uint8Array>();
  #unpacked = 0;

  constructor(
    views: readonly (View | SceneError)[],
    buffers: readonly (Uint8Array | SceneError)[],
    decoder: MeshoptDecoder | undefined,
  ) {
    this.#views = views;
    this.#buffers = buffers;
    this.#decoder = decoder;
  }

  get length(): number {
    return this.#views.length;
  }

  /** Bytes from one element to the next, where the view says so. @throws SceneError as `bytesOf` */
  strideOf(index: number): number | undefined {
    return this.#view(index).byteStride;
  }

  /** @throws SceneError `json-damaged`, `missing-file`, `out-of-range`, `compression-damaged`, `too-large` */
  bytesOf(index: number): Uint8Array {
    const known = this.#bytes.get(index);
    if (known) return known;
    const view = this.#view(index);
    const part = `bufferViews[${index}]`;
    const bytes = view.packed ? this.#unpack(view.packed, part) : this.#slice(view, part);
    this.#bytes.set(index, bytes);
    return bytes;
  }

  #view(index: number): View {
    const view = this.#views[index];
    if (view instanceof SceneError) throw view;
    if (!view) throw new SceneError('json-damaged', `bufferViews[${index}]`, 'is missing');
    return view;
  }

  #unpack(packed: PackedView, part: string): Uint8Array {
    this.#unpacked += packed.count * packed.byteStride;
    if (this.#unpacked > MAX_DECODED_BYTES) {
      throw new SceneError('too-large', part, `would bring what is unpacked to ${this.#unpacked} bytes`);
    }
    return unpack(packed, this.#slice(packed, part), this.#decoder, part);
  }

  #slice(
    { buffer, byteOffset, byteLength }: Pick<View, 'buffer' | 'byteOffset' | 'byteLength'>,
    part: string,
  ) {
    const bytes = this.#buffers[buffer];
    if (bytes instanceof SceneError) throw bytes;
    const end = byteOffset + byteLength;
    if (!bytes || end > bytes.length) {
      const reason = `ends at byte ${end} of buffers[${buffer}], which has ${bytes?.length ?? 0}`;
      throw new SceneError('out-of-range', part, reason);
    }
    return bytes.subarray(byteOffset, end);
  }
}

/** @throws SceneError `reader-failed` where the meshopt decoder cannot be loaded */
export async function readBuffers(
  json: CheckedJson,
  root: JsonObject,
  binary: Uint8Array | undefined,
  resolve: Resolve,
  warnings: Warnings,
): Promise<BufferViews> {
  const { buffers: rawBuffers, bufferViews: rawViews } = root;
  const bufferDefs = warnings.salvage(() => json.list(rawBuffers, 'buffers'), []);
  const viewDefs = warnings.salvage(() => json.list(rawViews, 'bufferViews'), []);
  const views = viewDefs.map((value, i) =>
    orError(() => readView(json, value, `bufferViews[${i}]`, bufferDefs.length)),
  );
  const needed = new Set<number>();
  for (const view of views) {
    if (!(view instanceof SceneError)) needed.add(view.packed ? view.packed.buffer : view.buffer);
  }
  const buffers: (Uint8Array | SceneError)[] = [];
  for (const [i, value] of bufferDefs.entries()) {
    if (!needed.has(i)) buffers.push(new Uint8Array());
    else buffers.push(await readBuffer(json, value, i, binary, resolve, warnings));
  }
  const usesMeshopt = views.some((view) => !(view instanceof SceneError) && view.packed !== undefined);
  const decoder = usesMeshopt ? (await import('meshoptimizer/decoder')).MeshoptDecoder : undefined;
  await decoder?.ready;
  return new BufferViews(views, buffers, decoder);
}

async function readBuffer(
  json: CheckedJson,
  value: unknown,
  index: number,
  binary: Uint8Array | undefined,
  resolve: Resolve,
  warnings: Warnings,
): Promise<Uint8Array | SceneError> {
  const part = `buffers[${index}]`;
  try {
    const { uri, byteLength } = json.object(value, part);
    const bytes =
      uri !== undefined
        ? await resolve(json.text(uri, `${part}.uri`), part)
        : index === 0
          ? binary
          : undefined;
    if (!bytes) throw new SceneError('missing-file', part, 'has neither a uri nor the binary chunk of a GLB');
    const length = warnings.salvage(
      () => json.count(byteLength, `${part}.byteLength`),
      bytes.length,
      'all that is there is read',
    );
    if (bytes.length >= length) return bytes.subarray(0, length);
    const short = new SceneError('out-of-range', part, `should have ${length} bytes, has ${bytes.length}`);
    warnings.excuse(short, 'what is there is read');
    return bytes;
  } catch (error) {
    if (error instanceof SceneError) return error;
    throw error;
  }
}

function orError<T>(work: () => T): T | SceneError {
  try {
    return work();
  } catch (error) {
    if (error instanceof SceneError) return error;
    throw error;
  }
}

function readView(json: CheckedJson, value: unknown, part: string, bufferCount: number): View {
  const view = json.object(value, part);
  const { buffer, byteOffset = 0, byteLength, byteStride } = view;
  const stride = byteStride === undefined ? undefined : json.count(byteStride, `${part}.byteStride`, 255);
  if (stride === 0) throw json.fail(`${part}.byteStride`, 'should not be 0');
  const name = MESHOPT.find((candidate) => extensionOf(json, view, candidate, part));
  const extension = name && extensionOf(json, view, name, part);
  return {
    buffer: json.index(buffer, bufferCount, `${part}.buffer`),
    byteOffset: json.count(byteOffset, `${part}.byteOffset`),
    byteLength: json.count(byteLength, `${part}.byteLength`),
    byteStride: stride,
    packed: extension && readPacked(json, extension, `${part}.extensions.${name}`, bufferCount),
  };
}
