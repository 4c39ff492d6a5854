/** STL, binary and text: triangles and nothing else. Z is up, as printers have it; normals follow from the corners. */

import { AGAIN, SceneError } from '../errors.ts';
import { textOf } from '../files/text.ts';
import { broughtNear } from '../geometry/far-origin.ts';
import type { Container } from '../gltf/container.ts';
import { MAX_TRIANGLES } from '../limits.ts';
import type { Warnings } from '../warnings.ts';
import { decimal } from './decimal.ts';
import { GltfBuilder, Z_UP } from './gltf-builder.ts';

const HEADER_BYTES = 84;
const TRIANGLE_BYTES = 50;

/** Characters: it has the solid's name once more. */
const MAX_LAST_LINE = 1024;

/** What a printer's plastic looks like. */
const PLASTIC = {
  name: 'Plastic',
  pbrMetallicRoughness: { baseColorFactor: [0.6, 0.6, 0.6, 1], metallicFactor: 0, roughnessFactor: 0.5 },
};

/** @throws SceneError `bad-geometry`, `too-large` */
export function convertStl(bytes: Uint8Array, name: string, warnings: Warnings): Container {
  const numbers = isBinary(bytes) ? readBinary(bytes, name) : readText(bytes, name, warnings);
  const origin = numbers instanceof Float32Array ? undefined : broughtNear(numbers);
  const builder = new GltfBuilder();
  builder.add({ positions: new Float32Array(numbers), material: builder.material(PLASTIC) });
  return builder.container(Z_UP, origin);
}

export function isStl(bytes: Uint8Array): boolean {
  return isBinary(bytes) || /^\s*solid[^\0]*\bfacet\b/i.test(start(bytes));
}

function start(bytes: Uint8Array): string {
  return textOf(bytes.subarray(0, 1024));
}

/** The count in the header must fit the length: binary files may begin with "solid", too. */
function isBinary(bytes: Uint8Array): boolean {
  if (bytes.length < HEADER_BYTES) return false;
  const count = countOf(bytes);
  const needed = HEADER_BYTES + count * TRIANGLE_BYTES;
  return bytes.length === needed || (count > 0 && bytes.length > needed && !/^\s*solid/i.test(start(bytes)));
}

/** Who writes without knowing the end leaves 0, or all bits, in the header. */
function countOf(bytes: Uint8Array): number {
  const count = new DataView(bytes.buffer, bytes.byteOffset).getUint32(80, true);
  const fitting = (bytes.length - HEADER_BYTES) / TRIANGLE_BYTES;
  const isUnset = count === 0 || count === 2 ** 32 - 1;
  return isUnset && Number.isInteger(fitting) ? fitting : count;
}

function readBinary(bytes: Uint8Array, name: string): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = countOf(bytes);
  if (count > MAX_TRIANGLES) {
    throw new SceneError('too-large', name, `has ${count} triangles; up to ${MAX_TRIANGLES} are rendered`);
  }
  const positions = new Float32Array(9 * count);
  for (let i = 0; i < count; i++) {
    const at = HEADER_BYTES + i * TRIANGLE_BYTES + 12;
    for (let k = 0; k < 9; k++) positions[9 * i + k] = view.getFloat32(at + 4 * k, true);
  }
  return positions;
}

function readText(bytes: Uint8Array, name: string, warnings: Warnings): number[] {
  const text = textOf(bytes);
  const numbers: number[] = [];
  for (const [, x = '', y = '', z = ''] of text.matchAll(/\bvertex\s+(\S+)\s+(\S+)\s+(\S+)/gi)) {
    numbers.push(decimal(x), decimal(y), decimal(z));
    if (numbers.length > 9 * MAX_TRIANGLES) {
      throw new SceneError('too-large', name, `has more than ${MAX_TRIANGLES} triangles`);
    }
  }
  if (numbers.length < 9) throw new SceneError('bad-geometry', name, 'is an STL without triangles');
  if (!/\bend\s*solid\b/i.test(text.slice(-MAX_LAST_LINE))) {
    warnings.add(`${name}: ends without "endsolid"; if something is missing it was cut short: ${AGAIN}`);
  }
  return numbers.slice(0, numbers.length - (numbers.length % 9));
}
