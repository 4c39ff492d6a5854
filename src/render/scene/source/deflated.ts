/**
 * The files of a scene as they travel: deflated where that makes them smaller, which meshes mostly are, pictures and packed meshes not; a
 * few samples tell. To carry a byte from tab to tab takes several times the processor that deflating it does, once for all, and each Node
 * that gets it less again.
 *
 *   0  4 bytes  magic ("LCSZ")
 *   4  u32      length in bytes of what it holds
 *   8  a zlib stream (RFC 1950)
 */
import { concatBytes } from '../../../runtime/index.ts';
import { SceneError } from '../errors.ts';
import { MAX_DECODED_BYTES } from '../limits.ts';

const MAGIC = [0x4c, 0x43, 0x53, 0x5a];
const HEADER_BYTES = 8;
/** Less is carried in the time that it takes to look. */
const LEAST_BYTES = 256 * 1024;
const SAMPLES = 8;
const SAMPLE_BYTES = 32 * 1024;
/** Of its length: what is hardly smaller is left as it is. */
const WORTH = 0.85;

/** What `inflated` makes the same bytes of; they may be these. */
export async function deflated(bytes: Uint8Array): Promise<Uint8Array> {
  const { length } = bytes;
  if (length < LEAST_BYTES || length > MAX_DECODED_BYTES) return bytes;
  const step = Math.floor((length - SAMPLE_BYTES) / (SAMPLES - 1));
  const sample = concatBytes(
    ...Array.from({ length: SAMPLES }, (_, i) => bytes.subarray(i * step, i * step + SAMPLE_BYTES)),
  );
  if ((await compressed(sample)).length > WORTH * sample.length) return bytes;
  const header = new Uint8Array(HEADER_BYTES);
  header.set(MAGIC);
  new DataView(header.buffer).setUint32(4, length, true);
  return concatBytes(header, await compressed(bytes));
}

/** Bytes that are not deflated are left as they are. @throws SceneError `blob-damaged`, `too-large` above MAX_DECODED_BYTES */
export async function inflated(bytes: Uint8Array): Promise<Uint8Array> {
  if (bytes.length < HEADER_BYTES || MAGIC.some((byte, i) => bytes[i] !== byte)) return bytes;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
  if (length > MAX_DECODED_BYTES)
    throw new SceneError('too-large', 'LCSZ blob', `would take ${length} bytes`);
  const reader = through(bytes.subarray(HEADER_BYTES), new DecompressionStream('deflate')).getReader();
  try {
    const whole = new Uint8Array(length);
    let at = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (at + value.length > length) throw new Error('it holds more than it says');
      whole.set(value, at);
      at += value.length;
    }
    if (at < length) throw new Error('it holds less than it says');
    return whole;
  } catch (cause) {
    throw new SceneError('blob-damaged', 'LCSZ blob', 'does not unfold', { cause });
  } finally {
    reader.cancel().catch(() => {});
  }
}

async function compressed(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await new Response(through(bytes, new CompressionStream('deflate'))).arrayBuffer());
}

/** A Blob gives its bytes piece by piece, between which a page does other things. */
function through(
  bytes: Uint8Array,
  transform: ReadableWritablePair<Uint8Array<ArrayBuffer>, BufferSource>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(transform);
}
