/** What stands for a Network's name wherever something is bound to that Network: handshakes and records. */
import type { Cryptography } from './cryptography.ts';

export const NAME_HASH_BYTES = 32;

const encoder = new TextEncoder();

/** Tells two Networks apart. A name is short, so its hash hides it from nobody who guesses. */
export function networkNameHash(name: string, { sha256 }: Pick<Cryptography, 'sha256'>): Uint8Array {
  return sha256(encoder.encode(`leafcutter network\n${name}`));
}
