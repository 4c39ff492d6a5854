/** One bad part never refuses the rest: the scene is drawn without it, and one note says so. */
import { describe, expect, it } from 'vitest';
import { encodePng } from '../output/index.ts';
import { decodeScene, encodeScene, readScene, type SceneFile } from './index.ts';
import { glbOf, ONE_TRIANGLE, ONE_TRIANGLE_BINARY, oneFile } from './testing.ts';

async function readGlb(changes: object, binary: Uint8Array = ONE_TRIANGLE_BINARY): Promise<SceneFile> {
  const file = await readScene(oneFile('a.glb', glbOf({ ...ONE_TRIANGLE, ...changes }, binary)));
  expect(decodeScene(encodeScene(file.scene))).toEqual(file.scene);
  return file;
}

const [POSITIONS, INDICES] = ONE_TRIANGLE.accessors;
const [PRIMITIVE] = ONE_TRIANGLE.meshes[0]?.primitives ?? [];
/** The triangle, and beside it another mesh, which is spoiled. */
const beside = (primitive: object): object => ({
  scenes: [{ nodes: [0, 1] }],
  nodes: [{ mesh: 0 }, { mesh: 1 }],
  meshes: [...ONE_TRIANGLE.meshes, { primitives: [primitive] }],
});
const textured = (image: object): object => ({
  materials: [{ name: 'oak', pbrMetallicRoughness: { baseColorTexture: { index: 0 } } }],
  textures: [{ source: 0 }],
  images: [image],
});
const dataUri = (bytes: Uint8Array): string => `data:image/png;base64,${btoa(String.fromCharCode(...bytes))}`;
const cutPng = (): Uint8Array => {
  const png = encodePng(new Uint8Array(4 * 64).fill(7), 8, 8);
  return png.subarray(0, png.length - 24);
};
const hugePng = (): Uint8Array => {
  const png = encodePng(new Uint8Array(4), 1, 1);
  new DataView(png.buffer).setUint32(16, 32_000);
  new DataView(png.buffer).setUint32(20, 32_000);
  return png;
};
const camera = (definition: object): object => ({
  nodes: [{ mesh: 0, camera: 0 }],
  cameras: [definition],
});

