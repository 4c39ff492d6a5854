/** The end of every render in the terminal, wherever it was done: the picture file, the sequence or the video, and what is told of it. */
import { averageSamples, rangeHash, tileGrid } from '../render/film/index.ts';
import type { RenderedFrame } from '../render/job/index.ts';
import type { Denoiser } from '../render/output/index.ts';
import type { FrameRange, RenderSettings } from '../render/settings.ts';
import { type BuiltFiles, builtDenoiser } from './built-files.ts';
import { counted, formatNoise, formatRate, formatSeconds } from './numbers.ts';
import { formatOf, type OutputOptions } from './output-options.ts';
import { openSink, type PictureSink } from './picture-sink.ts';
import { denoised, exposureOf } from './render-output.ts';

export interface RenderToFinish {
  readonly title: string;
  readonly settings: Omit<RenderSettings, 'exposure'>;
  /** Undefined: a still. */
  readonly frames: FrameRange | undefined;
  /** Stands for the scene in the pattern of the files; undefined: none is asked for. */
  readonly name?: string | undefined;
  /** Its path, where there are other scenes: then all is told in one line. */
  readonly scene?: string | undefined;
}

export interface RenderEnd {
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

export class PictureFinisher {
  readonly #render: RenderToFinish;
  readonly #options: OutputOptions & TellOptions;
  readonly #built: Pick<BuiltFiles, 'page'>;
  readonly #sink: PictureSink;
  readonly #hashes: string[] = [];
  #denoiser: Promise<Denoiser> | undefined;
  #samples = 0;
  /** Of the first frame: a sequence that suits itself frame by frame flickers. */
  #exposure: number | undefined;

  /** @param options `out`: as `checkSink` returned it */
  constructor(render: RenderToFinish, options: OutputOptions & TellOptions, built: Pick<BuiltFiles, 'page'>) {
    this.#render = render;
    this.#options = options;
    this.#built = built;
    this.#sink = openSink(options, render, render.settings);
  }

  /** What is written; of a sequence with #### for the number. */
  get file(): string {
    return this.#sink.file;
  }

  /** The frames in their order. @throws LeafcutterError `output-unwritable`, `video-failed`; CancelledError */
  async take({ index, film, means, hash, guides }: RenderedFrame, signal: AbortSignal): Promise<void> {
    const { title, settings } = this.#render;
    const { width, height } = settings;
    const { denoise = false } = this.#options;
    const average = averageSamples(tileGrid(width, height), film.tileSamples);
    const picture = { width, height, means, film, averageSamples: average, guides, title, hash };
    if (denoise) this.#denoiser ??= builtDenoiser(this.#built);
    const final = this.#denoiser ? await denoised(picture, await this.#denoiser, signal) : picture;
    this.#exposure ??= exposureOf(final, formatOf(this.#options));
    await this.#sink.write(index, final, this.#exposure, denoise);
    this.#hashes.push(hash);
    this.#samples += average;
  }

  /** The render came to nothing: no half a video stays. */
  abandon(): Promise<void> {
    return this.#sink.abandon();
  }

  /** After the last frame. @throws LeafcutterError `video-failed` */
  async finish({ seconds, samplesDone, noise, counts, job }: RenderEnd): Promise<void> {
    await this.#sink.end();
    const { settings, frames, scene } = this.#render;
    const { width, height, samples, noise: goal } = settings;
    const { file } = this.#sink;
    const { json, quiet } = this.#options;
    const hash = await rangeHash(this.#hashes);
    const isPng = formatOf(this.#options).kind !== 'exr';
    const exposure = this.#exposure ?? 0;
    const samplesPerSecond = seconds > 0 ? samplesDone / seconds : 0;
    const reached = goal > 0 && {
      noise: noise === undefined ? null : Number(formatNoise(noise)),
      averageSamples: Math.round((10 * this.#samples) / this.#hashes.length) / 10,
    };
    if (json) {
      const range = frames && { frames: { ...frames, hashes: this.#hashes } };
      const told = { ...(isPng && { exposure }), ...reached, ...range, ...(job && { job }) };
      // Of a still that is alone everybody knows.
      const which = {
        ...(scene !== undefined && { scene }),
        ...((scene !== undefined || frames) && { file }),
      };
      const line = { seconds, samplesPerSecond, hash, width, height, samples, ...counts, ...told, ...which };
      console.log(JSON.stringify(line));
    } else if (!quiet) {
      // The plurals end in s.
      const parts = Object.entries(counts).map(([what, count]) => `, ${counted(count, what.slice(0, -1))}`);
      const many = frames ? `${counted(this.#hashes.length, 'frame')} of ` : '';
      const lines = [
        `${file}: ${many}${width}x${height}, ${counted(samples, 'sample')}${parts.join('')}`,
        reached && `noise ${reached.noise ?? 'unknown'}, ${reached.averageSamples} samples on average`,
        exposure !== 0 && `exposure ${exposure > 0 ? '+' : ''}${exposure} stops`,
        seconds > 0 && `${formatSeconds(seconds)}, ${formatRate(samplesPerSecond)}`,
        `hash ${hash}`,
      ];
      console.log(lines.filter(Boolean).join(scene === undefined ? '\n' : ', '));
    }
  }
}
