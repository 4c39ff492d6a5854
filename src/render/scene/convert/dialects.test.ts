/** What programs write that the descriptions of OBJ, PLY and STL do not foresee. */
import { describe, expect, it } from 'vitest';
import { encodePng } from '../../output/index.ts';
import { type FlatScene, readScene } from '../index.ts';

const text = (...lines: readonly string[]): Uint8Array => new TextEncoder().encode(lines.join('\n'));
const inUtf16 = (words: string): Uint8Array =>
  new Uint8Array(Uint16Array.from(`\ufeff${words}`, (letter) => letter.charCodeAt(0)).buffer);
const inWindows = (words: string): Uint8Array => Uint8Array.from(words, (letter) => letter.charCodeAt(0));

const read = async (name: string, bytes: Uint8Array, beside: Readonly<Record<string, Uint8Array>> = {}) =>
  (await readScene(new Map([[name, bytes], ...Object.entries(beside)]))).scene;
const count = ({ indices }: FlatScene): number => indices.length / 3;

const SQUARE = ['v 0 0 0', 'v 1 0 0', 'v 1 1 0', 'v 0 1 0', 'vt 0 0'];
const FACE = ['usemtl red', 'f 1/1 2/1 3/1 4/1'];
const RED = 'newmtl red\nKd 1 0 0\n';

describe('an OBJ', () => {
  it('may end its lines by carriage returns alone, and be UTF-16', async () => {
    expect(count(await read('a.obj', text([...SQUARE, 'f 1 2 3 4'].join('\r'))))).toBe(2);
    expect(count(await read('a.obj', inUtf16([...SQUARE, 'f 1 2 3 4'].join('\r\n'))))).toBe(2);
  });

  it('may name several libraries, or quote them', async () => {
    for (const line of ['mtllib other.mtl my reds.mtl', 'mtllib "my reds.mtl"', 'mtllib my reds.mtl']) {
      const scene = await read('a.obj', text(line, ...SQUARE, ...FACE), {
        'other.mtl': text('newmtl blue'),
        'my reds.mtl': text(RED),
      });
      expect(scene.materials[0]?.baseColor).toEqual([1, 0, 0, 1]);
      expect(scene.warnings).toEqual([]);
    }
  });

  it('may name pictures in the letters of Windows, or in quotes', async () => {
    const png = encodePng(new Uint8Array([255, 0, 0, 255]), 1, 1);
    for (const name of ['gr\u00f6\u00dfe.png', '"gr\u00f6\u00dfe.png"']) {
      const scene = await read('a.obj', text('mtllib a.mtl', ...SQUARE, ...FACE), {
        'a.mtl': inWindows(`${RED}map_Kd ${name}\n`),
        'gr\u00f6\u00dfe.png': png,
      });
      expect(scene.images).toHaveLength(1);
      expect(scene.warnings).toEqual([]);
    }
  });
});

describe('a PLY', () => {
  const ply = (...lines: readonly string[]): Uint8Array => text('ply', 'format ascii 1.0', ...lines);
  const POINTS = ['property float x', 'property float y', 'property float z'];
  const SQUARE_POINTS = ['0 0 0', '1 0 0', '0 1 0', '1 1 0'];

  it('may have strips of triangles, which -1 divides', async () => {
    const header = ['element vertex 4', ...POINTS, 'element tristrips 1'];
    const strips = ['property list int int vertex_indices', 'end_header'];
    const scene = await read('a.ply', ply(...header, ...strips, ...SQUARE_POINTS, '8 0 1 2 3 -1 1 3 2'));
    expect(count(scene)).toBe(3);
    expect(Array.from(scene.normals.filter((_, i) => i % 3 === 2))).toEqual([1, 1, 1, 1]);
  });

  it('is told which of its colours are lost', async () => {
    const header = ['element vertex 4', ...POINTS, 'element face 1', 'property list uchar int vertex_index'];
    const scene = await read(
      'a.ply',
      ply(...header, 'property uchar red', 'end_header', ...SQUARE_POINTS, '4 0 1 3 2 255'),
    );
    expect(scene.warnings).toEqual(['a.ply: the colours of its faces are not shown, only those of vertices']);
  });

  it('without places, or with billions of nothing, is refused at once', async () => {
    const nothing = Array.from({ length: 1000 }, () => 'element face 2147483648');
    await expect(read('a.ply', ply(...nothing, 'end_header', ''))).rejects.toThrow();
    await expect(read('a.ply', ply('element vertex 1000000000', 'end_header', ''))).rejects.toThrow(
      'a.ply: is a PLY whose vertices have no x, y and z',
    );
    await expect(read('a.ply', ply('element vertex -8', 'end_header', ''))).rejects.toThrow(
      'says that it has -8 of vertex, which cannot be',
    );
  });
});

describe('an STL', () => {
  const FACET = [
    ...['facet normal 0 0 1', 'outer loop', 'vertex 0 0 0', 'vertex 1 0 0', 'vertex 0 1 0'],
    ...['endloop', 'endfacet'],
  ];

  it('may shout, and begin with a mark of its letters', async () => {
    const words = ['solid a', ...FACET, 'endsolid a'].join('\n');
    expect(count(await read('a.stl', text(words.toUpperCase())))).toBe(1);
    expect(count(await read('a.stl', text(`\ufeff${words}`)))).toBe(1);
  });

  it('may not know how many triangles it has', async () => {
    const bytes = new Uint8Array(84 + 2 * 50);
    const view = new DataView(bytes.buffer);
    [1, 0, 0, 0, 1, 0].forEach((value, i) => {
      view.setFloat32(84 + 24 + 4 * i, value, true);
      view.setFloat32(84 + 74 + 4 * i, value, true);
    });
    for (const number of [0, 2 ** 32 - 1, 2]) {
      view.setUint32(80, number, true);
      expect(count(await read('a.stl', bytes))).toBe(2);
    }
  });
});
