/**
 * A FlatScene on its way from the page to the preview's worker: the page keeps it for renders, so it is copied, and copying all of a large
 * one at once would stop the page. The outline goes first, the arrays follow slice by slice.
 */
import type { FlatImage, FlatScene } from '../../render/scene/index.ts';

/** A millisecond or two to copy. */
const SLICE_BYTES = 2 ** 22;

const NOTHING = new Uint8Array();

const FLOATS = ['positions', 'normals', 'tangents', 'colors', 'uv0', 'uv1', 'instanceTransforms'] as const;
const WHOLES = ['indices', 'triangleMaterials', 'instanceMeshes'] as const;

/** All but the arrays, and the images' files, which no preview opens. */
export interface SceneOutline {
  readonly scene: FlatScene;
  /** Bytes of each array that follows. */
  readonly lengths: readonly number[];
}

export interface SceneSlice {
  /** Which array, and from which of its bytes on. */
  readonly array: number;
  readonly at: number;
  /** Of a buffer of its own. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export function outlineOf(scene: FlatScene): SceneOutline {
  const { floats, wholes } = { floats: new Float32Array(), wholes: new Uint32Array() };
  const images = scene.images.map((image): FlatImage => {
    const { preview } = image;
    return { ...image, bytes: NOTHING, ...(preview && { preview: { ...preview, rgba: NOTHING } }) };
  });
  return {
    scene: {
      ...scene,
      ...Object.fromEntries(FLOATS.map((name) => [name, floats])),
      ...Object.fromEntries(WHOLES.map((name) => [name, wholes])),
      images,
    },
    lengths: arraysOf(scene).map(({ byteLength }) => byteLength),
  };
}

export function* slicesOf(scene: FlatScene, sliceBytes = SLICE_BYTES): Generator<SceneSlice> {
  for (const [array, { buffer, byteOffset, byteLength }] of arraysOf(scene).entries()) {
    for (let at = 0; at < byteLength; at += sliceBytes) {
      const bytes = new Uint8Array(buffer, byteOffset + at, Math.min(sliceBytes, byteLength - at)).slice();
      yield { array, at, bytes };
    }
  }
}

/** The other end. */
export class SceneInSlices {
  readonly #outline: FlatScene;
  readonly #buffers: readonly Uint8Array<ArrayBuffer>[];

  constructor({ scene, lengths }: SceneOutline) {
    this.#outline = scene;
    this.#buffers = lengths.map((length) => new Uint8Array(length));
  }

  add({ array, at, bytes }: SceneSlice): void {
    this.#buffers[array]?.set(bytes, at);
  }

  /** Once all have come. */
  whole(): FlatScene {
    const buffers = this.#buffers.map(({ buffer }) => buffer);
    const at = (index: number): ArrayBuffer => buffers[index] ?? new ArrayBuffer();
    let next = FLOATS.length + WHOLES.length;
    const images = this.#outline.images.map((image) => {
      const { preview } = image;
      return preview ? { ...image, preview: { ...preview, rgba: new Uint8Array(at(next++)) } } : image;
    });
    return {
      ...this.#outline,
      ...Object.fromEntries(FLOATS.map((name, i) => [name, new Float32Array(at(i))])),
      ...Object.fromEntries(WHOLES.map((name, i) => [name, new Uint32Array(at(FLOATS.length + i))])),
      images,
    };
  }
}

function arraysOf(scene: FlatScene): readonly (Float32Array | Uint32Array | Uint8Array)[] {
  const previews = scene.images.flatMap(({ preview }) => (preview ? [preview.rgba] : []));
  return [...FLOATS.map((name) => scene[name]), ...WHOLES.map((name) => scene[name]), ...previews];
}
