/**
 * PLY (Greg Turk's polygon files): text and binary of either order, vertices with normals, colours and texture coordinates,
 * polygons. Without polygons it is a cloud of points.
 */
import { linearFromSrgb } from '../../output/index.ts';
import { AGAIN, SceneError } from '../errors.ts';
import { broughtNear } from '../geometry/far-origin.ts';
import type { Container } from '../gltf/container.ts';
import { MAX_DECODED_BYTES, MAX_TRIANGLES } from '../limits.ts';
import type { Warnings } from '../warnings.ts';
import { GltfBuilder } from './gltf-builder.ts';
import { triangulated } from './polygon.ts';
import { smoothNormals } from './smooth-normals.ts';

const SIZES = {
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  float32: 4,
  float64: 8,
} as const;
type Kind = keyof typeof SIZES;
const KINDS: Readonly<Record<string, Kind>> = {
  ...{ char: 'int8', uchar: 'uint8', short: 'int16', ushort: 'uint16', int: 'int32', uint: 'uint32' },
  ...{ float: 'float32', double: 'float64', int8: 'int8', uint8: 'uint8', int16: 'int16', uint16: 'uint16' },
  ...{ int32: 'int32', uint32: 'uint32', float32: 'float32', float64: 'float64' },
};

interface Property {
  readonly name: string;
  readonly kind: Kind;
  /** Of a list: the type of its length. */
  readonly lengthKind: Kind | undefined;
}

interface Element {
  readonly name: string;
  readonly count: number;
  readonly properties: Property[];
}

interface Header {
  readonly format: 'ascii' | 'binary_little_endian' | 'binary_big_endian';
  readonly elements: readonly Element[];
  /** Where the data begin. */
  readonly start: number;
  readonly texture: string | undefined;
}

/** Longest header that is looked for. */
const MAX_HEADER = 65_536;
/** Corners of one polygon. */
const MAX_CORNERS = 1_000_000;

export function isPly(bytes: Uint8Array): boolean {
  return bytes[0] === 0x70 && bytes[1] === 0x6c && bytes[2] === 0x79 && (bytes[3] === 10 || bytes[3] === 13);
}

/** @throws SceneError `bad-geometry`, `too-large` */
export function convertPly(bytes: Uint8Array, name: string, warnings: Warnings): Container {
  const header = readHeader(bytes, name);
  const values = header.format === 'ascii' ? new Words(bytes, header.start) : new Binary(bytes, header);
  const vertices = new Vertices();
  const indices: number[] = [];
  try {
    for (const element of header.elements) {
      if (element.name === 'vertex') vertices.read(element, values, name);
      else readFaces(element, values, indices, vertices.positions);
      if (element.name === 'face' && element.properties.some((property) => property.name === 'red')) {
        warnings.add(`${name}: the colours of its faces are not shown, only those of vertices`);
      }
      if (indices.length > 3 * MAX_TRIANGLES) {
        throw new SceneError('too-large', name, `has more than ${MAX_TRIANGLES} triangles`);
      }
    }
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new SceneError('bad-geometry', name, `is a PLY that is cut short; ${AGAIN}`, {
      cause,
    });
  }
  const { normals, uvs, colors } = vertices;
  const origin = vertices.positions instanceof Float64Array ? broughtNear(vertices.positions) : undefined;
  const positions = new Float32Array(vertices.positions);
  if (vertices.areSplats) warnings.add(`${name}: is a cloud of Gaussian splats, which are shown as points`);
  const builder = new GltfBuilder();
  const material = builder.material({
    name: 'PLY',
    pbrMetallicRoughness: {
      ...{ metallicFactor: 0, roughnessFactor: 0.6 },
      ...(header.texture && uvs && { baseColorTexture: builder.texture(header.texture) }),
      ...(!colors && !(header.texture && uvs) && { baseColorFactor: [0.6, 0.6, 0.6, 1] }),
    },
  });
  if (indices.length === 0) {
    builder.add({ positions, colors, material, kind: 'points' });
  } else {
    const corners = Uint32Array.from(indices);
    builder.add({
      positions,
      normals: normals ?? smoothNormals(positions, corners),
      uvs,
      colors,
      indices: corners,
      material,
    });
  }
  return builder.container(undefined, origin);
}

