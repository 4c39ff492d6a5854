/** What other formats become: a glTF file in memory, so that everything behind it (checks, limits, notes) is the same for all. */
import type { JsonObject } from '../checked-json.ts';
import type { Container } from '../gltf/container.ts';

export interface Shape {
  /** 3 floats a vertex. */
  readonly positions: Float32Array;
  /** 3 floats a vertex. */
  readonly normals?: Float32Array | undefined;
  /** 2 floats a vertex, v downwards. */
  readonly uvs?: Float32Array | undefined;
  /** Linear RGBA, 4 floats a vertex. */
  readonly colors?: Float32Array | undefined;
  /** 3 a triangle; undefined: the vertices in their order. */
  readonly indices?: Uint32Array | undefined;
  readonly material?: number | undefined;
  /** @default triangles */
  readonly kind?: 'triangles' | 'points' | 'lines';
  /** Where it stands: 16 numbers, column by column. @default where its vertices are */
  readonly matrix?: readonly number[];
}

const MODES = { points: 0, lines: 1, triangles: 4 } as const;

export class GltfBuilder {
  readonly #materials: JsonObject[] = [];
  readonly #images = new Map<string | Uint8Array, number>();
  readonly #meshes: JsonObject[] = [];
  readonly #nodes: JsonObject[] = [];
  readonly #accessors: JsonObject[] = [];
  readonly #views: JsonObject[] = [];
  readonly #arrays: (Float32Array | Uint32Array | Uint8Array)[] = [];
  #bytes = 0;

  /** @param definition a glTF material @returns its place */
  material(definition: JsonObject): number {
    return this.#materials.push(definition) - 1;
  }

  /** @param picture the name of a file beside the scene, or the file itself @returns a glTF textureInfo */
  texture(picture: string | Uint8Array): { readonly index: number } {
    const index = this.#images.get(picture) ?? this.#images.size;
    this.#images.set(picture, index);
    return { index };
  }

  add({ positions, normals, uvs, colors, indices, material, kind = 'triangles', matrix }: Shape): void {
    if (positions.length === 0) return;
    const attributes = {
      POSITION: this.#accessor(positions, 'VEC3', 3),
      ...(normals && { NORMAL: this.#accessor(normals, 'VEC3', 3) }),
      ...(uvs && { TEXCOORD_0: this.#accessor(uvs, 'VEC2', 2) }),
      ...(colors && { COLOR_0: this.#accessor(colors, 'VEC4', 4) }),
    };
    const primitive = {
      ...{ attributes, mode: MODES[kind] },
      ...(indices && { indices: this.#accessor(indices, 'SCALAR', 1) }),
      ...(material !== undefined && { material }),
    };
    const mesh = this.#meshes.push({ primitives: [primitive] }) - 1;
    this.#nodes.push({ mesh, ...(matrix && { matrix }) });
  }

  #accessor(array: Float32Array | Uint32Array, type: string, components: number): number {
    const bufferView = this.#view(array);
    const componentType = array instanceof Float32Array ? 5126 : 5125;
    const accessor = {
      bufferView,
      componentType,
      type,
      count: array.length / components,
    };
    return this.#accessors.push(accessor) - 1;
  }

  #view(array: Float32Array | Uint32Array | Uint8Array): number {
    const byteOffset = this.#bytes;
    this.#arrays.push(array);
    // The next one begins where floats may begin.
    this.#bytes += Math.ceil(array.byteLength / 4) * 4;
    return this.#views.push({ buffer: 0, byteOffset, byteLength: array.byteLength }) - 1;
  }

  /** @param rotation of everything: a quaternion @param origin where that of the vertices lies in the file's coordinates */
  container(
    rotation: readonly [number, number, number, number] = [0, 0, 0, 1],
    origin?: readonly [number, number, number],
  ): Container {
    const images = [...this.#images.keys()].map((picture) =>
      typeof picture === 'string' ? { uri: picture } : { bufferView: this.#view(picture) },
    );
    const binary = new Uint8Array(this.#bytes);
    let at = 0;
    for (const array of this.#arrays) {
      binary.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
      at += Math.ceil(array.byteLength / 4) * 4;
    }
    const nodes = origin ? this.#nodes.map((node) => ({ ...node, translation: origin })) : this.#nodes;
    const json = {
      asset: { version: '2.0' },
      buffers: [{ byteLength: this.#bytes }],
      bufferViews: this.#views,
      accessors: this.#accessors,
      materials: this.#materials,
      images,
      textures: images.map((_, source) => ({ source })),
      meshes: this.#meshes,
      nodes: [...nodes, { rotation, children: this.#nodes.map((_, i) => i) }],
      scenes: [{ nodes: [this.#nodes.length] }],
    };
    return { json, binary };
  }
}

/** From Z up, as machines for printing have it, to Y up. */
export const Z_UP: readonly [number, number, number, number] = [-Math.SQRT1_2, 0, 0, Math.SQRT1_2];
