/** WebCrypto hashes on a thread of its own, in real time. Virtual time needs hashing that is done in the turn that asks for it. */
import { createHash } from 'node:crypto';

async function digest(_: string, bytes: Uint8Array): Promise<ArrayBuffer> {
  const { buffer, byteOffset, length } = createHash('sha256').update(bytes).digest();
  return buffer.slice(byteOffset, byteOffset + length) as ArrayBuffer;
}

/** Undone by what it answers. */
export function hashAtOnce(): () => void {
  const { crypto } = globalThis;
  const getRandomValues = crypto.getRandomValues.bind(crypto);
  Object.defineProperty(globalThis, 'crypto', {
    value: { getRandomValues, subtle: { digest } },
    configurable: true,
  });
  return () => Object.defineProperty(globalThis, 'crypto', { value: crypto, configurable: true });
}

export function hashesAtOnce(): boolean {
  return globalThis.crypto.subtle.digest === digest;
}
