/** The built command, as a person runs it: `npm run build` comes first. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actingScene } from '../../e2e/support/acting-scene.ts';
import { renderStill } from '../render/job/index.ts';
import { kernelSums, VirtualPool } from '../render/job/test-scene.ts';
import { encodeScene, readScene } from '../render/scene/index.ts';
import { DEFAULT_SETTINGS } from '../render/settings.ts';
import { systemClock, systemTimers } from '../runtime/index.ts';

const bin = fileURLToPath(new URL('../../bin/leafcutter.js', import.meta.url));
const cornell = fileURLToPath(new URL('../../public/generated/samples/cornell.glb', import.meta.url));
let folder = '';

beforeAll(async () => {
  if (!existsSync(new URL('../../dist/node/cli.js', import.meta.url)) || !existsSync(cornell)) {
    throw new Error('not built: run `npm run build` first');
  }
  folder = await mkdtemp(join(tmpdir(), 'leafcutter-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function run(args: readonly string[], interruptOn?: RegExp): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bin, 'render', ...args], { cwd: folder });
    let [out, err] = ['', ''];
    let isInterrupted = false;
    child.stdout.on('data', (data) => {
      out += data;
    });
    child.stderr.on('data', (data) => {
      err += data;
      // Once: a second one ends the process on the spot, as people expect.
      if (!isInterrupted && interruptOn?.test(err)) isInterrupted = child.kill('SIGINT');
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

describe('leafcutter render', () => {
  it("makes the bits that the page's workers make, with any number of threads", async () => {
    const shape = ['--size', '70x40', '--samples', '3', '--seed', '9', '--json'];
    const [one, two] = [
      await run([cornell, '-o', 'one.png', '--workers', '1', ...shape]),
      await run([cornell, '-o', 'two.png', '--workers', '3', ...shape]),
    ];
    expect(one).toMatchObject({ code: 0, err: '' });
    const line: unknown = JSON.parse(one.out);
    expect(one.out.trim().split('\n')).toHaveLength(1);
    expect(line).toMatchObject({ width: 70, height: 40, samples: 3, workers: 1 });
    expect(Object.keys(line as object)).toEqual([
      'seconds',
      'samplesPerSecond',
      'hash',
      'width',
      'height',
      'samples',
      'workers',
      'triangles',
      'exposure',
    ]);
    const pool = new VirtualPool({
      timers: systemTimers,
      blockMs: () => 0,
      render: kernelSums(
        await WebAssembly.compile(
          await readFile(new URL('../../public/generated/kernel.wasm', import.meta.url)),
        ),
      ),
    });
    pool.setSize(2);
    const { scene } = await readScene(new Map([['cornell.glb', new Uint8Array(await readFile(cornell))]]));
    const here = await renderStill({
      scene: encodeScene(scene),
      environmentMap: undefined,
      settings: { ...DEFAULT_SETTINGS, width: 70, height: 40, samples: 3, seed: 9 },
      pool,
      clock: systemClock,
      timers: systemTimers,
    });
    expect(line).toMatchObject({ hash: here.hash });
    expect(JSON.parse(two.out)).toMatchObject({ hash: here.hash });
    expect(await readFile(join(folder, 'one.png'))).toEqual(await readFile(join(folder, 'two.png')));
  });

  it('writes the frames of an animation as stills of their moments are, and is refused where nothing moves', async () => {
    await writeFile(join(folder, 'acting.gltf'), actingScene().buffer);
    const shape = ['--size', '40x30', '--samples', '2', '--env', 'studio', '--json', '--quiet'];
    const range = await run(['acting.gltf', '-o', 'f-##.png', '--frames', '2..4', '--fps', '5', ...shape]);
    expect({ code: range.code, err: range.err }).toEqual({ code: 0, err: '' });
    const { frames, hash } = JSON.parse(range.out);
    expect(frames).toMatchObject({ first: 2, last: 4, fps: 5 });
    const still = await run(['acting.gltf', '-o', 'still.png', '--time', '0.8', ...shape]);
    expect(frames.hashes[2]).toBe(JSON.parse(still.out).hash);
    expect(new Set([hash, ...frames.hashes]).size).toBe(4);
    expect((await readdir(folder)).filter((name) => name.startsWith('f-')).toSorted()).toEqual([
      'f-02.png',
      'f-03.png',
      'f-04.png',
    ]);
    for (const [args, words] of [
      [[cornell, '-o', 'c-##.png', '--frames', '0..3'], 'nothing moves'],
      [['acting.gltf', '-o', 'one.png', '--frames', '0..3'], 'frame-####.png'],
      [['acting.gltf', '-o', 'f-#.png', '--frames', '3..0'], '0..47'],
      [['acting.gltf', '-o', 'f-#.png', '--frames', '0..3', '--time', '1'], '--time is one moment'],
      [['acting.gltf', '-o', 'f.png', '--fps', '12'], '--fps only goes with'],
    ] as const) {
      const { code, err } = await run(args);
      expect({ code, err }, String(args)).toEqual({ code: 1, err: expect.stringContaining(words) });
    }
  });

  it('says in one line what is wrong, and exits with 1', async () => {
    await writeFile(join(folder, 'broken.glb'), 'glTF nonsense');
    for (const [args, words] of [
      [['broken.glb', '-o', 'x.png'], 'broken.glb'],
      [['missing.glb', '-o', 'x.png'], 'there is no such file'],
      [[cornell, '-o', join('nowhere', 'x.png')], 'cannot write'],
      [[cornell, '-o', 'x.png', '--size', 'big'], '512x512'],
      [[cornell, '-o', 'x.png', '--camera', 'none'], 'it has 0'],
      [[cornell, '-o', 'x.png', '--frobnicate'], 'unknown option'],
    ] as const) {
      const { code, out, err } = await run(args);
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err.trim().split('\n')).toHaveLength(1);
      expect(err).toContain(words);
    }
  });

  it('exits with 130 when interrupted, and leaves no file behind', async () => {
    const before = await readdir(folder);
    const { code, err } = await run(
      [cornell, '-o', 'long.png', '--size', '2048x2048', '--samples', '4096'],
      /left/,
    );
    expect(code).toBe(130);
    expect(err).toContain('interrupted');
    expect(await readdir(folder)).toEqual(before);
  });

  it("lights the scene by an environment of one's own, and takes lens, turn and strength", async () => {
    const header = '#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 2 +X 4\n';
    // Red above and blue below, each of 8 texels as mantissas and an exponent.
    const texels = [...Array(4).fill([128, 0, 0, 129]), ...Array(4).fill([0, 0, 128, 129])].flat();
    await writeFile(join(folder, 'sky.hdr'), Buffer.concat([Buffer.from(header), Buffer.from(texels)]));
    const shape = ['--size', '24x24', '--samples', '2', '--json', '--env'];
    const hashOf = async (...args: string[]): Promise<unknown> => {
      const { code, out, err } = await run([cornell, '-o', 'lit.exr', ...shape, ...args]);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      return (JSON.parse(out) as { hash: unknown }).hash;
    };
    const hashes = [
      await hashOf('sky.hdr'),
      await hashOf('black'),
      await hashOf('sky.hdr', '--env-strength', '2'),
      await hashOf('sky.hdr', '--aperture', '0.5'),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
    const broken = await run([cornell, '-o', 'lit.exr', ...shape, 'nowhere.hdr']);
    expect(broken).toMatchObject({ code: 1, err: expect.stringContaining('cannot read nowhere.hdr') });
  });
});
