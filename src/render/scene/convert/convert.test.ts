/** OBJ, PLY and STL as scenes: what a person sees of them is what is tested, through the reader of all scenes. */
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { encodePng, linearFromSrgb } from '../../output/index.ts';
import { decodeScene, encodeScene, type FlatScene, readScene } from '../index.ts';
import { triples } from '../testing.ts';
import { triangulated } from './polygon.ts';

const text = (...lines: readonly string[]): Uint8Array => new TextEncoder().encode(lines.join('\n'));

async function read(name: string, bytes: Uint8Array, more: Readonly<Record<string, Uint8Array>> = {}) {
  const file = await readScene(new Map([[name, bytes], ...Object.entries(more)]));
  expect(decodeScene(encodeScene(file.scene))).toEqual(file.scene);
  return file.scene;
}

/** The corners of each triangle. */
const triangles = ({ positions, indices }: FlatScene): number[][][] => {
  const vertices = triples(positions);
  return Array.from({ length: indices.length / 3 }, (_, i) =>
    Array.from(indices.subarray(3 * i, 3 * i + 3), (vertex) => vertices[vertex] ?? []),
  );
};

const SQUARE = ['v 0 0 0', 'v 1 0 0', 'v 1 1 0', 'v 0 1 0'];

describe('an OBJ', () => {
  it('has polygons, by places from the first or from the last', async () => {
    for (const face of ['f 1 2 3 4', 'f -4 -3 -2 -1', 'f 1 2 \\\n3 4']) {
      const scene = await read('a.obj', text(...SQUARE, face));
      expect(triangles(scene)).toHaveLength(2);
      expect(triples(scene.normals)[0]).toEqual([0, 0, 1]);
      expect(scene.bounds.max).toEqual([1, 1, 0]);
      expect(scene.warnings).toEqual([]);
    }
  });

  it('is one after any preface', async () => {
    const preface = Array.from(
      { length: 200 },
      (_, i) => `# line ${i} about the exporter, its makers and their house`,
    );
    expect(triangles(await read('a.obj', text(...preface, ...SQUARE, 'f 1 2 3')))).toHaveLength(1);
  });

  it('has pictures the right way up, and takes its materials from the library beside it', async () => {
    const png = encodePng(new Uint8Array([255, 0, 0, 255]), 1, 1);
    const mtl = text(
      ...[
        'newmtl red wood',
        'Kd 0.1 0.2 0.3',
        'map_Kd -s 2 2 2 -o 0 0 wood floor.png',
        'Ns 250',
        'd 0.5',
        'Ke 4 2 0',
      ],
      ...['newmtl steel', 'Kd 0.5 0.5 0.5', 'Pm 1', 'Pr 0.2', 'Ni 2', 'map_Bump bumps.png'],
    );
    const scene = await read(
      'a.obj',
      text(
        ...['mtllib my materials.mtl', ...SQUARE, 'vt 0 0', 'vt 1 0', 'vt 1 0.75'],
        ...['usemtl red wood', 'f 1/1 2/2 3/3', 'usemtl steel', 'f 1/1 3/3 4/1'],
      ),
      { 'my materials.mtl': mtl, 'wood floor.png': png },
    );
    expect(Array.from(scene.uv0.subarray(0, 6))).toEqual([0, 1, 1, 1, 1, 0.25]);
    const [wood, steel] = scene.materials;
    expect(wood).toMatchObject({
      name: 'red wood',
      baseColor: [1, 1, 1, 0.5],
      alphaMode: 'blend',
      roughness: 0.5,
    });
    expect(wood).toMatchObject({ emissive: [4, 2, 0], metallic: 0, doubleSided: true, baseColorTexture: 0 });
    expect(steel).toMatchObject({ baseColor: [0.5, 0.5, 0.5, 1], metallic: 1, roughness: 0.2, ior: 2 });
    expect(scene.images).toMatchObject([{ name: 'wood floor.png' }]);
    expect(scene.warnings).toEqual(['material "steel": its map of heights (map_bump) is not shown']);
  });

  it('is grey, with a note, where the library or a material is missing', async () => {
    const scene = await read('a.obj', text('mtllib lost.mtl', ...SQUARE, 'usemtl gold', 'f 1 2 3'));
    expect(scene.materials).toMatchObject([{ name: 'Grey', metallic: 0 }]);
    expect(scene.warnings).toEqual([
      expect.stringMatching(
        /^mtllib lost\.mtl: the file "lost\.mtl" was not given.*; its materials are grey$/,
      ),
      'the material "gold" is in none of the files given; grey stands in',
    ]);
  });

  it('is smooth within a smoothing group, flat without, and as its normals say where it has some', async () => {
    // Two walls of a roof that share the ridge.
    const roof = ['v 0 0 0', 'v 0 1 1', 'v 2 1 1', 'v 0 0 2'];
    const atRidge = async (...lines: string[]): Promise<number> => {
      const scene = await read('a.obj', text(...roof, ...lines));
      const normals = triples(scene.normals);
      return new Set(triples(scene.positions).flatMap(([, y], i) => (y === 1 ? [String(normals[i])] : [])))
        .size;
    };
    const walls = ['f 1 2 3', 'f 4 3 2'];
    expect(await atRidge(...walls)).toBe(2);
    expect(await atRidge('s 1', ...walls)).toBe(1);
    expect(await atRidge('s 1', 'f 1 2 3', 's 2', 'f 4 3 2')).toBe(2);
    expect(await atRidge('vn 0 1 0', 'f 1//1 2//1 3//1', 'f 4//1 3//1 2//1')).toBe(1);
  });

  it('has colours of vertices, lines, and points', async () => {
    const coloured = SQUARE.map((line) => `${line} 0.5 1 0`);
    const scene = await read('a.obj', text(...coloured, 'f 1 2 3'));
    expect(scene.colors[0]).toBeCloseTo(linearFromSrgb(0.5), 6);
    expect(Array.from(scene.colors.subarray(1, 4))).toEqual([1, 0, 1]);
    const lines = await read('a.obj', text(...SQUARE, 'l 1 2 3'));
    expect(triangles(lines)).toHaveLength(24);
    const points = await read('a.obj', text(...SQUARE, 'p 1 3'));
    expect(triangles(points)).toHaveLength(40);
    const cloud = await read('a.obj', text(...coloured));
    expect(triangles(cloud)).toHaveLength(80);
    expect(cloud.colors[1]).toBe(1);
  });

  it('loses only the faces that name a vertex that is not there', async () => {
    const scene = await read('a.obj', text(...SQUARE, 'f 1 2 3', 'f 1 2 9', 'f 1 2'));
    expect(triangles(scene)).toHaveLength(1);
    expect(scene.warnings).toHaveLength(1);
  });

  it('may have any name', async () => {
    expect(triangles(await read('a.gltf', text(...SQUARE, 'f 1 2 3')))).toHaveLength(1);
  });
});

