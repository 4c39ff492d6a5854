/** The end of every render in the terminal, wherever it was done: the picture file, and what is told of it. */
import { averageSamples, tileGrid } from '../render/film/index.ts';
import type { FilmView, GuideImages } from '../render/job/index.ts';
import type { RenderSettings } from '../render/settings.ts';
import { counted, formatNoise, formatRate, formatSeconds } from './numbers.ts';
import { formatOf, type OutputOptions } from './output-options.ts';
import { writeWhole } from './render-files.ts';
import { denoised, encodePicture, exposureOf } from './render-output.ts';

export interface FinishedRender {
  readonly title: string;
  readonly settings: Omit<RenderSettings, 'exposure'>;
  readonly means: Float32Array;
  readonly film: Pick<FilmView, 'tileSamples'>;
  readonly hash: string;
  /** Where the format or the denoiser wants them. */
  readonly guides: GuideImages | undefined;
  /** 0: not known. */
  readonly seconds: number;
  /** Some more than there are in the picture, where a noise was reached. */
  readonly samplesDone: number;
  readonly noise: number | undefined;
  /** Who did it and of what, as far as it is known, in the order in which it is told, by plurals: `triangles: 12`. */
  readonly counts: Readonly<Record<string, number>>;
  /** On the mesh. */
  readonly job?: string;
}

export interface TellOptions {
  readonly json: boolean;
  readonly quiet: boolean;
}

/** @throws LeafcutterError `output-unwritable`, CancelledError */
export async function finishPicture(
  render: FinishedRender,
  options: OutputOptions & TellOptions,
  signal: AbortSignal,
): Promise<void> {
  const { title, settings, means, film, hash, guides, job, counts, seconds, samplesDone } = render;
  const { width, height, samples, noise: goal } = settings;
  const { denoise = false, out, json, quiet } = options;
  const format = formatOf(options);
  const average = averageSamples(tileGrid(width, height), film.tileSamples);
  const picture = { width, height, means, film, averageSamples: average, guides, title, hash };
  const final = denoise ? await denoised(picture, signal) : picture;
  const exposure = exposureOf(final, format);
  await writeWhole(out, encodePicture(final, format, denoise));
  const samplesPerSecond = seconds > 0 ? samplesDone / seconds : 0;
  const reached = goal > 0 && {
    noise: render.noise === undefined ? null : Number(formatNoise(render.noise)),
    averageSamples: Math.round(average * 10) / 10,
  };
  if (json) {
    const told = { ...(format.kind === 'png' && { exposure }), ...reached, ...(job && { job }) };
    const line = { seconds, samplesPerSecond, hash, width, height, samples, ...counts, ...told };
    console.log(JSON.stringify(line));
  } else if (!quiet) {
    // The plurals end in s.
    const parts = Object.entries(counts).map(([what, count]) => `, ${counted(count, what.slice(0, -1))}`);
    console.log(`${out}: ${width}x${height}, ${samples} samples${parts.join('')}`);
    if (reached) {
      console.log(`noise ${reached.noise ?? 'unknown'}, ${reached.averageSamples} samples on average`);
    }
    if (exposure !== 0) console.log(`exposure ${exposure > 0 ? '+' : ''}${exposure} stops`);
    if (seconds > 0) console.log(`${formatSeconds(seconds)}, ${formatRate(samplesPerSecond)}`);
    console.log(`hash ${hash}`);
  }
}
