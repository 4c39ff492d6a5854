/**
 * Words of control lines as texts. Publishers say the same few again and again: a word that was read before is the same text again, which costs
 * a comparison and no memory, and is found faster wherever it is a key.
 */

/** A guess: a wall of a thousand sensors, and little memory. For all connections together. */
const SLOTS = 4_096;
/** From here on a decoder's call costs less than its characters, and words are seldom the same. */
const SHORT_BYTES = 48;

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const known: (string | undefined)[] = new Array<string | undefined>(SLOTS).fill(undefined);

/** What is no UTF-8 becomes U+FFFD. */
export function wordOf(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > SHORT_BYTES) return utf8.decode(bytes.subarray(start, end));
  let hash = end - start;
  for (let index = start; index < end; index++) {
    const byte = bytes[index] ?? 0;
    if (byte > 0x7f) return utf8.decode(bytes.subarray(start, end));
    hash = (hash * 31 + byte) | 0;
  }
  const slot = (hash ^ (hash >>> 12)) & (SLOTS - 1);
  const text = known[slot];
  if (text !== undefined && isSame(text, bytes, start, end)) return text;
  let fresh = '';
  for (let index = start; index < end; index++) fresh += String.fromCharCode(bytes[index] ?? 0);
  known[slot] = fresh;
  return fresh;
}

function isSame(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let index = 0; index < text.length; index++)
    if (text.charCodeAt(index) !== bytes[start + index]) return false;
  return true;
}
