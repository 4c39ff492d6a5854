/** The built command, as a person runs it: `npm run build` comes first. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
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
/** The seconds until a first line of progress are waited for, not computed. */
const slowWorker = fileURLToPath(new URL('../../e2e/support/slow-worker.cjs', import.meta.url));
const cornell = fileURLToPath(new URL('../../public/generated/samples/cornell.glb', import.meta.url));
/** A triangle: what is quick to read and to load, where it does not matter what is rendered. */
const small = actingScene();
let folder = '';

beforeAll(async () => {
  if (!existsSync(new URL('../../dist/node/cli.js', import.meta.url)) || !existsSync(cornell)) {
    throw new Error('not built: run `npm run build` first');
  }
  folder = await mkdtemp(join(tmpdir(), 'leafcutter-'));
  await writeFile(join(folder, small.name), small.buffer);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface Sequence {
  readonly file: string;
  readonly frames: { readonly first: number; readonly last: number; readonly hashes: readonly string[] };
}

function run(
  args: readonly string[],
  isTimeToInterrupt?: (err: string) => boolean,
  signal?: NodeJS.Signals,
): Promise<Run> {
  return command(['render', ...args], isTimeToInterrupt, signal);
}

function command(
  args: readonly string[],
  isTimeToInterrupt: (err: string) => boolean = () => false,
  signal: NodeJS.Signals = 'SIGINT',
): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--require', slowWorker, bin, ...args], { cwd: folder });
    let [out, err] = ['', ''];
    let isInterrupted = false;
    child.stdout.on('data', (data) => {
      out += data;
    });
    child.stderr.on('data', (data) => {
      err += data;
      // Once: a second one ends the process on the spot, as people expect.
      if (!isInterrupted && isTimeToInterrupt(err)) isInterrupted = child.kill(signal);
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

describe('leafcutter render', () => {
  it("makes the bits that the page's workers make, with any number of threads", async () => {
    // On a busy machine it would say how far it is.
    const shape = ['--size', '70x40', '--samples', '3', '--seed', '9', '--json', '--quiet'];
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
    const shape = [
      '--size',
      '40x30',
      '--samples',
      '2',
      '--workers',
      '1',
      '--env',
      'studio',
      '--json',
      '--quiet',
    ];
    const range = await run([small.name, '-o', 'f-##.png', '--frames', '2..4', '--fps', '5', ...shape]);
    expect({ code: range.code, err: range.err }).toEqual({ code: 0, err: '' });
    const { frames, hash } = JSON.parse(range.out);
    expect(frames).toMatchObject({ first: 2, last: 4, fps: 5 });
    const still = await run([small.name, '-o', 'still.png', '--time', '0.8', ...shape]);
    expect(frames.hashes[2]).toBe(JSON.parse(still.out).hash);
    expect(new Set([hash, ...frames.hashes]).size).toBe(4);
    // Without a place for the numbers it is found one.
    const unplaced = await run([small.name, '-o', 'walk.png', '--frames', '0..1', ...shape]);
    expect(JSON.parse(unplaced.out)).toMatchObject({ file: 'walk-##.png', frames: { first: 0, last: 1 } });
    const written = (await readdir(folder)).filter((name) => /^(f|walk)\b/.test(name)).toSorted();
    expect(written).toEqual(['f-02.png', 'f-03.png', 'f-04.png', 'walk-00.png', 'walk-01.png']);
    for (const [args, words] of [
      [[cornell, '-o', 'c-##.png', '--frames', '0..3'], 'nothing moves'],
      [[small.name, '-o', 'f-#.png', '--frames', '3..0'], '0..47'],
    ] as const) {
      const { code, err } = await run(args);
      expect({ code, err }, String(args)).toEqual({ code: 1, err: expect.stringContaining(words) });
    }
  });

  it('says in one line what is wrong, and exits with 1', async () => {
    await writeFile(join(folder, 'broken.glb'), 'glTF nonsense');
    for (const [args, words] of [
      // What else is refused, and with which words, is tested where it is refused; both ways to this line are here.
      [['broken.glb', '-o', 'x.png'], 'broken.glb'],
      [[small.name, '-o', 'x.png', '--frobnicate'], 'unknown option'],
    ] as const) {
      const { code, out, err } = await run(args);
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err.trim().split('\n')).toHaveLength(1);
      expect(err).toContain(words);
    }
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)(
    'is interrupted by %s with exit code %i, and leaves no file behind',
    async (signal, expected) => {
      const before = await readdir(folder);
      const { code, err } = await run(
        [small.name, '-o', 'long.png', '--size', '2048x2048', '--samples', '4096'],
        (text) => text.includes('left'),
        signal,
      );
      expect(code).toBe(expected);
      expect(err).toContain('interrupted');
      expect(await readdir(folder)).toEqual(before);
    },
  );

  it('makes a picture of each scene in a folder, and goes on after one that fails', async () => {
    await mkdir(join(folder, 'set'));
    for (const name of ['a.gltf', 'b.gltf']) await writeFile(join(folder, 'set', name), small.buffer);
    await writeFile(join(folder, 'set', 'c.glb'), 'glTF nonsense');
    const { code, out, err } = await run(['set', '-o', 'pictures', '--size', '16x16', '--samples', '1']);
    expect(code).toBe(1);
    expect(out.trim().split('\n')).toHaveLength(2);
    // On a busy machine it says how far it is, too.
    const told = err.split('\n').filter((line) => line !== '' && !/\d % {2}.* left/.test(line));
    expect(told).toEqual([expect.stringMatching(/^leafcutter: set\/c\.glb: /), '2 of 3 scenes rendered']);
    expect(await readdir(join(folder, 'pictures'))).toEqual(['a.png', 'b.png']);
  });

  it('goes around the scene for a turntable, from the plain picture on', async () => {
    // Bright enough to be brought down, from some sides more than from others.
    const shape = ['--size', '24x24', '--samples', '2', '--workers', '1', '--json', '--quiet'];
    const light = ['--env', 'studio', '--env-strength', '9'];
    const plain = await run([cornell, '-o', 'plain.png', ...light, ...shape]);
    const around = await run([cornell, '-o', 'turn-###.png', '--turntable', '3', ...light, ...shape]);
    expect(around).toMatchObject({ code: 0, err: '' });
    const still = JSON.parse(plain.out) as { hash: string; exposure: number };
    const { file, frames, exposure } = JSON.parse(around.out) as typeof still & Sequence;
    expect({ file, ...frames }).toMatchObject({ file: 'turn-###.png', first: 1, last: 3 });
    expect(frames.hashes[0]).toBe(still.hash);
    expect(new Set(frames.hashes).size).toBe(3);
    expect(still.exposure).not.toBe(0);
    expect(exposure).toBe(still.exposure);
    const files = ['turn-001.png', 'turn-002.png', 'turn-003.png'];
    expect(await readdir(folder)).toEqual(expect.arrayContaining(files));
    expect(await readFile(join(folder, 'turn-001.png'))).toEqual(await readFile(join(folder, 'plain.png')));
    // Shown with stops of its own the last one would be another picture.
    const shown = ['--turntable', '3', '--exposure', String(still.exposure)];
    await run([cornell, '-o', 'set-###.png', ...shown, ...light, ...shape]);
    expect(await readFile(join(folder, 'set-003.png'))).toEqual(await readFile(join(folder, 'turn-003.png')));
  });

  it('watches: renders again when the scene has changed, and ends well by Ctrl+C', async () => {
    const own = join(folder, 'own.gltf');
    await writeFile(own, small.buffer);
    // Whole at once: one that is emptied first and written later, as a busy machine may, is two changes.
    const replace = async (content: string | Uint8Array): Promise<void> => {
      await writeFile(`${own}.new`, content);
      await rename(`${own}.new`, own);
    };
    let pictures = 0;
    const { code, out } = await run(
      ['own.gltf', '-o', 'own.png', '--watch', '--size', '16x16', '--samples', '1', '--json'],
      // Each time it waits: first it is given something to do.
      (text) => {
        const waits = text.split('watching').length - 1;
        if (waits === 1 && pictures === 0) {
          pictures = 1;
          void replace('glTF nonsense');
        } else if (waits === 2 && pictures === 1) {
          pictures = 2;
          void replace(small.buffer);
        }
        return waits === 3;
      },
    );
    expect(code).toBe(0);
    const lines = out.trim().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[1]).toContain('"error"');
    expect(lines[2]).toContain('"hash"');
  });

  it("lights the scene by an environment of one's own, and takes lens, turn and strength", async () => {
    const header = '#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 2 +X 4\n';
    // Red above and blue below, each of 8 texels as mantissas and an exponent.
    const texels = [...Array(4).fill([128, 0, 0, 129]), ...Array(4).fill([0, 0, 128, 129])].flat();
    await writeFile(join(folder, 'sky.hdr'), Buffer.concat([Buffer.from(header), Buffer.from(texels)]));
    const shape = ['--size', '24x24', '--samples', '2', '--workers', '1', '--json', '--quiet', '--env'];
    const hashOf = async (...args: string[]): Promise<unknown> => {
      const { code, out, err } = await run([small.name, '-o', 'lit.exr', ...shape, ...args]);
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
    const broken = await run([small.name, '-o', 'lit.exr', ...shape, 'nowhere.hdr']);
    expect(broken).toMatchObject({ code: 1, err: expect.stringContaining('cannot read nowhere.hdr') });
  });
});

describe('leafcutter info', () => {
  it('tells what is in a scene and what a render of it takes, to people and to programs', async () => {
    const shape = ['--size', '100x50', '--samples', '4', '--workers', '1'];
    const text = await command(['info', cornell, ...shape]);
    expect(text).toMatchObject({ code: 0, err: '' });
    expect(text.out).toMatch(/^size .*\ntriangles {3}20,522, /);
    expect(text.out).toMatch(/\ntime .* for 100x50 with 4 samples: .* measured with 1 worker\n$/);
    const { out } = await command(['info', cornell, ...shape, '--json']);
    const { expected, ...facts } = JSON.parse(out) as Record<string, Record<string, number>>;
    expect(facts).toMatchObject({ title: 'cornell.glb', triangles: 20_522, meshes: 8, notes: [] });
    expect(expected).toMatchObject({ width: 100, height: 50, samples: 4, workers: 1 });
    const {
      seconds = 0,
      samplesPerSecond = 0,
      loadSeconds = 0,
      sceneBytes = 0,
      peakBytes = 0,
    } = expected ?? {};
    expect(seconds).toBeCloseTo(loadSeconds + (100 * 50 * 4) / samplesPerSecond, 6);
    expect(sceneBytes).toBeGreaterThan(1e6);
    expect(peakBytes).toBeGreaterThan(sceneBytes);
  });

  it('measures nothing where it is told not to, and says in one line what is wrong', async () => {
    const { out } = await command(['info', cornell, '--no-measure', '--json']);
    expect(JSON.parse(out)).not.toHaveProperty('expected');
    const { code, err } = await command(['info', 'nowhere.glb']);
    expect(code).toBe(1);
    expect(err).toBe('leafcutter: cannot read nowhere.glb: there is no such file or folder\n');
  });
});
