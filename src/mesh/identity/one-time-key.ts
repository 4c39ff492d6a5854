/**
 * The key of Poly1305 for one message: the first half of the first block of ChaCha20 (RFC 8439, 2.3 and 2.6). Written out because it is one
 * block and no stream: the library's cipher is a kilobyte more in every page.
 */

/** "expand 32-byte k" */
const CONSTANTS = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574];
type Quarter = readonly [number, number, number, number];
/** Words of a quarter round: the columns, then the diagonals. */
const QUARTERS: readonly Quarter[] = [
  [0, 4, 8, 12],
  [1, 5, 9, 13],
  [2, 6, 10, 14],
  [3, 7, 11, 15],
  [0, 5, 10, 15],
  [1, 6, 11, 12],
  [2, 7, 8, 13],
  [3, 4, 9, 14],
];
const DOUBLE_ROUNDS = 10;
const KEY_WORDS = 8;
const COUNTER_AT = 12;

/** @param key 32 bytes. @param nonce 12 bytes, never twice with one key. @returns 32 bytes */
export function oneTimeKey(key: Uint8Array, nonce: Uint8Array): Uint8Array {
  const begin = new Int32Array(16);
  begin.set(CONSTANTS);
  setWords(begin, CONSTANTS.length, key);
  setWords(begin, COUNTER_AT + 1, nonce);
  const words = begin.slice();
  for (let round = 0; round < DOUBLE_ROUNDS; round++)
    for (let i = 0; i < QUARTERS.length; i++) {
      const [a, b, c, d] = QUARTERS[i] as Quarter; // below its length
      mix(words, a, b, d, 16);
      mix(words, c, d, b, 12);
      mix(words, a, b, d, 8);
      mix(words, c, d, b, 7);
    }
  const bytes = new Uint8Array(4 * KEY_WORDS);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < KEY_WORDS; i++) view.setInt32(4 * i, (words[i] ?? 0) + (begin[i] ?? 0), true);
  return bytes;
}

/** `sum += term; turned = (turned ^ sum) <<< bits`, in words of 32 bits. */
function mix(words: Int32Array, sum: number, term: number, turned: number, bits: number): void {
  const added = ((words[sum] ?? 0) + (words[term] ?? 0)) | 0;
  words[sum] = added;
  const mixed = (words[turned] ?? 0) ^ added;
  words[turned] = (mixed << bits) | (mixed >>> (32 - bits));
}

function setWords(words: Int32Array, at: number, bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let i = 0; 4 * i < bytes.length; i++) words[at + i] = view.getInt32(4 * i, true);
}
