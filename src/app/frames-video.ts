/** A video by the browser's own encoder (WebCodecs), put into its container by mediabunny. What it cannot encode is said with a way out. */
import {
  canEncodeVideo,
  Mp4OutputFormat,
  Output,
  QUALITY_VERY_HIGH,
  StreamTarget,
  type StreamTargetChunk,
  type VideoCodec,
  VideoSample,
  VideoSampleSource,
  WebMOutputFormat,
} from 'mediabunny';
import { LeafcutterError } from '../runtime/index.ts';

export interface VideoShape {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
}

export interface VideoFile {
  /** RGBA, row by row. */
  add(rgba: Uint8ClampedArray<ArrayBuffer>): Promise<void>;
  end(): Promise<Blob>;
  abandon(): Promise<void>;
}

/** The best first. */
const CODECS: Readonly<Record<'mp4' | 'webm', readonly VideoCodec[]>> = {
  mp4: ['avc'],
  webm: ['vp9', 'vp8'],
};

/** @throws LeafcutterError `no-encoder` */
export async function openVideo(
  container: 'mp4' | 'webm',
  { width, height, fps }: VideoShape,
): Promise<VideoFile> {
  // Half the colours of 4:2:0 need sides that can be halved: an odd one gets a black line.
  const even = { width: width + (width % 2), height: height + (height % 2) };
  const codec = await encodable(container, even);
  const parts = new BlobParts();
  const output = new Output({
    format: container === 'mp4' ? new Mp4OutputFormat() : new WebMOutputFormat(),
    target: new StreamTarget(parts.writable, { chunked: true }),
  });
  const source = new VideoSampleSource({ codec, quality: QUALITY_VERY_HIGH, latencyMode: 'quality' });
  output.addVideoTrack(source, { frameRate: fps });
  await output.start();
  let count = 0;
  return {
    async add(rgba) {
      const sample = new VideoSample(padded(rgba, width, height, even), {
        ...{ format: 'RGBA', codedWidth: even.width, codedHeight: even.height },
        ...{ timestamp: count++ / fps, duration: 1 / fps },
      });
      try {
        await source.add(sample);
      } finally {
        sample.close();
      }
    },
    async end() {
      await output.finalize();
      return parts.blob(container === 'mp4' ? 'video/mp4' : 'video/webm');
    },
    abandon: () => output.cancel(),
  };
}

async function encodable(
  container: 'mp4' | 'webm',
  size: { readonly width: number; readonly height: number },
): Promise<VideoCodec> {
  const isPossible = typeof VideoEncoder !== 'undefined';
  for (const codec of isPossible ? CODECS[container] : []) {
    if (await canEncodeVideo(codec, { ...size, quality: QUALITY_VERY_HIGH })) return codec;
  }
  const other = container === 'mp4' ? 'keep it as WebM' : 'keep it as MP4';
  const why = isPossible
    ? `this browser cannot encode ${container === 'mp4' ? 'H.264' : 'VP9 or VP8'} of ${size.width} × ${size.height} pixels`
    : 'this browser encodes no video, or not on a page without https';
  throw new LeafcutterError(
    'no-encoder',
    `${why}: ${isPossible ? `${other}, or keep` : 'keep'} the PNG sequence and make a video of it with another program`,
  );
}

function padded(
  rgba: Uint8ClampedArray<ArrayBuffer>,
  width: number,
  height: number,
  even: { readonly width: number; readonly height: number },
): Uint8ClampedArray<ArrayBuffer> {
  if (even.width === width && even.height === height) return rgba;
  const out = new Uint8ClampedArray(even.width * even.height * 4);
  for (let row = 0; row < height; row++) {
    out.set(rgba.subarray(row * width * 4, (row + 1) * width * 4), row * even.width * 4);
  }
  return out;
}

/** A file that is written here and there, as Blobs: what is written over later (sizes at its beginning) is small. */
class BlobParts {
  readonly writable: WritableStream<StreamTargetChunk>;
  #file = new Blob();

  constructor() {
    this.writable = new WritableStream({
      write: ({ data, position }) => {
        const end = position + data.length;
        const gap = Math.max(0, position - this.#file.size);
        const before = this.#file.slice(0, position);
        this.#file = new Blob([before, new Uint8Array(gap), data, this.#file.slice(end)]);
      },
    });
  }

  blob(type: string): Blob {
    return new Blob([this.#file], { type });
  }
}
