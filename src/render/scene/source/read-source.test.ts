/** What other Nodes read of the files that travel is what was read here, bit for bit. */
import { readFile } from 'node:fs/promises';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { equalBytes } from '../../../runtime/index.ts';
import { encodePng } from '../../output/index.ts';
import { animate, vec3 } from '../gltf/testing.ts';
import { packFiles, type ReadSceneOptions, readScene, readSource, type SceneReading } from '../index.ts';
import { oneFile, TestScene, textFile } from '../testing.ts';
import { encodedScene } from './encoded-scene.ts';

type Files = Map<string, Uint8Array>;

/** As another Node would, from what is sent. */
async function readElsewhere(
  files: Files,
  reading: SceneReading = {},
  found: ReadonlyMap<string, Uint8Array> = new Map(),
) {
  const given = { beside: async (uri: string) => found.get(uri) } satisfies ReadSceneOptions;
  const { scene, sourceFiles } = await readScene(files, { ...reading, ...given });
  if (!sourceFiles) throw new Error('it is not sent as files');
  const packed = packFiles(sourceFiles, { files, beside: found });
  const elsewhere = await readSource({ files: packed, reading });
  return { scene, sourceFiles, packed, elsewhere, here: await encodedScene(scene) };
}

const png = (...rgb: readonly number[]): Uint8Array => encodePng(Uint8Array.of(...rgb, 255), 1, 1);

async function animated(): Promise<Uint8Array> {
  const test = new TestScene();
  const node = test.show(test.triangle());
  const times = [0, 1];
  animate(test, 'slide', node, 'translation', times, vec3(test, 0, 0, 0, 4, 0, 0));
  animate(test, 'lift', node, 'translation', times, vec3(test, 0, 0, 0, 0, 7, 0));
  return test.glb();
}

async function textured(): Promise<{ readonly glb: Uint8Array; readonly files: Files }> {
  const test = new TestScene();
  const material = test.document
    .createMaterial('wood')
    .setBaseColorTexture(test.texture('wood', png(9, 8, 7)));
  test.show(test.triangle(material));
  const { json, files } = await test.gltf();
  const loose: Files = new Map([['pack/scene.gltf', textFile(json)]]);
  for (const [path, bytes] of files) loose.set(`pack/${path}`, bytes);
  return { glb: await test.glb(), files: loose };
}

const OBJ = strToU8('mtllib a.mtl\nv 0 0 0\nv 1 0 0\nv 0 1 0\nvt 0 0\nusemtl m\nf 1/1 2/1 3/1\n');
const MTL = strToU8('newmtl m\nKd 0.2 0.4 0.6\nmap_Kd wood.png\n');
const STL = strToU8(
  'solid a\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\nendsolid a\n',
);
const PLY = strToU8(
  'ply\nformat ascii 1.0\nelement vertex 3\nproperty float x\nproperty float y\nproperty float z\nelement face 1\nproperty list uchar int vertex_indices\nend_header\n0 0 0\n1 0 0\n0 1 0\n3 0 1 2\n',
);

async function sample(name: string): Promise<Uint8Array> {
  return new Uint8Array(
    await readFile(new URL(`../../../../public/generated/samples/${name}.glb`, import.meta.url)),
  );
}

const CASES: [name: string, files: () => Promise<Files>, reading?: SceneReading][] = [
  ['a GLB', async () => oneFile('a.glb', (await textured()).glb)],
  ['a .gltf with its files', async () => (await textured()).files],
  ['a .zip', async () => oneFile('a.zip', zipSync(Object.fromEntries((await textured()).files)))],
  [
    'a .zip beside a loose file of the same name as one in it',
    async () =>
      new Map([
        ['wood.png', png(1, 1, 1)],
        ['a.zip', zipSync({ 'm/a.obj': OBJ, 'm/a.mtl': MTL, 'm/wood.png': png(2, 2, 2) })],
      ]),
  ],
  [
    'an OBJ with its library and picture',
    async () =>
      new Map([
        ['x/a.obj', OBJ],
        ['x/a.mtl', MTL],
        ['wood.png', png(5, 5, 5)],
      ]),
  ],
  ['an STL', async () => oneFile('a.stl', STL)],
  ['a PLY', async () => oneFile('a.ply', PLY)],
  ['a scene whose name has lost its ending', async () => oneFile('download', STL)],
  [
    'one of several scenes, with a note about the others',
    async () =>
      new Map([
        ['b.glb', await animated()],
        ['a.glb', (await textured()).glb],
        ['c.stl', STL],
      ]),
  ],
  [
    'the scene that was asked for',
    async () =>
      new Map([
        ['b.glb', await animated()],
        ['a.glb', (await textured()).glb],
      ]),
    { main: 'b.glb' },
  ],
  [
    'another moment of another animation',
    async () => oneFile('a.glb', await animated()),
    { animation: 'lift', time: 0.25 },
  ],
  ['no animation', async () => oneFile('a.glb', await animated()), { animation: null }],
  [
    'points of another size',
    async () =>
      oneFile(
        'a.ply',
        strToU8(
          'ply\nformat ascii 1.0\nelement vertex 2\nproperty float x\nproperty float y\nproperty float z\nend_header\n0 0 0\n1 0 0\n',
        ),
      ),
    { pointSize: 2 },
  ],
  ['the built-in terrace', async () => oneFile('terrace.glb', await sample('terrace'))],
];

