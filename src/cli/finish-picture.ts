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
  /** Where there are several pictures: each is told in a line, and of which scene it is. */
  readonly scene?: string;
}

export interface TellOptions {
  readonly json: boolean;
  readonly quiet: boolean;
}

/** @returns the stops that it is shown with @throws LeafcutterError `output-unwritable`, CancelledError */
export async function finishPicture(
  render: FinishedRender,
  options: OutputOptions & TellOptions,
  signal: AbortSignal,
): Promise<number> {
  const { title, settings, means, film, hash, guides, job, counts, seconds, samplesDone, scene } = render;
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
    const which = scene !== undefined && { scene, file: out };
    const line = { seconds, samplesPerSecond, hash, width, height, samples, ...counts, ...told, ...which };
    console.log(JSON.stringify(line));
  } else if (!quiet) {
    // The plurals end in s.
    const parts = Object.entries(counts).map(([what, count]) => `, ${counted(count, what.slice(0, -1))}`);
    const lines = [
      `${out}: ${width}x${height}, ${samples} samples${parts.join('')}`,
      reached && `noise ${reached.noise ?? 'unknown'}, ${reached.averageSamples} samples on average`,
      exposure !== 0 && `exposure ${exposure > 0 ? '+' : ''}${exposure} stops`,
      seconds > 0 && `${formatSeconds(seconds)}, ${formatRate(samplesPerSecond)}`,
      `hash ${hash}`,
    ];
    console.log(lines.filter(Boolean).join(scene === undefined ? '\n' : ', '));
  }
  return exposure;
}
