// Blender's side: render-in-cycles.py in a Blender of its own, and the EXR that it leaves; make-scene.py for scenes that its
// exporter writes.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { FloatType } from 'three';
import { EXRLoader } from 'three/examples/jsm/loaders/EXRLoader.js';
import type { Frame, Picture } from './picture.ts';

const run = promisify(execFile);
const script = fileURLToPath(new URL('./render-in-cycles.py', import.meta.url));
const sceneScript = fileURLToPath(new URL('./make-scene.py', import.meta.url));

/** Undefined when all is there; otherwise what is missing and how to get it. */
export async function missingBlender(): Promise<string | undefined> {
  const wanted = 'install it with `apt-get install --no-install-recommends blender python3-numpy` (Debian)';
  try {
    const { stdout } = await run('blender', ['-b', '--factory-startup', '--python-expr', 'import numpy']);
    return /ModuleNotFoundError/.test(stdout) ? `Blender's Python has no numpy: ${wanted}` : undefined;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return /ModuleNotFoundError/.test(text)
      ? `Blender's Python has no numpy: ${wanted}`
      : `there is no Blender here: ${wanted}`;
  }
}

/** One thread: with more, Blender adds up a vertex's normal in whatever order its faces come. */
const SCENE_FLAGS = ['-b', '--factory-startup', '-t', '1'];

/** A scene of make-scene.py as the .glb that Blender exports. */
export async function exportFromBlender(scene: string): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'leafcutter-scene-'));
  try {
    const out = join(folder, `${scene}.glb`);
    const flags = ['--scene', scene, '--out', out];
    const { stdout } = await run('blender', [...SCENE_FLAGS, '-P', sceneScript, '--', ...flags], {
      maxBuffer: 1 << 26,
    });
    if (!stdout.includes('SCENE_MADE'))
      throw new Error(`Blender did not make ${scene}:\n${stdout.slice(-2000)}`);
    return new Uint8Array(await readFile(out));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function numberOf(report: object, name: string): number {
  const value: unknown = Reflect.get(report, name);
  if (typeof value !== 'number') throw new Error(`render-in-cycles.py did not report ${name}`);
  return value;
}

export interface Light {
  /** An equirectangular .exr or .hdr. */
  readonly file: string;
  readonly strength: number;
}

/** `light`: what is around the scene, undefined is black. */
export async function renderInCycles(
  scene: string,
  out: string,
  light: Light | undefined,
  { width, height, samples, bounces, seed, threads }: Frame,
): Promise<Picture> {
  const flags = {
    scene,
    out,
    size: `${width}x${height}`,
    samples,
    bounces,
    seed,
    threads,
    ...(light && { environment: light.file, strength: light.strength }),
  };
  const { stdout } = await run(
    'blender',
    [
      ...['-b', '--factory-startup', '-P', script, '--'],
      ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]),
    ],
    { maxBuffer: 1 << 26 },
  );
  const [, line] = /^CYCLES_RESULT (.*)$/m.exec(stdout) ?? [];
  if (!line) throw new Error(`Blender did not render ${scene}:\n${stdout.slice(-2000)}`);
  const report: unknown = JSON.parse(line);
  if (typeof report !== 'object' || report === null) throw new Error('render-in-cycles.py reported nothing');
  return {
    rgb: readExr(out, width, height),
    seconds: numberOf(report, 'seconds'),
    processorSeconds: numberOf(report, 'processorSeconds'),
    setupSeconds: numberOf(report, 'setupSeconds'),
  };
}

/** three.js gives RGBA, the bottom row first. */
function readExr(path: string, width: number, height: number): Float32Array {
  const { buffer } = Uint8Array.from(readFileSync(path));
  const { data } = new EXRLoader().setDataType(FloatType).parse(buffer);
  const rgb = new Float32Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = ((height - 1 - y) * width + x) * 4;
      for (let c = 0; c < 3; c++) rgb[(y * width + x) * 3 + c] = Number(data?.[from + c] ?? 0);
    }
  }
  return rgb;
}