describe('what another Node reads', () => {
  it.each(CASES)('of %s is what was read here', async (_, files, reading = {}) => {
    const { here, elsewhere } = await readElsewhere(await files(), reading);
    expect(elsewhere.hash).toBe(here.hash);
    expect(equalBytes(elsewhere.bytes, here.bytes)).toBe(true);
  });

  it('changes with how the files are read: the animation counts', async () => {
    const files = oneFile('a.glb', await animated());
    const [slide, lift] = [
      await readElsewhere(files, { time: 1 }),
      await readElsewhere(files, { animation: 1, time: 1 }),
    ];
    expect(slide.packed).toEqual(lift.packed);
    expect(slide.elsewhere.hash).not.toBe(lift.elsewhere.hash);
  });

  it('is missing a picture where two have its name here, though the scene uses only one of them by its path', async () => {
    const twice = strToU8('newmtl m\nmap_Kd a/wood.png\nnewmtl n\nmap_Kd wood.png\n');
    const obj = strToU8(`${new TextDecoder().decode(OBJ)}usemtl n\nf 1/1 3/1 2/1\n`);
    const files: Files = new Map([
      ['m/a.obj', obj],
      ['m/a.mtl', twice],
      ['m/a/wood.png', png(1, 2, 3)],
      ['m/b/wood.png', png(4, 5, 6)],
      ['m/unused.png', png(7, 8, 9)],
    ]);
    const { here, elsewhere, scene, sourceFiles } = await readElsewhere(files);
    expect(scene.images).toHaveLength(1);
    expect(elsewhere.hash).toBe(here.hash);
    expect(sourceFiles).toEqual([
      { path: 'm/a.obj', isRead: true },
      { path: 'm/a.mtl', isRead: true },
      { path: 'm/a/wood.png', isRead: true },
      { path: 'm/b/wood.png', isRead: false },
    ]);
  });

  it('is missing that picture, too, where the other of its name is in an archive', async () => {
    const files: Files = new Map([
      ['m/a.obj', OBJ],
      ['m/a.mtl', strToU8('newmtl m\nmap_Kd maps/wood.png\nmap_Ke wood/wood.png\n')],
      ['m/maps/wood.png', png(1, 2, 3)],
      ['more.zip', zipSync({ 'wood.png': png(4, 5, 6) })],
    ]);
    // By its path one of them is meant, by its name none.
    const { here, elsewhere, scene, sourceFiles } = await readElsewhere(files);
    expect(scene.images).toHaveLength(1);
    expect(elsewhere.hash).toBe(here.hash);
    expect(sourceFiles.at(-1)).toEqual({ path: 'more.zip', isRead: true });
  });

  it('has what the terminal found beside the scene', async () => {
    const found = new Map([
      ['../textures/wood.png', png(3, 2, 1)],
      ['a.mtl', strToU8('newmtl m\nmap_Kd ../textures/wood.png\n')],
    ]);
    const { here, elsewhere, scene } = await readElsewhere(oneFile('a.obj', OBJ), {}, found);
    expect(scene.images).toHaveLength(1);
    expect(elsewhere.hash).toBe(here.hash);
  });

  it('is hardly more bytes than the files', async () => {
    const glb = await sample('terrace');
    const { packed } = await readElsewhere(oneFile('terrace.glb', glb));
    expect(packed.length - glb.length).toBeLessThan(200);
  });
});

it('a scene by three has no files to send: its arithmetic is the host its own', async () => {
  const usd = strToU8(
    '#usda 1.0\ndef Mesh "a" {\nint[] faceVertexCounts = [3]\nint[] faceVertexIndices = [0, 1, 2]\npoint3f[] points = [(0, 0, 0), (1, 0, 0), (0, 1, 0)]\n}\n',
  );
  expect((await readScene(oneFile('a.usda', usd))).sourceFiles).toBeUndefined();
});