function readHeader(bytes: Uint8Array, name: string): Header {
  const text = new TextDecoder('latin1').decode(bytes.subarray(0, MAX_HEADER));
  const end = /\bend_header(?:\r\n|\n|\r)/.exec(text);
  const damaged = (reason: string): SceneError => new SceneError('bad-geometry', name, reason);
  if (!end) throw damaged('is a PLY without the end of its header');
  const elements: Element[] = [];
  let format: Header['format'] | undefined;
  let texture: string | undefined;
  for (const line of text.slice(0, end.index).split(/[\r\n]+/)) {
    const [word, ...rest] = line.trim().split(/\s+/);
    const [first = '', second = '', third = '', fourth = ''] = rest;
    if (word === 'format') {
      format = (['ascii', 'binary_little_endian', 'binary_big_endian'] as const).find(
        (known) => known === first,
      );
    } else if (word === 'comment' && /^TextureFile$/i.test(first)) {
      texture = line.slice(line.indexOf(first) + first.length).trim();
    } else if (word === 'element') {
      const count = Number(second);
      if (!Number.isInteger(count) || count < 0 || count > 2 ** 31)
        throw damaged(`says that it has ${second} of ${first}, which cannot be`);
      elements.push({ name: first, count, properties: [] });
    } else if (word === 'property') {
      const isList = first === 'list';
      const kind = KINDS[isList ? third : first];
      const lengthKind = isList ? KINDS[second] : undefined;
      if (!kind || (isList && !lengthKind))
        throw damaged(`has a property of the unknown type ${first} ${second}`);
      elements.at(-1)?.properties.push({ name: isList ? fourth : second, kind, lengthKind });
    }
  }
  if (!format) throw damaged('is a PLY of an unknown format');
  return { format, elements, start: end.index + end[0].length, texture };
}

interface Values {
  /** Whatever the header says of their kinds. */
  readonly arePrecise: boolean;
  /** @throws RangeError at the end */
  next(kind: Kind): number;
}

class Binary implements Values {
  readonly arePrecise = false;
  readonly #view: DataView;
  readonly #isLittle: boolean;
  #at: number;

  constructor(bytes: Uint8Array, { start, format }: Header) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#isLittle = format === 'binary_little_endian';
    this.#at = start;
  }

  next(kind: Kind): number {
    const at = this.#at;
    this.#at += SIZES[kind];
    switch (kind) {
      case 'int8':
        return this.#view.getInt8(at);
      case 'uint8':
        return this.#view.getUint8(at);
      case 'int16':
        return this.#view.getInt16(at, this.#isLittle);
      case 'uint16':
        return this.#view.getUint16(at, this.#isLittle);
      case 'int32':
        return this.#view.getInt32(at, this.#isLittle);
      case 'uint32':
        return this.#view.getUint32(at, this.#isLittle);
      case 'float32':
        return this.#view.getFloat32(at, this.#isLittle);
      case 'float64':
        return this.#view.getFloat64(at, this.#isLittle);
      default:
        return kind satisfies never;
    }
  }
}

class Words implements Values {
  readonly arePrecise = true;
  readonly #words: IterableIterator<RegExpMatchArray>;

  constructor(bytes: Uint8Array, start: number) {
    this.#words = new TextDecoder('latin1').decode(bytes.subarray(start)).matchAll(/\S+/g);
  }

  next(): number {
    const { value, done } = this.#words.next();
    if (done) throw new RangeError('the end');
    return Number(value[0]);
  }
}

const LINEAR_OF_BYTE = Float64Array.from({ length: 256 }, (_, byte) => linearFromSrgb(byte / 255));

/** The names that programs give to the same thing. */
const NAMES = {
  position: [['x', 'y', 'z']],
  normal: [['nx', 'ny', 'nz']],
  uv: [
    ['u', 'v'],
    ['s', 't'],
    ['texture_u', 'texture_v'],
    ['texture_s', 'texture_t'],
  ],
  colour: [
    ['red', 'green', 'blue'],
    ['r', 'g', 'b'],
    ['diffuse_red', 'diffuse_green', 'diffuse_blue'],
  ],
  splat: [['f_dc_0', 'f_dc_1', 'f_dc_2']],
} as const;

/** The spherical harmonic of degree 0, 1 / (2 sqrt(pi)), by which files of Gaussian splats keep the colour from all sides. */
const MEAN_HARMONIC = 0.282_094_791_773_878_14;

class Vertices {
  /** Doubles where the file has them: they may be far from the origin. */
  positions: Float32Array | Float64Array = new Float32Array();
  normals: Float32Array | undefined;
  uvs: Float32Array | undefined;
  /** Linear. */
  colors: Float32Array | undefined;
  areSplats = false;

