/** Opening what people have: good files, several files, and broken ones, after which the page goes on. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, resident, test } from './support/fixtures.ts';
import { runCommand } from './support/server.ts';
import { clearStage, pictureHash, startSample } from './support/tabs.ts';

/** One triangle facing the camera, as a .gltf with its buffer beside it. */
function triangle(): { readonly gltf: Buffer; readonly bin: Buffer } {
  const positions = Float32Array.of(-1, -1, 0, 1, -1, 0, 0, 1, 0);
  const gltf = {
    asset: { version: '2.0' },
    scene: 0,
    scenes: [{ nodes: [0] }],
    nodes: [{ mesh: 0 }],
    meshes: [{ primitives: [{ attributes: { POSITION: 0 }, material: 0 }] }],
    materials: [{ emissiveFactor: [1, 0.5, 0.2] }],
    accessors: [
      { bufferView: 0, componentType: 5126, count: 3, type: 'VEC3', min: [-1, -1, 0], max: [1, 1, 0] },
    ],
    bufferViews: [{ buffer: 0, byteLength: 36 }],
    buffers: [{ uri: 'parts/triangle.bin', byteLength: 36 }],
  };
  return { gltf: Buffer.from(JSON.stringify(gltf)), bin: Buffer.from(positions.buffer) };
}

const theTab = resident();
test.beforeEach(() => clearStage(theTab()));

test('a broken GLB says what is wrong with it, and the page stays usable', async () => {
  const page = theTab();
  const cutShort = Buffer.alloc(64);
  cutShort.write('glTF', 0, 'latin1');
  cutShort.writeUInt32LE(2, 4);
  cutShort.writeUInt32LE(4096, 8);
  await page
    .getByLabel('Scene files')
    .setInputFiles({ name: 'broken.glb', mimeType: 'model/gltf-binary', buffer: cutShort });
  const alert = page.getByRole('alert');
  await expect(alert).toContainText('broken.glb');
  await expect(alert.getByRole('paragraph').first()).not.toBeEmpty();

  await startSample(page, { width: 64, height: 64, samples: 2 });
  await pictureHash(page);
  await expect(alert).toHaveCount(0);
});

test('a file that is no scene at all is refused by name', async () => {
  const page = theTab();
  await page
    .getByLabel('Scene files')
    .setInputFiles({ name: 'notes.glb', mimeType: 'model/gltf-binary', buffer: Buffer.from('Dear diary') });
  await expect(page.getByRole('alert')).toContainText('notes.glb');
  await page.getByRole('button', { name: /^Dismiss/ }).click();
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('a .gltf without its buffer names the missing file; with it, it renders', async () => {
  const page = theTab();
  const { gltf, bin } = triangle();
  const scene = { name: 'triangle.gltf', mimeType: 'model/gltf+json', buffer: gltf };
  await page.getByLabel('Scene files').setInputFiles(scene);
  await expect(page.getByRole('alert')).toContainText('triangle.bin');

  await page
    .getByLabel('Scene files')
    .setInputFiles([scene, { name: 'triangle.bin', mimeType: 'application/octet-stream', buffer: bin }]);
  await expect(page.getByRole('heading', { name: 'triangle.gltf' })).toBeVisible();
  await page.getByRole('spinbutton', { name: 'Width' }).fill('32');
  await page.getByRole('spinbutton', { name: 'Height' }).fill('32');
  await page.getByRole('spinbutton', { name: 'Samples' }).fill('1');
  await page.getByRole('button', { name: 'Render', exact: true }).click();
  await pictureHash(page);
});

test('settings that make no sense say what would, and nothing is started', async () => {
  const page = theTab();
  await page.getByRole('button', { name: 'Sample: Cornell box' }).click();
  const render = page.getByRole('button', { name: 'Render', exact: true });
  await expect(render).toBeEnabled();
  const width = page.getByRole('spinbutton', { name: 'Width' });
  await width.fill('9000');
  await expect(page.getByText('Width must be a whole number from 1 to 8,192.')).toBeVisible();
  await expect(width).toHaveAttribute('aria-invalid', 'true');
  await expect(render).toBeDisabled();
  await width.fill('64');
  await expect(render).toBeEnabled();
});

test('an OBJ with its materials renders, and the terminal gives the same hash', async () => {
  const page = theTab();
  const folder = await mkdtemp(join(tmpdir(), 'leafcutter-'));
  try {
    const corners = ['v 0 0 0', 'v 1 0 0', 'v 1 1 0', 'v 0 1 0'];
    const obj = join(folder, 'card.obj');
    await writeFile(obj, ['mtllib card.mtl', ...corners, 'usemtl red', 'f 1 2 3 4'].join('\n'));
    await writeFile(join(folder, 'card.mtl'), 'newmtl red\nKd 0.8 0.1 0.1\n');
    await page.getByLabel('Scene files').setInputFiles([obj, join(folder, 'card.mtl')]);
    await page.getByRole('spinbutton', { name: 'Width' }).fill('48');
    await page.getByRole('spinbutton', { name: 'Height' }).fill('32');
    await page.getByRole('spinbutton', { name: 'Samples' }).fill('2');
    await page.getByRole('button', { name: 'Render', exact: true }).click();
    const hash = await pictureHash(page);
    const { stdout } = await runCommand([
      ...['render', obj, '--out', join(folder, 'card.png'), '--size', '48x32', '--samples', '2', '--json'],
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ hash });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
