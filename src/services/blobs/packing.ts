/**
 * Pieces on their way, deflated where that makes them smaller: meshes mostly are, pictures not. To carry a byte from tab to tab takes several times
 * the processor that deflating it does. Only the way knows of it: what a Blob is, and its name, are the same. In front stands a byte, the stride
 * with which the numbers in it were taken apart (strides.ts).
 */
import { concatBytes } from '../../runtime/index.ts';
import type { BlobHash } from './contract.ts';
import { differences, isStride, likelyStride, middleOf, type Stride, sums } from './strides.ts';

/** zlib streams (RFC 1950). */
export interface Codec {
  deflate(bytes: Uint8Array): Promise<Uint8Array>;
  /** Undefined: it does not unfold to so many bytes. */
  inflate(bytes: Uint8Array, length: number): Promise<Uint8Array | undefined>;
}

/** Of a piece's length: what is hardly smaller goes as it is. */
const WORTH = 0.9;
/** Of a Blob of which a piece was not worth it, so many go without a look. */
const UNSEEN = 15;
/** Of a piece, deflated to see which way it gets smaller. */
const SAMPLE_BYTES = 16 * 1024;
/** Blobs of which that is known, those that were asked for last. */
const MAX_KNOWN = 16;
/** Of pieces as they travel, those that came or left last: a scene of 40 MB. */
const KEPT_BYTES = 16 * 1024 * 1024;

/** What leaves and arrives here. Among many that fetch the same, most pieces leave as they came: those are not deflated again. */
export class Packer {
  readonly #codec: Codec;
  readonly #unseen = new Map<BlobHash, number>();
  /** By Blob and piece; the latest are last. */
  readonly #kept = new Map<string, Uint8Array>();
  #keptBytes = 0;
  /** Of a small scene everybody asks for the same piece at the same time. */
  readonly #deflating = new Map<string, Promise<Uint8Array>>();

  constructor(codec: Codec) {
    this.#codec = codec;
  }

  /** The same bytes, or fewer that unfold to them. */
  async packed(hash: BlobHash, piece: number, bytes: Uint8Array): Promise<Uint8Array> {
    const key = keyOf(hash, piece);
    const kept = this.#kept.get(key);
    if (kept) {
      this.keep(hash, piece, kept);
      return kept;
    }
    const begun = this.#deflating.get(key);
    if (begun) return begun;
    const unseen = this.#unseen.get(hash) ?? 0;
    if (unseen > 0) {
      this.#note(hash, unseen - 1);
      return bytes;
    }
    const deflating = this.#deflated(hash, piece, bytes);
    this.#deflating.set(key, deflating);
    try {
      return await deflating;
    } finally {
      this.#deflating.delete(key);
    }
  }

  /** @param packed unfolds to that piece: it was checked */
  keep(hash: BlobHash, piece: number, packed: Uint8Array): void {
    const key = keyOf(hash, piece);
    this.#keptBytes += packed.length - (this.#kept.get(key)?.length ?? 0);
    this.#kept.delete(key);
    this.#kept.set(key, packed);
    for (const [oldest, { length }] of this.#kept) {
      if (this.#keptBytes <= KEPT_BYTES) return;
      this.#kept.delete(oldest);
      this.#keptBytes -= length;
    }
  }

  /** Undefined: it does not unfold to so many bytes. */
  async unpacked(bytes: Uint8Array, length: number): Promise<Uint8Array | undefined> {
    const [stride] = bytes;
    if (!isStride(stride)) return undefined;
    const whole = await this.#codec.inflate(bytes.subarray(1), length);
    return whole && stride > 0 ? sums(whole, stride) : whole;
  }

  async #deflated(hash: BlobHash, piece: number, bytes: Uint8Array): Promise<Uint8Array> {
    const stride = await this.#strideOf(bytes);
    const deflated = await this.#codec.deflate(stride > 0 ? differences(bytes, stride) : bytes);
    const packed = concatBytes(Uint8Array.of(stride), deflated);
    if (packed.length < WORTH * bytes.length) {
      this.keep(hash, piece, packed);
      return packed;
    }
    this.#note(hash, UNSEEN);
    return bytes;
  }

  /** Of vertices that are repeated, face by face, differences are worse than what they are. */
  async #strideOf(bytes: Uint8Array): Promise<Stride> {
    const sample = middleOf(bytes, SAMPLE_BYTES);
    const stride = likelyStride(sample);
    if (stride === 0) return 0;
    const asItIs = await this.#codec.deflate(sample);
    const apart = await this.#codec.deflate(differences(sample, stride));
    return apart.length < asItIs.length ? stride : 0;
  }

  #note(hash: BlobHash, unseen: number): void {
    this.#unseen.delete(hash);
    this.#unseen.set(hash, unseen);
    const [oldest] = this.#unseen.keys();
    if (this.#unseen.size > MAX_KNOWN && oldest !== undefined) this.#unseen.delete(oldest);
  }
}

const keyOf = (hash: BlobHash, piece: number): string => `${hash} ${piece}`;

/** Of no bytes. */
const EMPTY_STREAM = [0x78, 0x9c, 0x03, 0, 0, 0, 0, 1];

/** Undefined where it has none. */
export const platform: Codec | undefined =
  'DecompressionStream' in globalThis
    ? {
        async deflate(bytes) {
          const stream = through(bytes, new CompressionStream('deflate'));
          return new Uint8Array(await new Response(stream).arrayBuffer());
        },
        async inflate(bytes, length) {
          const whole = await inflated(bytes, length);
          refusesRest ??= doesRefuseRest();
          if (!whole || (await refusesRest)) return whole;
          // Where it unfolds without its last byte, that is none of the stream.
          return (await inflated(bytes.subarray(0, -1), length)) ? undefined : whole;
        },
      }
    : undefined;

/**
 * Browsers refuse what goes on after its end, Node 20 does not look at it. Who takes a piece passes it on as it came, and must not be taken for
 * the liar: it has to unfold everywhere, or nowhere.
 */
let refusesRest: Promise<boolean> | undefined;

async function doesRefuseRest(): Promise<boolean> {
  return (await inflated(Uint8Array.of(...EMPTY_STREAM, 0), 0)) === undefined;
}

async function inflated(bytes: Uint8Array, length: number): Promise<Uint8Array | undefined> {
  const reader = through(bytes, new DecompressionStream('deflate')).getReader();
  const whole = new Uint8Array(length);
  let at = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return at === length ? whole : undefined;
      whole.set(value, at); // throws where it is more
      at += value.length;
    }
  } catch {
    return undefined;
  } finally {
    reader.cancel().catch(() => {}); // it is over, or broken
  }
}

/** A write at a time, so that a bomb has no more than one of them unfolded when it is found out. */
const WRITE_BYTES = 16 * 1024;

/** Not by way of a Blob: the browser's own process would be asked to keep it. */
function through(
  bytes: Uint8Array,
  { readable, writable }: ReadableWritablePair<Uint8Array<ArrayBuffer>, BufferSource>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  void written(bytes as Uint8Array<ArrayBuffer>, writable).catch(() => {}); // whoever reads hears of it
  return readable;
}

async function written(bytes: Uint8Array<ArrayBuffer>, to: WritableStream<BufferSource>): Promise<void> {
  const writer = to.getWriter();
  for (let at = 0; at < bytes.length; at += WRITE_BYTES) {
    await writer.ready;
    await writer.write(bytes.subarray(at, at + WRITE_BYTES));
  }
  await writer.close();
}