const cases: readonly [what: string, changes: object, notes: readonly RegExp[]][] = [
  [
    'a mesh whose accessor is empty',
    {
      ...beside({ attributes: { POSITION: 2 } }),
      accessors: [POSITIONS, INDICES, { ...POSITIONS, count: 0 }],
    },
    [/^accessors\[2\]\.count: should not be 0; it is left out$/],
  ],
  [
    'a mesh that is packed by a damaged Draco stream',
    beside({
      ...PRIMITIVE,
      attributes: { POSITION: 2 },
      extensions: { KHR_draco_mesh_compression: { bufferView: 0, attributes: { POSITION: 0 } } },
    }),
    [/names entry 2 of a list of 2; it is left out/],
  ],
  ['a second buffer that nothing needs', { buffers: [{ byteLength: 44 }, { byteLength: 1000 }] }, []],
  [
    'a second buffer that is short of nothing needed',
    { buffers: [{ byteLength: 100 }] },
    [/should have 100 bytes, has 44/],
  ],
  [
    'attributes that are too short',
    {
      meshes: [{ primitives: [{ ...PRIMITIVE, attributes: { POSITION: 0, NORMAL: 2, COLOR_0: 2 } }] }],
      accessors: [POSITIONS, INDICES, { ...POSITIONS, count: 2 }],
    },
    [/has NORMAL for 2 vertices and POSITION for 3/, /has COLOR_0 for 2/],
  ],
  [
    'texture coordinates that are too short, and that nothing looks at',
    {
      meshes: [{ primitives: [{ ...PRIMITIVE, attributes: { POSITION: 0, TEXCOORD_0: 2, TEXCOORD_1: 3 } }] }],
      accessors: [
        ...[POSITIONS, INDICES],
        { bufferView: 0, componentType: 5126, type: 'VEC2', count: 2 },
        { bufferView: 0, componentType: 5126, type: 'VEC2', count: 1000 },
      ],
    },
    [],
  ],
  [
    'a camera without an angle',
    camera({ type: 'perspective', perspective: { yfov: 0 } }),
    [/cameras\[0\]\.perspective\.yfov/],
  ],
  ['a camera without a kind', camera({}), [/cameras\[0\]\.type/]],
  [
    'a camera that shows nothing of a scene as large as a room',
    camera({ type: 'orthographic', orthographic: { xmag: 1, ymag: 1e-12 } }),
    [/the camera "Camera 1" shows 2e-12 metres and was left out/],
  ],
  ['a node reached twice', { nodes: [{ mesh: 0, children: [0] }] }, [/nodes\[0\]: is reached twice/]],
  [
    'a node that names a mesh that is not there',
    {
      scenes: [{ nodes: [0, 1] }],
      nodes: [{ mesh: 0 }, { mesh: 5 }],
    },
    [/nodes\[1\]\.mesh: names entry 5/],
  ],
  [
    'a node moved by a text',
    { nodes: [{ mesh: 0, translation: [0, 'up', 0] }] },
    [/translation\[1\]: should be a finite number, is "up"/],
  ],
  [
    'fields that are null',
    {
      nodes: [{ mesh: 0, translation: null, skin: null, extensions: null }],
      materials: [{ name: null, pbrMetallicRoughness: null, emissiveFactor: null }],
      animations: null,
      extensionsUsed: null,
    },
    [],
  ],
  [
    'a material that is a number',
    { materials: [5] },
    [/materials\[0\]: should be an object; the default material stands in/],
  ],
  [
    'factors that are texts',
    {
      materials: [{ pbrMetallicRoughness: { roughnessFactor: 'low', baseColorFactor: 'red' } }],
    },
    [
      /baseColorFactor: should be a list of 4 numbers; 1, 1, 1, 1 stands in/,
      /roughnessFactor: .* 1 stands in/,
    ],
  ],
  ['an alpha mode in small letters', { materials: [{ alphaMode: 'blend' }] }, []],
  [
    'an unknown alpha mode',
    { materials: [{ name: 'oak', alphaMode: 'HASH' }] },
    [/material "oak": alphaMode is none of OPAQUE, MASK, BLEND; opaque/],
  ],
  [
    'a texture that is not there',
    { materials: [{ pbrMetallicRoughness: { baseColorTexture: { index: 0 } } }] },
    [/names entry 0 of a list of 0; the material is shown without it/],
  ],
  [
    'a texture whose sampler is not there',
    {
      ...textured({ uri: dataUri(encodePng(new Uint8Array(4), 1, 1)) }),
      textures: [{ source: 0, sampler: 3 }],
    },
    [/textures\[0\]\.sampler: names entry 3 of a list of 0; the texture repeats/],
  ],
  [
    'an image that is none',
    textured({ name: 'wood', uri: 'data:;base64,AAAA' }),
    [/image "wood": is no picture of a kind that is read .*; material "oak" is shown without it/],
  ],
  [
    'an image of a known kind that is not read',
    textured({ name: 'wood', uri: `data:,DDS%20${'x'.repeat(200)}` }),
    [/image "wood": is a DDS, which is not read; save it as PNG or JPEG; material "oak"/],
  ],
  [
    'an image that is cut short',
    textured({ name: 'wood', uri: dataUri(cutPng()) }),
    [/image "wood": is a PNG that is cut short; material "oak" is shown without it/],
  ],
  [
    'an image of a billion pixels',
    textured({ uri: dataUri(hugePng()) }),
    [/image "image 0": is 32000 x 32000/],
  ],
  [
    'an image that was not given',
    textured({ uri: 'Wood.png' }),
    [/images\[0\]: the file "Wood\.png" was not given; it belongs together with the scene; material "oak"/],
  ],
  [
    'an animation without numbers',
    {
      animations: [
        {
          samplers: [{ input: 9, output: 9 }],
          channels: [{ sampler: 0, target: { node: 0, path: 'scale' } }],
        },
      ],
    },
    [/animations\[0\]\.samplers\[0\]\.input: names entry 9/],
  ],
  [
    'an animation of a path that is none',
    {
      animations: [
        {
          samplers: [{ input: 1, output: 0 }],
          channels: [{ sampler: 0, target: { node: 0, path: 'colour' } }],
        },
      ],
    },
    [/target\.path: should be one of .* it moves nothing/],
  ],
  [
    'a skin with a joint that is no node',
    { skins: [{ joints: [7] }], nodes: [{ mesh: 0, skin: 0 }] },
    [/skins\[0\]\.joints\[0\]: names entry 7/],
  ],
  [
    'an extension that is required and unknown',
    { extensionsRequired: ['EXT_x'] },
    [/needs EXT_x, which is not supported; the picture may lack something/],
  ],
  [
    'extensions that carry no picture',
    {
      extensionsRequired: ['EXT_structural_metadata', 'CESIUM_RTC'],
      extensionsUsed: ['EXT_structural_metadata', 'CESIUM_RTC', 'KHR_xmp_json_ld'],
    },
    [],
  ],
  [
    'lists that are none',
    { animations: 5, cameras: {}, skins: 'x', images: 1 },
    [/skins: should/, /animations: should/, /cameras: should/],
  ],
  ['no asset', { asset: undefined }, [/asset: should be an object; it is taken for glTF 2.0/]],
];

