/** Where the pictures of a render go in the terminal: one file, a numbered sequence, or a video. */
import { toneMap } from '../render/output/index.ts';
import type { FrameRange } from '../render/settings.ts';
import { LeafcutterError } from '../runtime/index.ts';
import { writeWhole } from './output-file.ts';
import { formatOf, type OutputOptions } from './output-options.ts';
import { numberedPattern, picturePath } from './output-pattern.ts';
import { encodePicture, type Picture } from './render-output.ts';
import { checkFfmpeg, type VideoShape, VideoSink } from './video-sink.ts';

export interface PictureSink {
  /** What it writes; of a sequence with #### for the number. */
  readonly file: string;
  /** The frames in their order. @param exposure stops @throws LeafcutterError */
  write(index: number, picture: Picture, exposure: number, isDenoised: boolean): Promise<void>;
  end(): Promise<void>;
  /** The render came to nothing. */
  abandon(): Promise<void>;
}

/**
 * Before hours of rendering: can this be written?
 * @param frames undefined: a still
 * @returns the pattern of its files
 * @throws LeafcutterError `bad-output`, `no-ffmpeg`
 */
export async function checkSink(options: OutputOptions, frames: FrameRange | undefined): Promise<string> {
  const { out } = options;
  const { kind } = formatOf(options);
  if (kind !== 'video') return frames ? numberedPattern(out, frames) : out;
  if (!frames) {
    throw new LeafcutterError(
      'bad-output',
      `${out} is a video: give --frames or --turntable, or write a .png`,
    );
  }
  await checkFfmpeg(out);
  return out;
}

/** @param options `out`: as `checkSink` returned it @param name of the scene, where it stands in the pattern */
export function openSink(
  options: OutputOptions,
  { frames, name }: { readonly frames: FrameRange | undefined; readonly name?: string | undefined },
  size: Omit<VideoShape, 'fps'>,
): PictureSink {
  const { out } = options;
  const format = formatOf(options);
  const file = picturePath(out, name);
  if (format.kind === 'video') {
    const { container, toneMapping } = format;
    const video = new VideoSink(file, container, { ...size, fps: frames?.fps ?? 1 });
    return {
      file,
      write: (_, { means }, exposure) => video.write(toneMap(means, { toneMapping, exposure })),
      end: () => video.end(),
      abandon: () => video.abandon(),
    };
  }
  return {
    file,
    async write(index, picture, exposure, isDenoised) {
      const path = picturePath(out, name, frames && frames.first + index);
      const shown = format.kind === 'png' ? { ...format, exposure } : format;
      await writeWhole(path, encodePicture(picture, shown, isDenoised));
    },
    async end() {},
    async abandon() {},
  };
}
