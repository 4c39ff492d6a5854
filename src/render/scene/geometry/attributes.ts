/** Vertex attributes as floats, whatever they are stored as (glTF 2.0 section 3.6.2.2 and KHR_mesh_quantization). */
import { SceneError } from '../errors.ts';
import type { Numbers } from '../gltf/accessors.ts';

/** @returns `components` floats a vertex; missing fourth colour components are 1 */
export function toFloats(numbers: Numbers, components: number, part: string): Float32Array {
  const { array, normalized } = numbers;
  const count = array.length / numbers.components;
  if (!Number.isInteger(count)) throw new SceneError('bad-geometry', part, 'has a value cut in half');
  if (numbers.components === components && array instanceof Float32Array) return array;
  const decode = normalized ? decoderOf(array) : (value: number): number => value;
  const floats = new Float32Array(count * components).fill(1);
  const shared = Math.min(components, numbers.components);
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < shared; c++) {
      floats[i * components + c] = decode(array[i * numbers.components + c] ?? 0);
    }
  }
  return floats;
}

/**
 * Vertex colours, each of 0 to 1 (glTF 2.0 section 3.7.2.1 has them clamped). Integers without the mark that they stand for fractions can
 * only have meant them.
 */
export function toColors(numbers: Numbers, components: number, part: string): Float32Array {
  const isInteger = !(numbers.array instanceof Float32Array);
  const fractions = isInteger ? { ...numbers, normalized: true } : numbers;
  return toFloats(fractions, components, part).map((value) => Math.min(Math.max(value, 0), 1));
}

/** What a normalised integer stands for. */
export function decoderOf(array: ArrayLike<number>): (value: number) => number {
  if (array instanceof Int8Array) return (value) => Math.max(value / 127, -1);
  if (array instanceof Uint8Array) return (value) => value / 255;
  if (array instanceof Int16Array) return (value) => Math.max(value / 32_767, -1);
  if (array instanceof Uint16Array) return (value) => value / 65_535;
  return (value) => value;
}
