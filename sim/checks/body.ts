/**
 * The bodies that scenarios send: they say which message they are, so that the checks recognize them, and are filled so
 * that a body which was cut, mixed up or overwritten is seen.
 *
 *   0  u32 mark    4  u32 number of the message in its run    8  u32 length    12..  a pattern
 */
const MARK = 0x1eafca7e;
export const LEAST_BODY_BYTES = 12;
/** Of larger bodies only some bytes are written and looked at. */
const DENSE_BYTES = 512;
const SPARSE_STEP = 509;

export function makeBody(serial: number, length: number): Uint8Array {
  const body = new Uint8Array(Math.max(length, LEAST_BODY_BYTES));
  write32(body, 0, MARK);
  write32(body, 4, serial);
  write32(body, 8, body.length);
  for (let i = LEAST_BODY_BYTES; i < body.length; i += i < DENSE_BYTES ? 1 : SPARSE_STEP) {
    body[i] = patternAt(serial, i);
  }
  return body;
}

/** The number of the message, undefined for a body that no scenario made, or 'damaged'. */
export function readBody(body: Uint8Array): number | 'damaged' | undefined {
  if (body.length < LEAST_BODY_BYTES || read32(body, 0) !== MARK) return undefined;
  if (read32(body, 8) !== body.length) return 'damaged';
  const serial = read32(body, 4);
  for (let i = LEAST_BODY_BYTES; i < body.length; i += i < DENSE_BYTES ? 1 : SPARSE_STEP) {
    if (body[i] !== patternAt(serial, i)) return 'damaged';
  }
  return serial;
}

function patternAt(serial: number, at: number): number {
  return (serial * 7 + at) & 0xff;
}

function write32(into: Uint8Array, at: number, value: number): void {
  into[at] = value >>> 24;
  into[at + 1] = value >>> 16;
  into[at + 2] = value >>> 8;
  into[at + 3] = value;
}

function read32(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] as number) << 24) | // the caller has checked the length
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number)) >>>
    0
  );
}
