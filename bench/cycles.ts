// Leafcutter against Blender's Cycles on the processor: the same scenes, bounces, size, filter and threads, taking turns.
// Per scene: samples a second, and time to equal noise. Noise is the RMSE against a long render of the same renderer, so
// that neither is blamed for the other's idea of a material; the time to reach the same RMSE follows from variance ~ 1/N.
// Only rendering counts: reading, synchronizing and building hierarchies are left out of both (and shown as set-up).
//   npm run bench -- cycles [--scene NAME] [--size N] [--samples N] [--reference N] [--rounds N] [--bounces N]
//                           [--threads N] [--cache FOLDER] [--pictures FOLDER] [--json]     (needs `npm run build`)
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { dataUriBytes } from '../src/render/scene/assets/models.ts';
import { meanRadiance } from '../src/render/scene/environment/calibrate.ts';
import { readEnvironmentFile } from '../src/render/scene/environment/environment-file.ts';
import { type Light, missingBlender, renderInCycles } from './cycles/blender.ts';
import { compare, writeStrip } from './cycles/comparison.ts';
import { isBuilt, renderOurs } from './cycles/ours.ts';
import { type Frame, mean, meanSquare, type Picture } from './cycles/picture.ts';
import { type BenchScene, SCENES } from './cycles/scenes.ts';

export const summary = 'samples a second and time to equal noise against Blender Cycles';
export const flags = [
  '--size N',
  '--samples N',
  '--bounces N',
  '--threads N',
  '--reference N',
  '--rounds N',
  '--scene NAME',
  '--cache FOLDER',
  '--pictures FOLDER',
];

/** Its samples must not be among those that are judged. */
const REFERENCE_SEED = 1000;

interface Row {
  readonly scene: string;
  readonly samplesPerSecond: { readonly ours: number; readonly cycles: number };
  /** Samples per second of the processor, all threads together: what is left when the machine is shared. */
  readonly samplesPerProcessorSecond: { readonly ours: number; readonly cycles: number };
  readonly rmse: { readonly ours: number; readonly cycles: number };
  /** Mean radiance of the references: about equal where both see the same scene. */
  readonly mean: { readonly ours: number; readonly cycles: number };
  /** FLIP of the references, tone-mapped: 0 is the same picture. Two ideas of a material are part of it. */
  readonly flip: number;
  readonly setupSeconds: { readonly ours: number; readonly cycles: number };
  readonly xSamples: number;
  readonly xEqualNoise: number;
  readonly xSamplesOfProcessor: number;
  readonly xEqualNoiseOfProcessor: number;
}

type Options = ReturnType<typeof readOptions>;