describe('polygons', () => {
  const area = (corners: readonly number[], positions: readonly number[]): number => {
    const places = triangulated(corners, positions);
    let sum = 0;
    for (let i = 0; i < places.length; i += 3) {
      const [a = 0, b = 0, c = 0] = places.slice(i, i + 3).map((place) => corners[place] ?? 0);
      const at = (vertex: number, axis: number): number => positions[3 * vertex + axis] ?? 0;
      const part =
        (at(b, 0) - at(a, 0)) * (at(c, 1) - at(a, 1)) - (at(b, 1) - at(a, 1)) * (at(c, 0) - at(a, 0));
      expect(part).toBeGreaterThanOrEqual(0);
      sum += part / 2;
    }
    return sum;
  };

  it('keep their dents', () => {
    const arrow = [0, 0, 0, 2, 2, 0, 0, 4, 0, 1, 2, 0];
    expect(triangulated([0, 1, 2, 3], arrow)).toHaveLength(6);
    expect(area([0, 1, 2, 3], arrow)).toBeCloseTo(2, 9);
    expect(area([1, 2, 3, 0], arrow)).toBeCloseTo(2, 9);
    const star = Array.from({ length: 10 }, (_, i) => {
      const [radius, angle] = [i % 2 === 0 ? 2 : 1, (Math.PI * i) / 5];
      return [radius * Math.cos(angle), radius * Math.sin(angle), 0];
    }).flat();
    expect(area([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], star)).toBeCloseTo(10 * Math.sin(Math.PI / 5), 9);
  });

  it('that cross themselves or lie on a line still end', () => {
    expect(triangulated([0, 1, 2, 3], [0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 1, 0])).toHaveLength(6);
    expect(triangulated([0, 1, 2, 3], [0, 0, 0, 1, 0, 0, 2, 0, 0, 3, 0, 0])).toHaveLength(6);
    expect(triangulated([0, 1], [0, 0, 0, 1, 0, 0])).toEqual([]);
  });
});

