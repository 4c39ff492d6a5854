/**
 * ChaCha20 and its message authentication (RFC 8439) in WebAssembly (assembly/cipher.ts), with the same answers as in JavaScript: what a page
 * sends and stores in bulk goes through them.
 */
import { COMPILED } from './compiled.ts';

const TEXT_BYTES = 16_384;
const KEY_AT = 16;
const COUNTER_AT = 48;
const NONCE_AT = 52;
const POLY1305_KEY_BYTES = 32;
const TAG_BYTES = 16;
/** "expand 32-byte k" */
const SIGMA = new TextEncoder().encode('expand 32-byte k');

/** Where something lies in the memory. */
interface Place {
  readonly value: number;
}

interface Compiled {
  readonly memory: WebAssembly.Memory;
  readonly block: Place;
  readonly text: Place;
  readonly tagKey: Place;
  stream(length: number): void;
  beginTag(): void;
  addToTag(length: number): void;
  endTag(): void;
}

export class QuickCipher {
  readonly #compiled: Compiled;
  readonly #bytes: Uint8Array;

  /** @throws where a page's policy forbids WebAssembly, or it has none with vectors */
  constructor() {
    const module = new WebAssembly.Module(Uint8Array.from(atob(COMPILED.cipher), (one) => one.charCodeAt(0)));
    this.#compiled = new WebAssembly.Instance(module).exports as unknown as Compiled;
    this.#bytes = new Uint8Array(this.#compiled.memory.buffer);
  }

  /** @param counter of the first block. @returns other bytes */
  chacha20(key: Uint8Array, nonce: Uint8Array, bytes: Uint8Array, counter: number): Uint8Array {
    const { stream, text } = this.#compiled;
    this.#begin(key, nonce, counter);
    const result = new Uint8Array(bytes.length);
    for (let at = 0; at < bytes.length; at += TEXT_BYTES) {
      const some = bytes.subarray(at, at + TEXT_BYTES);
      this.#put(text.value, some);
      stream(some.length);
      result.set(this.#bytes.subarray(text.value, text.value + some.length), at);
    }
    return result;
  }

  /** As `Cryptography.mac`. */
  mac(key: Uint8Array, nonce: Uint8Array, parts: readonly Uint8Array[]): Uint8Array {
    return this.poly1305(this.chacha20(key, nonce, new Uint8Array(POLY1305_KEY_BYTES), 0), parts);
  }

  /** @param key 32 bytes, for one message only. @param parts the message. @returns 16 bytes */
  poly1305(key: Uint8Array, parts: readonly Uint8Array[]): Uint8Array {
    const { text, tagKey, beginTag, addToTag, endTag } = this.#compiled;
    this.#put(tagKey.value, key);
    beginTag();
    let filled = 0;
    for (const part of parts) {
      for (let at = 0; at < part.length; ) {
        const some = part.subarray(at, at + TEXT_BYTES - filled);
        this.#put(text.value + filled, some);
        at += some.length;
        filled += some.length;
        if (filled < TEXT_BYTES) continue;
        addToTag(filled);
        filled = 0;
      }
    }
    addToTag(filled);
    endTag();
    return this.#bytes.slice(tagKey.value, tagKey.value + TAG_BYTES);
  }

  #begin(key: Uint8Array, nonce: Uint8Array, counter: number): void {
    const { memory, block } = this.#compiled;
    const at = block.value;
    this.#put(at, SIGMA);
    this.#put(at + KEY_AT, key);
    new DataView(memory.buffer).setUint32(at + COUNTER_AT, counter, true);
    this.#put(at + NONCE_AT, nonce);
  }

  #put(at: number, bytes: Uint8Array): void {
    this.#bytes.set(bytes, at);
  }
}
