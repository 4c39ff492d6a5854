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
}

const MODES = { points: 0, lines: 1, triangles: 4 } as const;

export class GltfBuilder {
  readonly #materials: JsonObject[] = [];
  readonly #images = new Map<string, number>();
  readonly #primitives: JsonObject[] = [];
  readonly #accessors: JsonObject[] = [];
  readonly #views: JsonObject[] = [];
  readonly #arrays: (Float32Array | Uint32Array)[] = [];
  #bytes = 0;

  /** @param definition a glTF material @returns its place */
  material(definition: JsonObject): number {
    return this.#materials.push(definition) - 1;
  }

  /** @returns a glTF textureInfo of the picture beside the scene */
  texture(uri: string): JsonObject {
    const index = this.#images.get(uri) ?? this.#images.size;
    this.#images.set(uri, index);
    return { index };
  }

  add({ positions, normals, uvs, colors, indices, material, kind = 'triangles' }: Shape): void {
    if (positions.length === 0) return;
    const attributes = {
      POSITION: this.#accessor(positions, 'VEC3', 3),
      ...(normals && { NORMAL: this.#accessor(normals, 'VEC3', 3) }),
      ...(uvs && { TEXCOORD_0: this.#accessor(uvs, 'VEC2', 2) }),
      ...(colors && { COLOR_0: this.#accessor(colors, 'VEC4', 4) }),
    };
    this.#primitives.push({
      ...{ attributes, mode: MODES[kind] },
      ...(indices && { indices: this.#accessor(indices, 'SCALAR', 1) }),
      ...(material !== undefined && { material }),
    });
  }

  #accessor(array: Float32Array | Uint32Array, type: string, components: number): number {
    this.#views.push({ buffer: 0, byteOffset: this.#bytes, byteLength: array.byteLength });
    this.#arrays.push(array);
    this.#bytes += array.byteLength;
    const componentType = array instanceof Float32Array ? 5126 : 5125;
    const accessor = {
      bufferView: this.#views.length - 1,
      componentType,
      type,
      count: array.length / components,
    };
    return this.#accessors.push(accessor) - 1;
  }

  /** @param rotation of everything: a quaternion */
  container(rotation: readonly [number, number, number, number] = [0, 0, 0, 1]): Container {
    const binary = new Uint8Array(this.#bytes);
    let at = 0;
    for (const array of this.#arrays) {
      binary.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
      at += array.byteLength;
    }
    const images = [...this.#images.keys()].map((uri) => ({ uri }));
    const json = {
      asset: { version: '2.0' },
      buffers: [{ byteLength: this.#bytes }],
      bufferViews: this.#views,
      accessors: this.#accessors,
      materials: this.#materials,
      images,
      textures: images.map((_, source) => ({ source })),
      meshes: [{ primitives: this.#primitives }],
      nodes: [{ mesh: 0, rotation }],
      scenes: [{ nodes: [0] }],
    };
    return { json, binary };
  }
}

/** From Z up, as machines for printing have it, to Y up. */
export const Z_UP: readonly [number, number, number, number] = [-Math.SQRT1_2, 0, 0, Math.SQRT1_2];
