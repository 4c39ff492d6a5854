/** Where the frames of a render go in the terminal: one file, a numbered sequence, or a video. */
import { toneMap } from '../render/output/index.ts';
import { type FrameRange, frameCount } from '../render/settings.ts';
import { LeafcutterError } from '../runtime/index.ts';
import { formatOf, type OutputOptions } from './output-options.ts';
import { writeWhole } from './render-files.ts';
import { encodePicture, type Picture } from './render-output.ts';
import { checkFfmpeg, type VideoShape, VideoSink } from './video-sink.ts';

export interface PictureSink {
  /** The frames in their order. @param exposure stops @throws LeafcutterError */
  write(index: number, picture: Picture, exposure: number, isDenoised: boolean): Promise<void>;
  end(): Promise<void>;
  /** The render came to nothing. */
  abandon(): Promise<void>;
}

/** The run of # that stands for the frame's number; the last one, if there are several. */
const NUMBER = /#+(?=[^#]*$)/;

/** "frame-####.png", 7 -> "frame-0007.png" */
export function numbered(out: string, frame: number): string {
  return out.replace(NUMBER, (run) => String(frame).padStart(run.length, '0'));
}

/**
 * Before hours of rendering: can this be written?
 * @param frames undefined: a still
 * @throws LeafcutterError `bad-output`, `no-ffmpeg`
 */
export async function checkSink(options: OutputOptions, frames: FrameRange | undefined): Promise<void> {
  const { out } = options;
  const { kind } = formatOf(options);
  if (kind === 'video') {
    if (!frames) throw new LeafcutterError('bad-output', `${out} is a video: give --frames, or write a .png`);
    await checkFfmpeg(out);
  } else if (frames && frameCount({ frames }) > 1 && !NUMBER.test(out)) {
    throw new LeafcutterError(
      'bad-output',
      `${out} is one file for several frames: say where their numbers go, like frame-####.png, or write a .mp4 or .webm`,
    );
  }
}

export function openSink(
  options: OutputOptions,
  frames: FrameRange | undefined,
  size: Omit<VideoShape, 'fps'>,
): PictureSink {
  const { out } = options;
  const format = formatOf(options);
  if (format.kind === 'video') {
    const { container, toneMapping } = format;
    const video = new VideoSink(out, container, { ...size, fps: frames?.fps ?? 1 });
    return {
      write: (_, { means }, exposure) => video.write(toneMap(means, { toneMapping, exposure })),
      end: () => video.end(),
      abandon: () => video.abandon(),
    };
  }
  return {
    async write(index, picture, exposure, isDenoised) {
      const path = frames ? numbered(out, frames.first + index) : out;
      const shown = format.kind === 'png' ? { ...format, exposure } : format;
      await writeWhole(path, encodePicture(picture, shown, isDenoised));
    },
    async end() {},
    async abandon() {},
  };
}
