/**
 * Wavefront OBJ: polygons, lines and points with texture coordinates, normals, colours of vertices, groups by material. Smoothing
 * groups become normals where the file has none; without either, faces are flat.
 */
import { linearFromSrgb } from '../../output/index.ts';
import { SceneError } from '../errors.ts';
import { textOf } from '../files/text.ts';
import { broughtNear } from '../geometry/far-origin.ts';
import type { Vector3 } from '../geometry/matrix.ts';
import type { Container } from '../gltf/container.ts';
import { MAX_TRIANGLES } from '../limits.ts';
import type { Warnings } from '../warnings.ts';
import { decimal } from './decimal.ts';
import { GltfBuilder } from './gltf-builder.ts';
import { readMtl } from './mtl.ts';
import { triangulated } from './polygon.ts';
import { smoothNormals } from './smooth-normals.ts';

/** Fetches a file beside the scene. @throws SceneError */
export type ReadBeside = (uri: string, part: string) => Promise<Uint8Array>;

/** What exporters say about themselves may be long. */
const MAX_PREFACE = 65_536;

/** A text whose first lines are those of an OBJ. */
export function isObj(bytes: Uint8Array): boolean {
  const start = textOf(bytes.subarray(0, MAX_PREFACE));
  return (
    !start.includes('\0') &&
    /^\s*(?:v|f|vn|vt|o|g|mtllib|usemtl)\s+\S/m.test(start) &&
    !/^\s*[{[]/.test(start)
  );
}

/** @throws SceneError `too-large` */
export async function convertObj(
  bytes: Uint8Array,
  name: string,
  readBeside: ReadBeside,
  warnings: Warnings,
): Promise<Container> {
  const builder = new GltfBuilder();
  const model = new ObjModel(name, warnings);
  for (const line of linesOf(textOf(bytes))) model.read(line);
  const materials = new Map<string, number>();
  for (const library of model.libraries) {
    try {
      const text = textOf(await readBeside(library, `mtllib ${library}`));
      for (const [material, place] of readMtl(text, builder, warnings)) materials.set(material, place);
    } catch (error) {
      warnings.excuse(error, 'its materials are grey');
    }
  }
  const origin = model.bringNear();
  model.build(builder, materials);
  return builder.container(undefined, origin);
}

/** A backslash at the end joins a line with the next. Old files of the Macintosh have but carriage returns. */
function* linesOf(text: string): Generator<string> {
  const ending = text.includes('\n') ? '\n' : '\r';
  let joined = '';
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf(ending, at);
    const line = text.slice(at, end < 0 ? text.length : end).trimEnd();
    at = end < 0 ? text.length : end + 1;
    if (line.endsWith('\\')) {
      joined += `${line.slice(0, -1)} `;
      continue;
    }
    yield joined === '' ? line : joined + line;
    joined = '';
  }
}

/** One name, which may hold spaces, or several that each end in .mtl; in quotes or not. */
function librariesOf(names: string): readonly string[] {
  const bare = names.replaceAll('"', '').trim();
  const each = bare.split(/(?<=\.mtl)\s+/i);
  return each.every((name) => /\.mtl$/i.test(name)) ? each : [bare];
}

/** Vertex, texture coordinate, normal: places, -1 for none. */
type Corner = readonly [v: number, vt: number, vn: number];

/** What is drawn in one material. */
class Group {
  /** 3 a corner: vertex, texture coordinate, normal. */
  readonly corners: number[] = [];
  /** Smoothing group of each triangle; 0: flat. */
  readonly smoothing: number[] = [];
  readonly points: number[] = [];
  /** 2 a line. */
  readonly lines: number[] = [];
}

class ObjModel {
  readonly libraries: string[] = [];
  readonly #name: string;
  readonly #warnings: Warnings;
  readonly #positions: number[] = [];
  /** Three a vertex, sRGB; shorter where the file has none. */
  readonly #colors: number[] = [];
  readonly #uvs: number[] = [];
  readonly #normals: number[] = [];
  readonly #groups = new Map<string, Group>();
  #material = '';
  #smoothing = 0;
  #triangles = 0;

  constructor(name: string, warnings: Warnings) {
    this.#name = name;
    this.#warnings = warnings;
  }

  read(line: string): void {
    const words = line.trim().split(/\s+/);
    const numbers = (count: number): number[] =>
      Array.from({ length: count }, (_, i) => decimal(words[i + 1] ?? '0'));
    switch (words[0]) {
      case 'v':
        this.#positions.push(...numbers(3));
        if (words.length >= 7) this.#colors.push(...words.slice(4, 7).map(decimal));
        break;
      case 'vt':
        this.#uvs.push(...numbers(2));
        break;
      case 'vn':
        this.#normals.push(...numbers(3));
        break;
      case 'f':
        this.#polygon(words.slice(1).map((word) => this.#corner(word)));
        break;
      case 'p':
        for (const word of words.slice(1)) this.#group.points.push(this.#corner(word)[0]);
        break;
      case 'l':
        for (let i = 1; i + 1 < words.length; i++) {
          this.#group.lines.push(this.#corner(words[i] ?? '')[0], this.#corner(words[i + 1] ?? '')[0]);
        }
        break;
      case 's':
        this.#smoothing = /^off$/i.test(words[1] ?? '') ? 0 : Number(words[1]) || 0;
        break;
      case 'usemtl':
        this.#material = line.trim().slice('usemtl'.length).trim();
        break;
      case 'mtllib':
        this.libraries.push(...librariesOf(line.trim().slice('mtllib'.length)));
        break;
      case 'curv':
      case 'surf':
        this.#warnings.add('curves and free-form surfaces of an OBJ are not drawn');
        break;
    }
  }

  get #group(): Group {
    let group = this.#groups.get(this.#material);
    if (!group) {
      group = new Group();
      this.#groups.set(this.#material, group);
    }
    return group;
  }

  /** "v/vt/vn" from 1, or from the last backwards. */
  #corner(word: string): Corner {
    const [v, vt, vn] = word.split('/');
    const place = (text: string | undefined, count: number): number => {
      const number = Number(text ?? '');
      if (!Number.isInteger(number) || number === 0) return -1;
      return number > 0 ? number - 1 : count + number;
    };
    return [
      place(v, this.#positions.length / 3),
      place(vt, this.#uvs.length / 2),
      place(vn, this.#normals.length / 3),
    ];
  }

  #polygon(corners: readonly Corner[]): void {
    const count = this.#positions.length / 3;
    if (corners.length < 3 || corners.some(([v]) => v < 0 || v >= count)) {
      const reason = 'has a face with fewer than three corners, or with a vertex that is not there';
      this.#warnings.excuse(new SceneError('out-of-range', this.#name, reason), 'it is left out');
      return;
    }
    const group = this.#group;
    const places = triangulated(
      corners.map(([v]) => v),
      this.#positions,
    );
    this.#triangles += places.length / 3;
    if (this.#triangles > MAX_TRIANGLES) {
      throw new SceneError('too-large', this.#name, `has more than ${MAX_TRIANGLES} triangles`);
    }
    for (const place of places) group.corners.push(...(corners[place] ?? [0, -1, -1]));
    for (let i = 0; i < places.length; i += 3) group.smoothing.push(this.#smoothing);
  }

  /** After the last line. @returns where its vertices' origin lies now */
  bringNear(): Vector3 | undefined {
    return broughtNear(this.#positions);
  }

  build(builder: GltfBuilder, materials: ReadonlyMap<string, number>): void {
    const vertexCount = this.#positions.length / 3;
    const hasColors = this.#colors.length === this.#positions.length && vertexCount > 0;
    let plain: number | undefined;
    for (const [name, group] of this.#groups) {
      const known = materials.get(name);
      if (known === undefined && name !== '') {
        this.#warnings.add(`the material "${name}" is in none of the files given; grey stands in`);
      }
      plain ??= known === undefined ? builder.material(plainMaterial(hasColors)) : undefined;
      const material = known ?? plain;
      this.#addTriangles(builder, group, material, hasColors);
      const positionsOf = (vertices: readonly number[]): Float32Array =>
        Float32Array.from(vertices.flatMap((vertex) => this.#positions.slice(3 * vertex, 3 * vertex + 3)));
      const isThere = (vertex: number): boolean => vertex >= 0 && vertex < vertexCount;
      builder.add({ positions: positionsOf(group.points.filter(isThere)), material, kind: 'points' });
      if (group.lines.every(isThere))
        builder.add({ positions: positionsOf(group.lines), material, kind: 'lines' });
    }
    if (this.#groups.size === 0 && vertexCount > 0) {
      // A cloud of a scanner: vertices and nothing else.
      const colors = hasColors ? this.#colorsOf(Array.from({ length: vertexCount }, (_, i) => i)) : undefined;
      const material = builder.material(plainMaterial(hasColors));
      builder.add({ positions: Float32Array.from(this.#positions), colors, material, kind: 'points' });
    }
  }

  /** Each different corner becomes a vertex; smoothed ones are different in each smoothing group. */
  #addTriangles(builder: GltfBuilder, group: Group, material: number | undefined, hasColors: boolean): void {
    const { corners, smoothing } = group;
    const count = corners.length / 3;
    const hasNormals = corners.every(
      (place, i) => i % 3 !== 2 || (place >= 0 && 3 * place < this.#normals.length),
    );
    const isSmooth = !hasNormals && smoothing.some((number) => number !== 0);
    const hasUvs = corners.some((place, i) => i % 3 === 1 && place >= 0);
    const places = new Map<string, number>();
    const vertices: number[] = [];
    const uvs: number[] = [];
    const normals: number[] = [];
    const indices = new Uint32Array(count);
    for (let i = 0; i < count; i++) {
      const [v = 0, vt = -1, vn = -1] = corners.slice(3 * i, 3 * i + 3);
      const number = smoothing[Math.floor(i / 3)] ?? 0;
      const own = hasNormals ? vn : !isSmooth ? 0 : number === 0 ? -1 - i : number;
      const key = `${v} ${vt} ${own}`;
      let place = places.get(key);
      if (place === undefined) {
        place = vertices.length;
        places.set(key, place);
        vertices.push(v);
        if (hasUvs) uvs.push(this.#uvs[2 * vt] ?? 0, 1 - (this.#uvs[2 * vt + 1] ?? 0));
        if (hasNormals) normals.push(...this.#normals.slice(3 * vn, 3 * vn + 3));
      }
      indices[i] = place;
    }
    const positions = new Float32Array(3 * vertices.length);
    for (const [i, v] of vertices.entries()) {
      for (const axis of [0, 1, 2]) positions[3 * i + axis] = this.#positions[3 * v + axis] ?? 0;
    }
    builder.add({
      ...{ positions, indices, material },
      normals: hasNormals
        ? Float32Array.from(normals)
        : isSmooth
          ? smoothNormals(positions, indices)
          : undefined,
      uvs: hasUvs ? Float32Array.from(uvs) : undefined,
      colors: hasColors ? this.#colorsOf(vertices) : undefined,
    });
  }

  /** Linear RGBA. */
  #colorsOf(vertices: readonly number[]): Float32Array {
    const colors = new Float32Array(4 * vertices.length).fill(1);
    for (const [i, v] of vertices.entries()) {
      for (const channel of [0, 1, 2]) {
        colors[4 * i + channel] = linearFromSrgb(
          Math.min(Math.max(this.#colors[3 * v + channel] ?? 1, 0), 1),
        );
      }
    }
    return colors;
  }
}

function plainMaterial(hasColors: boolean) {
  const baseColorFactor = hasColors ? [1, 1, 1, 1] : [0.6, 0.6, 0.6, 1];
  const pbrMetallicRoughness = { baseColorFactor, metallicFactor: 0, roughnessFactor: 0.6 };
  return { name: 'Grey', pbrMetallicRoughness, doubleSided: true };
}
