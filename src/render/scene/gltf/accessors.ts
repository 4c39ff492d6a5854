/**
 * Accessors: the only numbers in a glTF file that decide how much memory is taken and where is read. Each one that the
 * picture needs is checked against its buffer view before it is decoded; the others are not looked at.
 */
import type { CheckedJson, JsonObject } from '../checked-json.ts';
import { SceneError } from '../errors.ts';
import { MAX_DECODED_BYTES } from '../limits.ts';
import type { BufferViews } from './buffers.ts';

const ARRAYS = {
  5120: Int8Array,
  5121: Uint8Array,
  5122: Int16Array,
  5123: Uint16Array,
  5125: Uint32Array,
  5126: Float32Array,
} as const;
const COMPONENT_TYPES = [5120, 5121, 5122, 5123, 5125, 5126] as const;
type ComponentType = (typeof COMPONENT_TYPES)[number];
/** Component types that may hold vertex numbers. */
export const INDEX_TYPES = [5121, 5123, 5125] as const;
const COMPONENTS = { SCALAR: 1, VEC2: 2, VEC3: 3, VEC4: 4, MAT2: 4, MAT3: 9, MAT4: 16 } as const;
const TYPES = ['SCALAR', 'VEC2', 'VEC3', 'VEC4', 'MAT2', 'MAT3', 'MAT4'] as const;

/** An accessor's values as they are stored: integers still integers. Never to be written to: they may be the file's own bytes. */
export interface Numbers {
  readonly array: NumberArray;
  readonly components: number;
  /** Integers stand for fractions of their type's largest value. */
  readonly normalized: boolean;
}

export type NumberArray = Int8Array | Uint8Array | Int16Array | Uint16Array | Uint32Array | Float32Array;

/** Elements somewhere in the buffer views. */
interface Source {
  /** Undefined: all zero. */
  readonly view: number | undefined;
  readonly byteOffset: number;
  readonly stride: number;
}

interface Accessor extends Source {
  readonly part: string;
  readonly type: (typeof TYPES)[number];
  readonly componentType: ComponentType;
  readonly count: number;
  readonly normalized: boolean;
  readonly sparse: Sparse | undefined;
}

interface Sparse {
  readonly count: number;
  readonly indexType: ComponentType;
  readonly indices: Source;
  readonly values: Source;
}

export class Accessors {
  readonly #json: CheckedJson;
  readonly #values: readonly unknown[];
  readonly #views: BufferViews;
  readonly #checked = new Map<number, Accessor>();
  readonly #decoded = new Map<number, Numbers>();
  #bytes = 0;

  constructor(json: CheckedJson, root: JsonObject, views: BufferViews) {
    const { accessors } = root;
    this.#json = json;
    this.#values = json.list(accessors, 'accessors');
    this.#views = views;
  }

  /**
   * Checks an accessor that `part` refers to.
   * @returns its index, for `numbersOf`
   * @throws SceneError `json-damaged`, `out-of-range`, `too-large`, those of its buffer view, `bad-geometry` where it has another
   * type
   */
  use(
    reference: unknown,
    types: readonly string[],
    part: string,
    componentTypes: readonly number[] = COMPONENT_TYPES,
  ): number {
    const index = this.#json.index(reference, this.#values.length, part);
    const def = this.#checked.get(index) ?? this.#check(index);
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

  /** The values come from elsewhere: a Draco stream. */
  provide(index: number, array: NumberArray): void {
    const def = this.#checked.get(index);
    if (!def) return;
    const { type, normalized } = def;
    this.#decoded.set(index, { array, components: COMPONENTS[type], normalized });
  }

  /** The number of elements of an accessor that was given to `use`. */
  countOf(index: number): number {
    return this.#checked.get(index)?.count ?? 0;
  }

  /** The component type of an accessor that was given to `use`. */
  componentTypeOf(index: number): ComponentType {
    return this.#checked.get(index)?.componentType ?? 5126;
  }

  /** The values of an accessor that was given to `use`. @throws SceneError `out-of-range` */
  numbersOf(index: number): Numbers {
    const known = this.#decoded.get(index);
    if (known) return known;
    const def = this.#checked.get(index);
    if (!def) throw new SceneError('bad-geometry', `accessors[${index}]`, 'has no data');
    const components = COMPONENTS[def.type];
    const plain = this.#read(def, def.componentType, components, def.count);
    const array = def.sparse ? this.#overlaid(plain, def.sparse, def, components) : plain;
    const numbers = { array, components, normalized: def.normalized };
    this.#decoded.set(index, numbers);
    return numbers;
  }

  #check(index: number): Accessor {
    const json = this.#json;
    const part = `accessors[${index}]`;
    const accessor = json.object(this.#values[index], part);
    const { normalized, sparse, type: rawType, componentType: rawComponentType, count: rawCount } = accessor;
    const type = json.oneOf(rawType, TYPES, `${part}.type`);
    const componentType = json.oneOf(rawComponentType, COMPONENT_TYPES, `${part}.componentType`);
    const elementBytes = COMPONENTS[type] * ARRAYS[componentType].BYTES_PER_ELEMENT;
    const count = json.count(rawCount, `${part}.count`);
    if (count === 0) throw json.fail(`${part}.count`, 'should not be 0');
    const bytes = this.#bytes + count * elementBytes;
    if (bytes > MAX_DECODED_BYTES) {
      const reason = `asks for ${count} elements; all accessors together would take ${bytes} bytes`;
      throw new SceneError('too-large', part, reason);
    }
    const def: Accessor = {
      ...{ part, type, componentType, count },
      normalized: json.boolean(normalized, false, `${part}.normalized`),
      ...this.#source(accessor, part, count, elementBytes),
      sparse:
        sparse === undefined
          ? undefined
          : this.#sparse(json.object(sparse, `${part}.sparse`), `${part}.sparse`, count, elementBytes),
    };
    this.#bytes = bytes;
    return def;
  }

  #source(owner: JsonObject, part: string, count: number, elementBytes: number): Source {
    const { bufferView, byteOffset: rawOffset = 0 } = owner;
    const byteOffset = this.#json.count(rawOffset, `${part}.byteOffset`);
    if (bufferView === undefined) return { view: undefined, byteOffset: 0, stride: elementBytes };
    const view = this.#json.index(bufferView, this.#views.length, `${part}.bufferView`);
    const stride = this.#views.strideOf(view) ?? elementBytes;
    const end = byteOffset + stride * (count - 1) + elementBytes;
    const { length } = this.#views.bytesOf(view);
    if (end > length) {
      const reason = `its ${count} elements end at byte ${end} of bufferViews[${view}], which has ${length}`;
      throw new SceneError('out-of-range', part, reason);
    }
    return { view, byteOffset, stride };
  }