describe('readScene draws the rest of a scene with', () => {
  it.each(cases)('%s', async (_, changes, notes) => {
    const { scene } = await readGlb(changes);
    expect(scene.indices).toHaveLength(3);
    expect(scene.warnings).toHaveLength(notes.length);
    for (const [i, note] of notes.entries()) expect(scene.warnings[i]).toMatch(note);
  });

  it('vertices that are no numbers, and indices that name none', async () => {
    const binary = new Uint8Array(36 + 24);
    binary.set(ONE_TRIANGLE_BINARY.subarray(0, 36));
    binary.set(new Uint8Array(Float32Array.of(Number.NaN, 0, 0).buffer), 36);
    binary.set(new Uint8Array(Uint8Array.of(0, 1, 2, 0, 1, 3, 0, 1, 9)), 48);
    const { scene } = await readGlb(
      {
        buffers: [{ byteLength: 60 }],
        bufferViews: [
          { buffer: 0, byteLength: 48 },
          { buffer: 0, byteOffset: 48, byteLength: 9 },
        ],
        accessors: [
          { ...POSITIONS, count: 4 },
          { bufferView: 1, componentType: 5121, type: 'SCALAR', count: 9 },
        ],
      },
      binary,
    );
    expect(scene.indices).toHaveLength(3);
    expect(scene.warnings).toEqual([
      'meshes[0].primitives[0]: its index 8 names vertex 9 of 4; 1 of its triangles are left out',
      'meshes[0].primitives[0]: has positions that are no numbers; 1 of its triangles are left out',
    ]);
  });

  it('a stray triangle, in the same mesh or in one of its own', async () => {
    const far = Float32Array.of(1e20, 0, 0, 0, 1e20, 0, 0, 0, 1e20);
    const both = new Uint8Array(72 + 6);
    both.set(ONE_TRIANGLE_BINARY.subarray(0, 36));
    both.set(new Uint8Array(far.buffer), 36);
    both.set(Uint8Array.of(0, 1, 2, 3, 4, 5), 72);
    const views = [
      { buffer: 0, byteLength: 72 },
      { buffer: 0, byteOffset: 72, byteLength: 6 },
    ];
    const common = { buffers: [{ byteLength: 78 }], bufferViews: views };
    const vertices = { ...POSITIONS, count: 6 };
    const index = { bufferView: 1, componentType: 5121, type: 'SCALAR', count: 6 };
    const one = await readGlb({ ...common, accessors: [vertices, index] }, both);
    expect(one.scene.indices).toHaveLength(3);
    expect(one.scene.warnings).toEqual([
      expect.stringMatching(/1 of its triangles are a trillion times farther/),
    ]);
    const own = await readGlb(
      {
        ...common,
        ...beside({ attributes: { POSITION: 2 } }),
        accessors: [POSITIONS, { ...index, count: 3 }, { ...POSITIONS, byteOffset: 36 }],
      },
      both,
    );
    expect(own.scene.indices).toHaveLength(3);
    expect(own.scene.bounds.max).toEqual([1, 1, 0]);
    expect(own.scene.warnings).toHaveLength(1);
  });

  it('a thing scaled down to nothing, which makes no stray of the others', async () => {
    for (const size of [1e-12, 1e-20, 1e-30]) {
      const nodes = [{ mesh: 0 }, { mesh: 0, scale: [size, size, size] }];
      const { scene } = await readGlb({ scenes: [{ nodes: [0, 1] }], nodes });
      expect(scene.bounds.max).toEqual([1, 1, 0]);
      expect(scene.warnings).toEqual([]);
    }
  });

  it('a material that keeps its factors where its pictures are lost, but not a glow that a picture paints', async () => {
    const good = dataUri(encodePng(new Uint8Array(4).fill(255), 1, 1));
    const { scene } = await readGlb({
      materials: [
        {
          pbrMetallicRoughness: { baseColorFactor: [1, 0, 0, 1], baseColorTexture: { index: 0 } },
          normalTexture: { index: 1 },
          emissiveFactor: [1, 1, 1],
          emissiveTexture: { index: 0 },
          extensions: { KHR_materials_clearcoat: { clearcoatFactor: 1, clearcoatTexture: { index: 1 } } },
        },
      ],
      textures: [{ source: 0 }, { source: 1 }],
      images: [{ uri: 'lost.png' }, { uri: good }],
    });
    expect(scene.materials[0]).toMatchObject({
      ...{ baseColor: [1, 0, 0, 1], baseColorTexture: -1, normalTexture: 0 },
      ...{ emissive: [0, 0, 0], emissiveTexture: -1, clearcoat: { strengthTexture: 0 } },
    });
    expect(scene.images).toHaveLength(1);
    expect(scene.textures).toMatchObject([{ image: 0 }]);
    expect(scene.warnings).toHaveLength(1);
  });

  it('colours above 1, and bytes that nobody marked as fractions', async () => {
    const withColours = (bytes: Uint8Array, componentType: number) => {
      const binary = new Uint8Array(96);
      binary.set(ONE_TRIANGLE_BINARY.subarray(0, 42));
      binary.set(bytes, 44);
      return readGlb(
        {
          buffers: [{ byteLength: 96 }],
          bufferViews: [...ONE_TRIANGLE.bufferViews, { buffer: 0, byteOffset: 44, byteLength: bytes.length }],
          accessors: [POSITIONS, INDICES, { bufferView: 2, componentType, type: 'VEC4', count: 3 }],
          meshes: [{ primitives: [{ ...PRIMITIVE, attributes: { POSITION: 0, COLOR_0: 2 } }] }],
        },
        binary,
      );
    };
    const floats = new Uint8Array(Float32Array.of(5, -1, 0.5, 1, 0, 0, 0, 1, 0, 0, 0, Number.NaN).buffer);
    expect(Array.from((await withColours(floats, 5126)).scene.colors.subarray(0, 4))).toEqual([1, 0, 0.5, 1]);
    const bytes = Uint8Array.of(255, 0, 51, 255, 0, 0, 0, 0, 0, 0, 0, 0);
    const colours = (await withColours(bytes, 5121)).scene.colors;
    expect(Array.from(colours.subarray(0, 4))).toEqual([1, 0, Math.fround(0.2), 1]);
  });
});