function readOptions(args: readonly string[]) {
  const text = (name: string): string | undefined => {
    const at = args.indexOf(name);
    return at < 0 ? undefined : args[at + 1];
  };
  const whole = (name: string, fallback: number): number => {
    const value = Number(text(name) ?? fallback);
    if (!(Number.isInteger(value) && value >= 1)) throw new Error(`${name} takes a whole number from 1`);
    return value;
  };
  const side = whole('--size', 256);
  return {
    frame: {
      width: side,
      height: side,
      samples: whole('--samples', 64),
      bounces: whole('--bounces', 8),
      threads: whole('--threads', 2),
    },
    reference: whole('--reference', 1024),
    rounds: whole('--rounds', 3),
    scene: text('--scene'),
    cache: text('--cache'),
    pictures: text('--pictures'),
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

/** The scene as files for Blender and as bytes for us. Names hold the content's hash, so a kept folder is never stale. */
async function prepare({ name, sample, make, environment }: BenchScene, folder: string) {
  const glb = sample
    ? new Uint8Array(await readFile(new URL(`../public/${sample}`, import.meta.url)))
    : ((await make?.()) ?? new Uint8Array());
  const hash = createHash('sha256').update(glb).digest('hex').slice(0, 12);
  const file = join(folder, `${name}-${hash}.glb`);
  await writeFile(file, glb);
  return { glb, file, light: environment ? await lightFor(environment, folder) : undefined, hash };
}

/** A built-in environment as Blender reads it, as bright as ours, which are calibrated. */
async function lightFor(environment: string, folder: string): Promise<Light> {
  const file = join(folder, `${environment}.exr`);
  const { default: uri } = await import(`@pmndrs/assets/hdri/${environment}.exr.js`);
  const bytes = dataUriBytes(String(uri));
  await writeFile(file, bytes);
  return { file, strength: 1 / meanRadiance(readEnvironmentFile(file, bytes)) };
}

async function measure(scene: BenchScene, options: Options, folder: string): Promise<Row> {
  const { glb, file, light, hash } = await prepare(scene, folder);
  const ours = (frame: Frame): Promise<Picture> => renderOurs(glb, scene.environment, frame);
  const cycles = (frame: Frame): Promise<Picture> =>
    renderInCycles(file, join(folder, `${scene.name}-${frame.seed}.exr`), light, frame);

  const { frame: base, reference, rounds } = options;
  const long: Frame = { ...base, samples: reference, seed: REFERENCE_SEED };
  const key = `${scene.name}-${hash}-${light?.strength ?? 0}-${base.width}-${reference}-${base.bounces}`;
  const ourReference = (await ours(long)).rgb;
  const cyclesReference = await kept(join(folder, `${key}.f32`), async () => (await cycles(long)).rgb);

  const runs: { ours: Picture; cycles: Picture }[] = [];
  for (let round = 1; round <= rounds; round++) {
    const frame = { ...base, seed: round };
    runs.push({ cycles: await cycles(frame), ours: await ours(frame) });
  }
  const comparison = compare(ourReference, cyclesReference, base);
  if (options.pictures) await writeStrip(options.pictures, scene.name, comparison);

  const samples = base.width * base.height * base.samples;
  const seconds = (side: 'ours' | 'cycles') => median(runs.map((each) => each[side].seconds));
  const processor = (side: 'ours' | 'cycles') => median(runs.map((each) => each[side].processorSeconds));
  const square = (side: 'ours' | 'cycles', truth: Float32Array) =>
    runs.reduce((sum, each) => sum + meanSquare(each[side].rgb, truth), 0) / rounds;
  const variance = { ours: square('ours', ourReference), cycles: square('cycles', cyclesReference) };
  const ratio = (of: (picture: Picture) => number) =>
    median(runs.map((each) => of(each.cycles) / of(each.ours)));
  const xSamples = ratio((picture) => picture.seconds);
  const xSamplesOfProcessor = ratio((picture) => picture.processorSeconds);
  const xVariance = variance.cycles / variance.ours;
  return {
    scene: scene.name,
    samplesPerSecond: { ours: samples / seconds('ours'), cycles: samples / seconds('cycles') },
    samplesPerProcessorSecond: { ours: samples / processor('ours'), cycles: samples / processor('cycles') },
    rmse: { ours: Math.sqrt(variance.ours), cycles: Math.sqrt(variance.cycles) },
    mean: { ours: mean(ourReference), cycles: mean(cyclesReference) },
    flip: comparison.flip,
    setupSeconds: {
      ours: median(runs.map((each) => each.ours.setupSeconds)),
      cycles: median(runs.map((each) => each.cycles.setupSeconds)),
    },
    xSamples,
    xEqualNoise: xSamples * xVariance,
    xSamplesOfProcessor,
    xEqualNoiseOfProcessor: xSamplesOfProcessor * xVariance,
  };
}

/** The long renders are the longest part: with --cache, Cycles' are made once. */
async function kept(path: string, make: () => Promise<Float32Array>): Promise<Float32Array> {
  if (existsSync(path)) return new Float32Array(Uint8Array.from(await readFile(path)).buffer);
  const rgb = await make();
  await writeFile(path, new Uint8Array(rgb.buffer, rgb.byteOffset, rgb.byteLength));
  return rgb;
}

export async function run(args: string[]): Promise<{ table: string; json: object }> {
  const options = readOptions(args);
  const chosen = SCENES.filter(({ name }) => !options.scene || options.scene.split(',').includes(name));
  if (!chosen.length) throw new Error(`--scene is one of ${SCENES.map(({ name }) => name).join(', ')}`);
  const missing = isBuilt() ? await missingBlender() : 'Leafcutter is not built: run `npm run build`';
  if (missing) return { table: `cycles: not measured: ${missing}`, json: { skipped: missing } };
  const folder = options.cache ? resolve(options.cache) : await mkdtemp(join(tmpdir(), 'leafcutter-cycles-'));
  await mkdir(folder, { recursive: true });
  const rows: Row[] = [];
  try {
    for (const scene of chosen) {
      rows.push(await measure(scene, options, folder));
      console.error(tableOf(rows).split('\n').at(-3));
    }
  } finally {
    if (!options.cache) await rm(folder, { recursive: true, force: true });
  }
  return { table: tableOf(rows), json: jsonOf(rows) };
}

const over = (rows: readonly Row[], of: (row: Row) => number): number =>
  Number(geometricMean(rows.map(of)).toFixed(3));

/** What is printed over all scenes: more is better. */
const RATIOS = ['xSamples', 'xEqualNoise', 'xSamplesOfProcessor', 'xEqualNoiseOfProcessor'] as const;

/** Our set-up over Cycles': less is better. */
const xSetup = ({ setupSeconds }: Row): number => setupSeconds.ours / setupSeconds.cycles;

function jsonOf(rows: readonly Row[]): object {
  const worst = RATIOS.map((name) => [name, Math.min(...rows.map((row) => row[name]))]);
  return {
    ...Object.fromEntries(RATIOS.map((name) => [name, over(rows, (row) => row[name])])),
    xSetup: over(rows, xSetup),
    worst: { ...Object.fromEntries(worst), xSetup: Math.max(...rows.map(xSetup)) },
    scenes: rows,
  };
}

function tableOf(rows: readonly Row[]): string {
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(15) : cell.padStart(12))).join(' ');
  const two = (value: number) => value.toFixed(2);
  const lines = [
    line([
      'scene',
      'Msamples/s',
      'Cycles',
      'RMSE',
      'Cycles',
      'mean',
      'Cycles',
      'FLIP',
      'x samples',
      'x noise',
    ]) + line(['', 'cpu: x samples', 'x noise', 'set-up, s', 'Cycles', 'x set-up']).slice(15),
  ];
  for (const row of rows) {
    lines.push(
      line([
        row.scene,
        two(row.samplesPerSecond.ours / 1e6),
        two(row.samplesPerSecond.cycles / 1e6),
        ...[row.rmse.ours, row.rmse.cycles, row.mean.ours, row.mean.cycles, row.flip].map((v) =>
          v.toPrecision(4),
        ),
        ...RATIOS.map((name) => two(row[name])),
        ...[row.setupSeconds.ours, row.setupSeconds.cycles, xSetup(row)].map(two),
      ]),
    );
  }
  const summary = (name: string, ratios: readonly number[], setup: number): string =>
    line([name, ...Array(7).fill(''), ...ratios.map(two), '', '', two(setup)]);
  lines.push(
    summary(
      'geometric mean',
      RATIOS.map((name) => over(rows, (row) => row[name])),
      over(rows, xSetup),
    ),
    summary(
      'worst',
      RATIOS.map((name) => Math.min(...rows.map((row) => row[name]))),
      Math.max(...rows.map(xSetup)),
    ),
  );
  return lines.join('\n');
}