  #sparse(sparse: JsonObject, part: string, accessorCount: number, elementBytes: number): Sparse | undefined {
    const json = this.#json;
    const { count: rawCount, indices: rawIndices, values: rawValues } = sparse;
    const count = json.count(rawCount, `${part}.count`, accessorCount);
    // Nothing is replaced.
    if (count === 0) return undefined;
    const indices = json.object(rawIndices, `${part}.indices`);
    const values = json.object(rawValues, `${part}.values`);
    const { componentType: rawType } = indices;
    const indexType = json.oneOf(rawType, INDEX_TYPES, `${part}.indices.componentType`);
    const packed = (owner: JsonObject, name: string, bytes: number): Source => {
      const source = this.#source(owner, `${part}.${name}`, count, bytes);
      if (source.view === undefined) throw json.fail(`${part}.${name}`, 'should have a bufferView');
      if (source.stride !== bytes) {
        throw json.fail(`${part}.${name}`, 'should not look through a bufferView with a byteStride');
      }
      return source;
    };
    return {
      ...{ count, indexType },
      indices: packed(indices, 'indices', ARRAYS[indexType].BYTES_PER_ELEMENT),
      values: packed(values, 'values', elementBytes),
    };
  }

  /** Where they lie close and aligned, the file's own bytes; else a copy. */
  #read(
    { view, byteOffset, stride }: Source,
    type: ComponentType,
    components: number,
    count: number,
  ): NumberArray {
    const Values: new (buffer: ArrayBufferLike | number, start?: number, length?: number) => NumberArray =
      ARRAYS[type];
    const size = ARRAYS[type].BYTES_PER_ELEMENT;
    if (view === undefined) return new Values(count * components);
    const bytes = this.#views.bytesOf(view);
    const start = bytes.byteOffset + byteOffset;
    if (stride === size * components && start % size === 0) {
      return new Values(bytes.buffer, start, count * components);
    }
    const values = new Values(count * components);
    const packed = new Uint8Array(values.buffer);
    const width = size * components;
    for (let i = 0; i < count; i++) {
      const from = byteOffset + i * stride;
      packed.set(bytes.subarray(from, from + width), i * width);
    }
    return values;
  }

  #overlaid(plain: NumberArray, sparse: Sparse, def: Accessor, components: number): NumberArray {
    const indices = this.#read(sparse.indices, sparse.indexType, 1, sparse.count);
    const values = this.#read(sparse.values, def.componentType, components, sparse.count);
    const array = plain.slice();
    for (const [i, index] of indices.entries()) {
      if (index >= def.count) {
        throw new SceneError(
          'out-of-range',
          `${def.part}.sparse`,
          `replaces element ${index} of ${def.count}`,
        );
      }
      array.set(values.subarray(i * components, (i + 1) * components), index * components);
    }
    return array;
  }
}
