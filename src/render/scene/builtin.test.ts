import { readFile, stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { equalBytes } from '../../runtime/index.ts';
import { defaultEnvironment } from '../default-environment.ts';
import { builtinAssets } from './assets/index.ts';
import {
  BUILTIN_ENVIRONMENTS,
  BUILTIN_SAMPLES,
  decodeEnvironment,
  encodeEnvironment,
  loadBuiltinEnvironment,
  loadBuiltinSample,
  type ReadAsset,
} from './index.ts';
import { sceneHash } from './testing.ts';

/** As `npm run build:assets` has made it. */
const readAsset: ReadAsset = async (path) => new Uint8Array(await readFile(`public/${path}`));

describe('the built-in samples', () => {
  it('are all made by build:assets, small enough to be the first thing that a page loads', async () => {
    for (const { name, path } of BUILTIN_SAMPLES) {
      const { scene, title } = await loadBuiltinSample(name, readAsset);
      expect((await stat(`public/${path}`)).size).toBeLessThan(2 * 2 ** 20);
      expect(title).toBe(`${name}.glb`);
      expect(scene.warnings).toEqual([]);
      expect(scene.cameras.length).toBeGreaterThan(1);
    }
  });

  it('have the same hash in every run', async () => {
    const hashes: string[] = [];
    for (let run = 0; run < 2; run++) {
      hashes.push(await sceneHash((await loadBuiltinSample('cornell', readAsset)).scene));
    }
    expect(hashes[0]).toBe(hashes[1]);
  });

  it('light the Cornell box by its own lamp and the terrace by an environment', async () => {
    const cornell = await loadBuiltinSample('cornell', readAsset);
    const terrace = await loadBuiltinSample('terrace', readAsset);
    expect(defaultEnvironment(cornell.ownLight)).toEqual({ kind: 'colour', rgb: [0, 0, 0] });
    expect(defaultEnvironment(terrace.ownLight)).toEqual({ kind: 'builtin', name: 'studio' });
  });

  it('have a forest of instances, of more triangles than could be rendered one by one', async () => {
    const { scene } = await loadBuiltinSample('forest', readAsset);
    let triangles = 0;
    for (const mesh of scene.instanceMeshes) triangles += scene.meshes[mesh]?.triangleCount ?? 0;
    expect(triangles).toBeGreaterThan(20_000_000);
    expect(scene.indices.length / 3).toBeLessThan(50_000);
  });

  it('have a Cornell box whose walls all face inwards', async () => {
    const { scene } = await loadBuiltinSample('cornell', readAsset);
    const middle = [0, 0.274, -0.28];
    const walls = scene.materials.flatMap(({ name }, i) => (/wall|Lamp/.test(name) ? [i] : []));
    expect(walls).toHaveLength(4);
    scene.triangleMaterials.forEach((material, triangle) => {
      if (!walls.includes(material)) return;
      const vertex = scene.indices[3 * triangle] ?? 0;
      const towards = middle.map(
        (m, axis) =>
          (m - (scene.positions[3 * vertex + axis] ?? 0)) * (scene.normals[3 * vertex + axis] ?? 0),
      );
      expect(towards.reduce((sum, value) => sum + value, 0)).toBeGreaterThan(0);
    });
  });
});

describe('the built-in environments', () => {
  it('are all made by build:assets and load as finite light, brighter above than below out of doors', async () => {
    const made = builtinAssets();
    expect(BUILTIN_ENVIRONMENTS.filter(({ path }) => !made.has(path))).toEqual([]);
    // Two stand for all: decoding an EXR takes seconds on a busy machine.
    for (const name of ['studio', 'forest']) {
      const bytes = await loadBuiltinEnvironment(name, readAsset);
      const map = decodeEnvironment(bytes);
      expect([map.width, map.height]).toEqual([512, 256]);
      expect(map.rgb.every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
      expect(equalBytes(encodeEnvironment(map), bytes)).toBe(true);
    }
    const { rgb } = decodeEnvironment(await loadBuiltinEnvironment('forest', readAsset));
    const sum = (from: number, to: number) =>
      rgb.subarray(from, to).reduce((total, value) => total + value, 0);
    expect(sum(0, rgb.length / 2)).toBeGreaterThan(sum(rgb.length / 2, rgb.length));
  });

  it('say which names there are to someone who asks for another', async () => {
    await expect(loadBuiltinEnvironment('moon', readAsset)).rejects.toThrow('there are studio, sky');
    await expect(loadBuiltinSample('teapot', readAsset)).rejects.toMatchObject({ code: 'unknown-builtin' });
  });
});
