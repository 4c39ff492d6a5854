/** Deflating and inflating as the platform does it. */
import type { Packing } from './packing.ts';

/** Undefined where it has none. */
export const platform: Packing | undefined =
  'DecompressionStream' in globalThis
    ? {
        async deflate(bytes) {
          const stream = through(bytes, new CompressionStream('deflate'));
          return new Uint8Array(await new Response(stream).arrayBuffer());
        },
        async inflate(bytes, length) {
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
        },
      }
    : undefined;

function through(
  bytes: Uint8Array,
  transform: ReadableWritablePair<Uint8Array<ArrayBuffer>, BufferSource>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(transform);
}