/** A square of four vertices in a format; `faces` as PLY writes lists. */
function ply(
  format: 'ascii' | 'binary_little_endian' | 'binary_big_endian',
  faces: readonly number[][],
): Uint8Array {
  const header = [
    ...['ply', `format ${format} 1.0`, 'comment made by hand', 'element vertex 4', 'property float x'],
    ...[
      'property float y',
      'property float z',
      'property uchar red',
      'property uchar green',
      'property uchar blue',
    ],
    ...['element note 1', 'property list uchar short words', `element face ${faces.length}`],
    ...['property list uchar int vertex_indices', 'end_header', ''],
  ].join('\n');
  const vertices = [
    [0, 0, 0, 255, 0, 0],
    [1, 0, 0, 0, 255, 0],
    [1, 1, 0, 0, 0, 255],
    [0, 1, 0, 127, 127, 127],
  ];
  const note = [2, 7, 8];
  if (format === 'ascii') {
    const rows = [...vertices, note, ...faces.map((face) => [face.length, ...face])];
    return text(header + rows.map((row) => row.join(' ')).join('\n'));
  }
  const isLittle = format === 'binary_little_endian';
  const bytes = new Uint8Array(4 * 15 + 5 + faces.reduce((sum, face) => sum + 1 + 4 * face.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  const put = (how: 'setFloat32' | 'setInt16' | 'setInt32', value: number, size: number): void => {
    view[how](at, value, isLittle);
    at += size;
  };
  for (const [x = 0, y = 0, z = 0, ...colour] of vertices) {
    for (const value of [x, y, z]) put('setFloat32', value, 4);
    for (const value of colour) bytes[at++] = value;
  }
  bytes[at++] = 2;
  for (const value of [7, 8]) put('setInt16', value, 2);
  for (const face of faces) {
    bytes[at++] = face.length;
    for (const value of face) put('setInt32', value, 4);
  }
  return Uint8Array.from([...new TextEncoder().encode(header), ...bytes]);
}

describe('a PLY', () => {
  it('is the same as text and as bytes of either order, with its colours', async () => {
    const scenes = await Promise.all(
      (['ascii', 'binary_little_endian', 'binary_big_endian'] as const).map((format) =>
        read('a.ply', ply(format, [[0, 1, 2, 3]])),
      ),
    );
    const [scene] = scenes;
    for (const other of scenes) expect(other).toEqual(scene);
    expect(scene && triangles(scene)).toHaveLength(2);
    expect(scene && triples(scene.normals)[0]).toEqual([0, 0, 1]);
    expect(Array.from(scene?.colors.subarray(0, 4) ?? [])).toEqual([1, 0, 0, 1]);
    expect(scene?.warnings).toEqual([]);
  });

  it('without polygons is a cloud of points in its colours', async () => {
    const scene = await read('a.ply', ply('binary_little_endian', []));
    expect(triangles(scene)).toHaveLength(4 * 20);
    expect(Array.from(scene.colors.subarray(0, 4))).toEqual([1, 0, 0, 1]);
  });

  it('of Gaussian splats is a cloud of points in their mean colours, which is said', async () => {
    const names = ['x', 'y', 'z', 'f_dc_0', 'f_dc_1', 'f_dc_2', 'opacity'];
    const header = [
      'ply',
      'format ascii 1.0',
      'element vertex 1',
      ...names.map((name) => `property float ${name}`),
    ];
    const scene = await read('a.ply', text(...header, 'end_header', '0 0 0 1.7724539 0 -9 2'));
    const [red, green, blue] = scene.colors;
    expect([red, blue]).toEqual([1, 0]);
    expect(green).toBeCloseTo(linearFromSrgb(0.5), 6);
    expect(scene.warnings).toEqual(['a.ply: is a cloud of Gaussian splats, which are shown as points']);
  });

  it('that is cut short or of no known kind is told so', async () => {
    const whole = ply('binary_little_endian', [[0, 1, 2, 3]]);
    await expect(read('a.ply', whole.subarray(0, whole.length - 5))).rejects.toThrow(
      'a.ply: is a PLY that is cut short',
    );
    await expect(read('a.ply', text('ply', 'format ascii 1.0'))).rejects.toThrow(
      'without the end of its header',
    );
    await expect(read('a.ply', text('ply', 'format x 1.0', 'end_header', ''))).rejects.toThrow(
      'of an unknown format',
    );
    const strange = text('ply', 'format ascii 1.0', 'element vertex 1', 'property half x', 'end_header', '0');
    await expect(read('a.ply', strange)).rejects.toThrow('unknown type half');
  });
});

describe('an STL', () => {
  const facet = [
    'facet normal 0 0 1',
    'outer loop',
    'vertex 0 0 3',
    'vertex 1e0 0 3',
    'vertex 0 1 3',
    'endloop',
    'endfacet',
  ];
  const asText = text('solid part', ...facet, 'endsolid part');
  const asBytes = (title: string): Uint8Array => {
    const bytes = new Uint8Array(84 + 50);
    bytes.set(new TextEncoder().encode(title));
    const view = new DataView(bytes.buffer);
    view.setUint32(80, 1, true);
    [0, 0, 3, 1, 0, 3, 0, 1, 3].forEach((value, i) => {
      view.setFloat32(96 + 4 * i, value, true);
    });
    return bytes;
  };

  it('is the same as text and as bytes, even where those begin as a text does; Z becomes up', async () => {
    const withCommas = text(
      'solid part',
      ...facet.map((line) => line.replace(' 3', ' 3,0')),
      'endsolid part',
    );
    for (const bytes of [asText, withCommas, asBytes('printed'), asBytes('solid printed')]) {
      const scene = await read('a.stl', bytes);
      expect(triangles(scene)).toHaveLength(1);
      const [corner = []] = triples(scene.positions);
      [0, 3, 0].forEach((value, axis) => {
        expect(corner[axis]).toBeCloseTo(value, 5);
      });
      expect(scene.materials).toMatchObject([{ metallic: 0 }]);
    }
  });

  it('as text is shown as far as it goes, and that it has no end is told', async () => {
    expect((await read('a.stl', asText)).warnings).toEqual([]);
    const cut = await read('a.stl', text('solid part', ...facet, ...facet.slice(0, 4)));
    expect(triangles(cut)).toHaveLength(1);
    expect(cut.warnings).toEqual([
      'a.stl: ends without "endsolid"; if something is missing it was cut short: copy or export it again',
    ]);
  });
});

describe('a file of another kind', () => {
  it('is named, with what to do', async () => {
    const kinds = [
      ['a.blend', 'BLENDER-v300', 'a Blender file'],
      ['a.dae', '<?xml version="1.0"?>\n<COLLADA>', 'a Collada file'],
    ] as const;
    for (const [name, start, kind] of kinds) {
      await expect(read(name, text(start)), name).rejects.toThrow(
        `${name}: is ${kind}, which is not read; export it as glTF (.glb)`,
      );
    }
  });

  it('is said to be what it is where it is no scene', async () => {
    const png = encodePng(new Uint8Array([255, 0, 0, 255]), 1, 1);
    const stl = new Uint8Array(84 + 50).fill(1).fill(0x20, 0, 80);
    const kinds: readonly (readonly [string, Uint8Array, string])[] = [
      ['a.glb', text('<!DOCTYPE html><title>404</title>'), 'is a web page, not a scene; download it again'],
      ['a.png', png, 'is a picture, not a scene; give a .glb'],
      ['a.hdr', text('#?RADIANCE', ''), 'is an environment, not a scene'],
      ['readme.txt', text('hi'), 'is no scene of a kind that is read; give a .glb'],
      ['a.glb', text('hello'), 'is no .glb inside, whatever its name says, or is cut short'],
      ['a.STL', stl, 'is no .stl inside, whatever its name says, or is cut short'],
    ];
    for (const [name, bytes, reason] of kinds) {
      await expect(read(name, bytes), name).rejects.toThrow(`${name}: ${reason}`);
    }
    const inner = zipSync({ 'a.obj': text('v 0 0 0') });
    await expect(read('a.zip', zipSync({ 'b.zip': inner }))).rejects.toThrow(
      'b.zip: is an archive inside of an archive; unpack it and open what is in it',
    );
  });

  it('is left aside where there is a glTF', async () => {
    const { TestScene } = await import('../testing.ts');
    const test = new TestScene();
    test.show(test.triangle());
    const scene = await read('a.obj', text(...SQUARE, 'f 1 2 3 4'), { 'z.glb': await test.glb() });
    expect(triangles(scene)).toHaveLength(1);
  });
});
