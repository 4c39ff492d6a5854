/**
 * What is done to a finished picture, off the page's main thread, which carries the mesh: encoding a 4K picture takes a second
 * or two, denoising it many more.
 */
import { expose, transfer } from 'comlink';
import {
  type DenoiseInput,
  Denoiser,
  type DenoiserFiles,
  type ExrLayers,
  encodeExr,
  encodePng,
  type ToneMapOptions,
  toneMap,
  toneMap16,
} from '../render/output/index.ts';

/** Linear means, RGB, row-major. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly means: Float32Array<ArrayBuffer>;
}

/** What is told about the picture within its file; the names are those of PNG's keywords. */
type Texts = Readonly<Record<string, string>>;

const work = {
  png({ means, width, height }: Picture, bits: 8 | 16, look: ToneMapOptions, texts: Texts): Uint8Array {
    return given(
      encodePng(bits === 8 ? toneMap(means, look) : toneMap16(means, look), width, height, { texts }),
    );
  },
  rgba({ means }: Picture, look: ToneMapOptions): Uint8ClampedArray<ArrayBuffer> {
    const rgba = toneMap(means, look);
    return transfer(rgba, [rgba.buffer]);
  },
  exr(picture: Picture, pixelType: 'float' | 'half', layers: ExrLayers, texts: Texts): Uint8Array {
    const { means, width, height } = picture;
    return given(encodeExr(means, width, height, { pixelType, layers, texts }));
  },
  async denoise(
    files: DenoiserFiles,
    input: DenoiseInput,
    onProgress: (share: number) => void,
  ): Promise<Float32Array<ArrayBuffer>> {
    const means = (await Denoiser.create(files)).denoise(input, onProgress);
    return transfer(means, [means.buffer]);
  },
};

export type PictureWork = typeof work;

function given(bytes: Uint8Array): Uint8Array {
  return transfer(bytes, [bytes.buffer as ArrayBuffer]);
}

expose(work);
