/**
 * An optional last step for pictures with few samples: a small network with weights that others have trained (`network.ts`) and what
 * corrects it (`correction.ts`), the same bits on every machine. docs/outputs.md tells its limits.
 *
 * Pure and synchronous, seconds long: run it in a worker. Works row by row, so memory does not grow with the height.
 */
import { LeafcutterError } from '../../../runtime/index.ts';
import type { GuideImages } from '../guides.ts';
import { Correction } from './correction.ts';
import { Network } from './network.ts';
import { PackedLayers, readWeights } from './weights.ts';

/** A picture to denoise, with what guides the network. */
export interface DenoiseInput {
  readonly width: number;
  readonly height: number;
  /** Linear radiance, RGB, row-major, 3 floats a pixel. Left as it is. */
  readonly means: Float32Array;
  readonly guides: GuideImages;
}

/** What the build puts at `generated/denoiser.wasm` and `denoiser/weights.tza`. */
export interface DenoiserFiles {
  readonly wasm: BufferSource;
  readonly weights: Uint8Array;
}

/** The denoiser, ready for any number of pictures. */
export class Denoiser {
  readonly #module: WebAssembly.Module;
  readonly #layers: PackedLayers;

  private constructor(module: WebAssembly.Module, layers: PackedLayers) {
    this.#module = module;
    this.#layers = layers;
  }

  /** @throws LeafcutterError `bad-denoiser` where a file is damaged */
  static async create({ wasm, weights }: DenoiserFiles): Promise<Denoiser> {
    const layers = new PackedLayers(readWeights(weights));
    try {
      return new Denoiser(await WebAssembly.compile(wasm), layers);
    } catch (cause) {
      throw new LeafcutterError('bad-denoiser', 'the denoiser is damaged: build or load the page again', {
        cause,
      });
    }
  }

  /**
   * Step by step, for those who want to show progress or stop: yields the share done, 0..1, after each row; returns the means
   * without noise.
   * @throws LeafcutterError `bad-denoise-input` where a length does not fit
   */
  *steps({ width, height, means, guides }: DenoiseInput): Generator<number, Float32Array<ArrayBuffer>> {
    check({ width, height, means, guides });
    const out = new Float32Array(means.length);
    const { albedo, normal } = guides;
    const input = { width, height, light: means, albedo, normal };
    const network = new Network(this.#module, this.#layers, input);
    const correction = new Correction(this.#module, input, network.scale);
    const { reach } = correction;
    for (let y = 0; y < height + reach; y++) {
      if (y < height) {
        yield y / height;
        correction.take(y, network.row(y));
      }
      if (y >= reach) out.set(correction.row(y - reach), 3 * width * (y - reach));
    }
    return out;
  }

  /**
   * All at once.
   * @param onProgress is told the share done, 0..1; what it throws stops the work and comes out here
   * @throws LeafcutterError `bad-denoise-input` where a length does not fit
   */
  denoise(input: DenoiseInput, onProgress: (share: number) => void = () => {}): Float32Array<ArrayBuffer> {
    const steps = this.steps(input);
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
      onProgress(step.value);
    }
  }
}

function check({ width, height, means, guides }: DenoiseInput): void {
  const pixels = width * height;
  const expected: readonly (readonly [string, number, number])[] = [
    ['means', means.length, 3],
    ['albedo', guides.albedo.length, 3],
    ['normal', guides.normal.length, 3],
  ];
  for (const [name, length, floats] of expected) {
    if (length === floats * pixels && pixels > 0) continue;
    throw new LeafcutterError(
      'bad-denoise-input',
      `${length} values of ${name} are not ${floats} for each of ${width} x ${height} pixels`,
    );
  }
}