  /** @throws SceneError `bad-geometry`, `too-large` */
  read({ count, properties }: Element, values: Values, file: string): void {
    if (count * properties.length * 8 > MAX_DECODED_BYTES) {
      throw new SceneError('too-large', 'vertices', `of a PLY are ${count}, too many`);
    }
    const placeOf = (candidates: readonly (readonly string[])[]): readonly number[] | undefined => {
      for (const names of candidates) {
        const places = names.map((name) => properties.findIndex((property) => property.name === name));
        if (places.every((place) => place >= 0)) return places;
      }
      return undefined;
    };
    const [position, normal, uv, own, splat] = [
      ...[NAMES.position, NAMES.normal, NAMES.uv, NAMES.colour, NAMES.splat],
    ].map(placeOf);
    if (!position) throw new SceneError('bad-geometry', file, 'is a PLY whose vertices have no x, y and z');
    const colour = own ?? splat;
    this.areSplats = colour !== undefined && colour === splat;
    const alpha = properties.findIndex(({ name }) => name === 'alpha' || name === 'a');
    const isPrecise = values.arePrecise || properties[position[0] ?? -1]?.kind === 'float64';
    this.positions = isPrecise ? new Float64Array(3 * count) : new Float32Array(3 * count);
    this.normals = normal && new Float32Array(3 * count);
    this.uvs = uv && new Float32Array(2 * count);
    this.colors = colour && new Float32Array(4 * count);
    const isByte = properties[colour?.[0] ?? -1]?.kind === 'uint8';
    const fraction = (value: number): number => (isByte ? value / 255 : value);
    const linear = (value: number): number => {
      if (isByte) return LINEAR_OF_BYTE[value] ?? 0;
      const share = this.areSplats ? 0.5 + MEAN_HARMONIC * value : value;
      return linearFromSrgb(Math.min(Math.max(share, 0), 1));
    };
    const row = new Float64Array(properties.length);
    for (let i = 0; i < count; i++) {
      for (const [k, { kind, lengthKind }] of properties.entries()) {
        row[k] = lengthKind ? skipList(values, kind, lengthKind) : values.next(kind);
      }
      const put = (
        target: Float32Array | Float64Array | undefined,
        places: readonly number[] | undefined,
        width: number,
      ): void => {
        places?.forEach((place, axis) => {
          if (target) target[width * i + axis] = row[place] ?? 0;
        });
      };
      put(this.positions, position, 3);
      put(this.normals, normal, 3);
      put(this.uvs, uv, 2);
      if (this.uvs) this.uvs[2 * i + 1] = 1 - (this.uvs[2 * i + 1] ?? 0);
      if (!this.colors) continue;
      colour?.forEach((place, channel) => {
        if (this.colors) this.colors[4 * i + channel] = linear(row[place] ?? 0);
      });
      this.colors[4 * i + 3] = alpha < 0 ? 1 : fraction(row[alpha] ?? 1);
    }
  }
}

function skipList(values: Values, kind: Kind, lengthKind: Kind): number {
  for (let rest = lengthOf(values, lengthKind); rest > 0; rest--) values.next(kind);
  return 0;
}

function lengthOf(values: Values, kind: Kind): number {
  const length = values.next(kind);
  if (!(length >= 0 && length <= MAX_CORNERS)) throw new RangeError('a list has an impossible length');
  return length;
}

/** Reads past elements of other kinds, too: their bytes lie between. */
function readFaces(
  { name: element, count, properties }: Element,
  values: Values,
  indices: number[],
  positions: ArrayLike<number>,
): void {
  // However many there are of nothing.
  if (properties.length === 0) return;
  for (let i = 0; i < count; i++) {
    for (const { name, kind, lengthKind } of properties) {
      if (!lengthKind) {
        values.next(kind);
        continue;
      }
      const length = lengthOf(values, lengthKind);
      const list = Array.from({ length }, () => values.next(kind));
      if (!/^vertex_ind(?:ex|ices)$/.test(name)) continue;
      if (element === 'tristrips') addStrips(list, indices);
      else if (element === 'face') {
        for (const place of triangulated(list, positions)) indices.push(list[place] ?? 0);
      }
    }
    if (indices.length > 3 * MAX_TRIANGLES) return;
  }
}

/** Each vertex makes a triangle with the two before it, every second one turned over; -1 begins anew. */
function addStrips(strip: readonly number[], indices: number[]): void {
  for (let i = 2, length = 2; i < strip.length; i++, length++) {
    const [a = -1, b = -1, c = -1] = strip.slice(i - 2, i + 1);
    if (a < 0 || b < 0 || c < 0) length = 1;
    else indices.push(...(length % 2 === 0 ? [a, b, c] : [b, a, c]));
  }
}
