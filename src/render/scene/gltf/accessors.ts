/**
 * Accessors: the only numbers in a glTF file that decide how much memory is taken and where is read. Each one that the
 * picture needs is checked against its buffer view; the others are not decoded at all.
 */
import type { GLTF } from '@gltf-transform/core';
import type { CheckedJson, JsonObject } from '../checked-json.ts';
import { SceneError } from '../errors.ts';
import { MAX_DECODED_BYTES } from '../limits.ts';
import type { BufferView } from './buffers.ts';

const COMPONENT_BYTES = { 5120: 1, 5121: 1, 5122: 2, 5123: 2, 5125: 4, 5126: 4 } as const;
const COMPONENT_TYPES = [5120, 5121, 5122, 5123, 5125, 5126] as const;
/** Component types that may hold vertex numbers. */
export const INDEX_TYPES = [5121, 5123, 5125] as const;
const COMPONENTS = { SCALAR: 1, VEC2: 2, VEC3: 3, VEC4: 4, MAT2: 4, MAT3: 9, MAT4: 16 } as const;
const TYPES = ['SCALAR', 'VEC2', 'VEC3', 'VEC4', 'MAT2', 'MAT3', 'MAT4'] as const;

/** Stands where an accessor is not needed, so that the numbers of the others stay. */
const UNUSED: GLTF.IAccessor = { componentType: 5121, type: 'SCALAR', count: 1 };

export class Accessors {
  readonly #json: CheckedJson;
  readonly #values: readonly unknown[];
  readonly #views: readonly BufferView[];
  readonly #checked = new Map<number, GLTF.IAccessor>();
  #bytes = 0;

  constructor(json: CheckedJson, root: JsonObject, views: readonly BufferView[]) {
    const { accessors } = root;
    this.#json = json;
    this.#values = json.list(accessors, 'accessors');
    this.#views = views;
  }

  /**
   * Checks an accessor that `part` refers to and marks it as needed.
   * @returns its index
   * @throws SceneError `json-damaged`, `out-of-range`, `too-large`, `bad-geometry` where it has another type
   */
  use(
    reference: unknown,
    types: readonly string[],
    part: string,
    componentTypes: readonly number[] = COMPONENT_TYPES,
  ): number {
    const index = this.#json.index(reference, this.#values.length, part);
    const known = this.#checked.get(index);
    const def = known ?? this.#check(index);
    if (!types.includes(def.type)) {
      throw new SceneError(
        'bad-geometry',
        part,
        `needs ${types.join(' or ')}, accessors[${index}] is ${def.type}`,
      );
    }
    if (!componentTypes.includes(def.componentType)) {
      const reason = `cannot be read from accessors[${index}] with componentType ${def.componentType}`;
      throw new SceneError('bad-geometry', part, reason);
    }
    this.#checked.set(index, def);
    return index;
  }

  /** All accessors in the file's order, for glTF-Transform. */
  get defs(): GLTF.IAccessor[] {
    return this.#values.map((_, i) => this.#checked.get(i) ?? UNUSED);
  }

  #check(index: number): GLTF.IAccessor {
    const json = this.#json;
    const part = `accessors[${index}]`;
    const accessor = json.object(this.#values[index], part);
    const { normalized, sparse, type: rawType, componentType: rawComponentType, count: rawCount } = accessor;
    const type = json.oneOf(rawType, TYPES, `${part}.type`);
    const componentType = json.oneOf(rawComponentType, COMPONENT_TYPES, `${part}.componentType`);
    const elementBytes = COMPONENTS[type] * COMPONENT_BYTES[componentType];
    const count = json.count(rawCount, `${part}.count`);
    if (count === 0) throw json.fail(`${part}.count`, 'should not be 0');
    this.#bytes += count * elementBytes;
    if (this.#bytes > MAX_DECODED_BYTES) {
      const reason = `asks for ${count} elements; all accessors together would take ${this.#bytes} bytes`;
      throw new SceneError('too-large', part, reason);
    }
    return {
      type,
      componentType,
      count,
      normalized: json.boolean(normalized, false, `${part}.normalized`),
      ...this.#source(accessor, part, count, elementBytes),
      ...(sparse === undefined
        ? {}
        : {
            sparse: this.#sparse(
              json.object(sparse, `${part}.sparse`),
              `${part}.sparse`,
              count,
              elementBytes,
            ),
          }),
    };
  }

  #source(owner: JsonObject, part: string, count: number, elementBytes: number) {
    const { bufferView, byteOffset = 0 } = owner;
    const offset = this.#json.count(byteOffset, `${part}.byteOffset`);
    if (bufferView === undefined) return { byteOffset: 0 };
    const view = this.#json.index(bufferView, this.#views.length, `${part}.bufferView`);
    const { byteLength = 0, byteStride = elementBytes } = this.#views[view]?.def ?? {};
    const end = offset + byteStride * (count - 1) + elementBytes;
    if (end > byteLength) {
      const reason = `its ${count} elements end at byte ${end} of bufferViews[${view}], which has ${byteLength}`;
      throw new SceneError('out-of-range', part, reason);
    }
    return { bufferView: view, byteOffset: offset };
  }

  #sparse(
    sparse: JsonObject,
    part: string,
    accessorCount: number,
    elementBytes: number,
  ): GLTF.IAccessorSparse {
    const json = this.#json;
    const { count: rawCount, indices: rawIndices, values: rawValues } = sparse;
    const count = json.count(rawCount, `${part}.count`, accessorCount);
    if (count === 0) throw json.fail(`${part}.count`, 'should not be 0');
    const indices = json.object(rawIndices, `${part}.indices`);
    const values = json.object(rawValues, `${part}.values`);
    const { componentType: rawType } = indices;
    const componentType = json.oneOf(rawType, INDEX_TYPES, `${part}.indices.componentType`);
    const packed = (owner: JsonObject, name: string, bytes: number) => {
      const { byteOffset, bufferView } = this.#source(owner, `${part}.${name}`, count, bytes);
      if (bufferView === undefined) throw json.fail(`${part}.${name}`, 'should have a bufferView');
      if (this.#views[bufferView]?.def.byteStride !== undefined) {
        throw json.fail(`${part}.${name}`, 'should not look through a bufferView with a byteStride');
      }
      return { byteOffset, bufferView };
    };
    return {
      count,
      indices: { componentType, ...packed(indices, 'indices', COMPONENT_BYTES[componentType]) },
      values: packed(values, 'values', elementBytes),
    };
  }
}
