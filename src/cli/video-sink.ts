/**
 * Frames into a video, through ffmpeg where the machine has it: raw pixels go in at its standard input, so nothing lies on the disk but
 * the video, which takes its name when it is whole. H.264 in .mp4, VP9 in .webm, in the quality that a person takes for the picture.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { LeafcutterError, messageOf } from '../runtime/index.ts';
import { PendingFile } from './output-file.ts';

export interface VideoShape {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
}

/** Visually lossless by the encoders' own guides; 4:2:0, which every player shows. */
const ENCODERS: Readonly<Record<VideoContainer, readonly string[]>> = {
  mp4: ['-c:v', 'libx264', '-crf', '16', '-preset', 'medium', '-movflags', '+faststart', '-f', 'mp4'],
  webm: ['-c:v', 'libvpx-vp9', '-crf', '18', '-b:v', '0', '-row-mt', '1', '-f', 'webm'],
};
/** Ctrl+C in a terminal goes to everyone in it: what becomes of the video is not ffmpeg's to decide. */
const OWN_GROUP = { detached: true, windowsHide: true } as const;
const FULL_DISK = /no space left/i;
const FAILURE = /\berror\b|no space left/i;
/** Of what ffmpeg says, for the person: its last words. */
const MAX_WORDS = 300;

export type VideoContainer = 'mp4' | 'webm';

export const videoContainerOf = (path: string): VideoContainer | undefined =>
  /\.mp4$/i.test(path) ? 'mp4' : /\.webm$/i.test(path) ? 'webm' : undefined;

/** Arguments of ffmpeg for RGBA frames at its input. */
export function ffmpegArguments(
  { width, height, fps }: VideoShape,
  container: VideoContainer,
  out: string,
): string[] {
  const input = [
    '-f',
    'rawvideo',
    '-pix_fmt',
    'rgba',
    '-s',
    `${width}x${height}`,
    '-r',
    String(fps),
    '-i',
    '-',
  ];
  // Half the colours of 4:2:0 need sides that can be halved.
  const isOdd = width % 2 === 1 || height % 2 === 1;
  const even = isOdd ? ['-vf', 'pad=ceil(iw/2)*2:ceil(ih/2)*2'] : [];
  const colours = [
    '-pix_fmt',
    'yuv420p',
    '-colorspace',
    'bt709',
    '-color_primaries',
    'bt709',
    '-color_trc',
    'bt709',
  ];
  return [
    ...['-hide_banner', '-loglevel', 'error', '-y'],
    ...[...input, ...even, ...ENCODERS[container], ...colours, out],
  ];
}

/** Before hours of rendering: is it there? @throws LeafcutterError `no-ffmpeg` */
export async function checkFfmpeg(out: string): Promise<void> {
  const child = spawn('ffmpeg', ['-version'], { ...OWN_GROUP, stdio: 'ignore' });
  const found = await new Promise<boolean>((tell) => {
    child.on('error', () => tell(false));
    child.on('exit', (code) => tell(code === 0));
  });
  if (found) return;
  throw new LeafcutterError(
    'no-ffmpeg',
    `${out} needs ffmpeg, which is not on the PATH: install it, or write a sequence like frame-####.png`,
  );
}

export class VideoSink {
  readonly #out: string;
  readonly #file: PendingFile;
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  #words = '';

  constructor(out: string, container: VideoContainer, shape: VideoShape) {
    this.#out = out;
    this.#file = new PendingFile(out);
    this.#child = spawn('ffmpeg', ffmpegArguments(shape, container, this.#file.temporary), {
      ...OWN_GROUP,
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    this.#ended = new Promise((tell) => {
      this.#child.on('error', (error) => {
        this.#words = messageOf(error);
        tell(null);
      });
      this.#child.on('close', tell);
    });
    this.#child.stderr?.on('data', (data) => {
      this.#words = `${this.#words}${data}`.slice(-MAX_WORDS);
    });
    // It is told by how ffmpeg ends.
    this.#child.stdin?.on('error', () => {});
  }

  /** The next frame, RGBA row by row. @throws LeafcutterError `video-failed` */
  async write(rgba: Uint8Array | Uint8ClampedArray): Promise<void> {
    const { stdin } = this.#child;
    if (!stdin?.writable || this.#hasFailed) throw await this.#failure();
    if (stdin.write(rgba)) return;
    // It may close its end instead.
    await Promise.race([once(stdin, 'drain').catch(() => {}), this.#ended]);
    if (!stdin.writable) throw await this.#failure();
  }

  /** @throws LeafcutterError `video-failed`, `output-unwritable` */
  async end(): Promise<void> {
    this.#child.stdin?.end();
    if ((await this.#ended) !== 0 || this.#hasFailed) throw await this.#failure();
    await this.#file.finish();
  }

  /** Nothing stays. */
  async abandon(): Promise<void> {
    // Told to end in order it would wait for what is still to come.
    this.#child.stdin?.destroy();
    this.#child.kill('SIGKILL');
    await this.#ended;
    await this.#file.discard();
  }

  /** On a full disk it may say so, take all frames that are still to come, and end as if all were well. */
  get #hasFailed(): boolean {
    return FAILURE.test(this.#words);
  }

  async #failure(): Promise<LeafcutterError> {
    await this.abandon();
    const said = this.#words.replaceAll(this.#file.temporary, this.#out).trim().replace(/\s+/g, ' ');
    const why = FULL_DISK.test(said) ? 'the disk is full' : said;
    return new LeafcutterError(
      'video-failed',
      `ffmpeg could not make ${this.#out}: ${why || 'it said nothing'}`,
    );
  }
}
