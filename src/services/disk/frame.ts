/**
 * A record as it lies on the disk: a mark that it is ours, its length, its CRC-32, then the body. A disk that was switched off
 * while it wrote, a file that somebody else put there, a browser's database that was repaired: none of it is taken for a record.
 */
import { crc32 } from '../../runtime/index.ts';

/** "LCR1" */
const MARK = 0x4c435231;
const HEADER_BYTES = 12;

export function frameRecord(body: Uint8Array): Uint8Array {
  const framed = new Uint8Array(HEADER_BYTES + body.length);
  const view = new DataView(framed.buffer);
  view.setUint32(0, MARK);
  view.setUint32(4, body.length);
  view.setUint32(8, crc32(body));
  framed.set(body, HEADER_BYTES);
  return framed;
}

/** The body (a view), undefined when this is no whole record. */
export function unframeRecord(framed: Uint8Array): Uint8Array | undefined {
  if (framed.length < HEADER_BYTES) return undefined;
  const view = new DataView(framed.buffer, framed.byteOffset, HEADER_BYTES);
  if (view.getUint32(0) !== MARK || view.getUint32(4) !== framed.length - HEADER_BYTES) return undefined;
  const body = framed.subarray(HEADER_BYTES);
  return crc32(body) === view.getUint32(8) ? body : undefined;
}