describe('a mesh that its node scales to 0', () => {
  const hidden = (nodes: readonly object[]) =>
    readGlb({ scenes: [{ nodes: nodes.map((_, i) => i) }], nodes });

  it('is told of, with how many are seen beside it', async () => {
    const { scene } = await hidden([{ mesh: 0 }, { mesh: 0, scale: [0, 0, 0] }]);
    expect(scene.warnings).toEqual(['1 of 2 placed meshes: scaled to 0 by a node, not seen']);
  });

  it('is told of where it is all there is, and where the node above scales it', async () => {
    const { scene } = await readGlb({ nodes: [{ children: [1], scale: [0, 0, 0] }, { mesh: 0 }] });
    expect(scene.warnings).toEqual(['1 of 1 placed meshes: scaled to 0 by a node, not seen']);
  });

  it('is not one that is flat', async () => {
    const { scene } = await hidden([{ mesh: 0, scale: [1, 1, 0] }]);
    expect(scene.warnings).toEqual([]);
  });
});

describe('a message', () => {
  it('is one line that no name of the file can break or colour', async () => {
    const name = 'evil\u001b[31m\u202e\nname';
    const { scene } = await readGlb(textured({ name, uri: 'lost\r\n.png' }));
    expect(scene.warnings).toHaveLength(1);
    expect(scene.warnings[0]).not.toMatch(/[\p{Cc}\u202e]/u);
    const error = await readScene(oneFile(`a${name}.gltf`, new TextEncoder().encode('{"asset": {')))
      .then(() => undefined)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'json-damaged',
      message: expect.not.stringMatching(/[\p{Cc}\u202e]/u),
    });
  });
});
