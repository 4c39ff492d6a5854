// What is left of the noise of 16 samples after the denoiser, on scenes of `bench -- cycles`: error of the shown picture (root mean square) and
// FLIP, before and after, against a long render; and the processor seconds that full HD takes.
//   npm run bench -- denoise [--size N] [--samples N] [--reference N] [--scene NAME] [--json]
import { readFile } from 'node:fs/promises';
import { builtDenoiser } from '../src/cli/built-files.ts';
import { type Denoiser, type GuideImages, toneMap } from '../src/render/output/index.ts';
import { flip, rmse } from '../src/render/output/metrics/index.ts';
import { numberOption } from './common/arguments.ts';
import { rounded } from './common/statistics.ts';
import { isBuilt, renderOurs } from './cycles/ours.ts';
import { SCENES } from './cycles/scenes.ts';

export const summary = 'what is left of the noise after denoising';
export const flags = ['--size N', '--samples N', '--reference N', '--scene NAME'];

/** Those that need no Blender and are not of one thing only. */
const DEFAULT_SCENES = ['cornell', 'terrace', 'models', 'spheres', 'lamps', 'foliage'];
const PAGE = new URL('../public/', import.meta.url);
const [WIDE, HIGH] = [1920, 1080];

interface Row {
  readonly scene: string;
  readonly error: { readonly before: number; readonly after: number };
  readonly flip: { readonly before: number; readonly after: number };
}

export async function run(args: readonly string[]): Promise<{ table: string; json: unknown }> {
  const size = numberOption(args, '--size', 256, 4096);
  const samples = numberOption(args, '--samples', 16, 65_536);
  const reference = numberOption(args, '--reference', 2048, 1_000_000);
  const at = args.indexOf('--scene');
  const names = at < 0 ? DEFAULT_SCENES : [args[at + 1]];
  const scenes = SCENES.filter(({ name }) => names.includes(name));
  if (scenes.length === 0)
    throw new Error(`--scene takes one of ${SCENES.map(({ name }) => name).join(', ')}`);
  if (!isBuilt()) throw new Error('run `npm run build` first');
  const denoiser = await builtDenoiser({ page: PAGE });
  const rows: Row[] = [];
  for (const scene of scenes) {
    const glb = scene.sample
      ? new Uint8Array(await readFile(new URL(scene.sample, PAGE)))
      : await scene.make?.();
    if (!glb) throw new Error('unreachable');
    const rendered = (count: number, seed: number, guides: boolean) =>
      renderOurs(
        glb,
        scene.environment,
        { width: size, height: size, samples: count, bounces: 8, seed, threads: 2 },
        { guides },
      );
    const long = await rendered(reference, 2, false);
    const { rgb: means, guides } = await rendered(samples, 1, true);
    if (!guides) throw new Error('unreachable');
    const clean = denoiser.denoise({ width: size, height: size, means, guides });
    const [shown, before, after] = [long.rgb, means, clean].map((image) => toneMap(image, { exposure: 0 }));
    if (!shown || !before || !after) throw new Error('unreachable');
    const flipOf = (image: Uint8ClampedArray) => rounded(flip(shown, image, size, size).mean, 4);
    rows.push({
      scene: scene.name,
      error: { before: rounded(rmse(before, shown), 2), after: rounded(rmse(after, shown), 2) },
      flip: { before: flipOf(before), after: flipOf(after) },
    });
  }
  const secondsFullHd = rounded(processorSeconds(denoiser, WIDE, HIGH), 2);
  const table = [
    `${size} x ${size}, ${samples} samples, against ${reference}; error in steps of 8 bits`,
    'scene         error before     after      FLIP before     after',
    ...rows.map(({ scene, error, flip: seen }) =>
      [
        scene.padEnd(14),
        error.before.toFixed(2).padStart(12),
        error.after.toFixed(2).padStart(10),
        seen.before.toFixed(4).padStart(17),
        seen.after.toFixed(4).padStart(10),
      ].join(''),
    ),
    `full HD: ${secondsFullHd.toFixed(1)} processor seconds`,
  ].join('\n');
  return { table, json: { size, samples, reference, rows, secondsFullHd } };
}

function processorSeconds(denoiser: Denoiser, width: number, height: number): number {
  const image = (floats: number) =>
    Float32Array.from({ length: floats * width * height }, (_, i) => (i % 97) / 97);
  const guides: GuideImages = { albedo: image(3), normal: image(3), depth: image(1) };
  const means = image(3);
  const before = process.cpuUsage();
  denoiser.denoise({ width, height, means, guides });
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
