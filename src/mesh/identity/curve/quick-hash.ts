/**
 * SHA-256 and SHA-512 in WebAssembly (assembly/hash.ts), with the same answers as in JavaScript (sha2.ts): two of SHA-512 were a third of making a
 * signature, one a sixth of judging it.
 */
import { SHA_512_CONSTANTS, SHA_512_START } from '../../../runtime/index.ts';
import type { Hashes } from '../real-cryptography.ts';
import { COMPILED } from './compiled.ts';

const TEXT_BYTES = 16_384;

/** Where something lies in the memory. */
interface Place {
  readonly value: number;
}

interface Compiled {
  readonly memory: WebAssembly.Memory;
  readonly constants: Place;
  readonly state: Place;
  readonly text: Place;
  add256(length: number): void;
  add512(length: number): void;
}

/** A hash of the family. */
interface Kind {
  readonly wordBytes: number;
  /** Of the state as it begins, in words whose least byte is first. */
  readonly start: Uint8Array;
  readonly add: (length: number) => void;
}

export class QuickHash implements Hashes {
  readonly #compiled: Compiled;
  readonly #bytes: Uint8Array;
  readonly #sha256: Kind;
  readonly #sha512: Kind;

  /** @throws where a page's policy forbids WebAssembly */
  constructor() {
    const module = new WebAssembly.Module(Uint8Array.from(atob(COMPILED.hash), (one) => one.charCodeAt(0)));
    this.#compiled = new WebAssembly.Instance(module).exports as unknown as Compiled;
    const { memory, constants, add256, add512 } = this.#compiled;
    this.#bytes = new Uint8Array(memory.buffer);
    this.#bytes.set(turned(bytesOf(SHA_512_CONSTANTS), 8), constants.value);
    const highWords = SHA_512_START.filter((_, i) => i % 2 === 0);
    this.#sha256 = { wordBytes: 4, start: turned(bytesOf(highWords), 4), add: add256 };
    this.#sha512 = { wordBytes: 8, start: turned(bytesOf(SHA_512_START), 8), add: add512 };
  }

  sha256(bytes: Uint8Array): Uint8Array {
    return this.#digest(bytes, this.#sha256);
  }

  sha512(bytes: Uint8Array): Uint8Array {
    return this.#digest(bytes, this.#sha512);
  }

  #digest(bytes: Uint8Array, { wordBytes, start, add }: Kind): Uint8Array {
    const { state, text } = this.#compiled;
    const memory = this.#bytes;
    memory.set(start, state.value);
    const blockBytes = 16 * wordBytes;
    const whole = bytes.length - (bytes.length % TEXT_BYTES);
    for (let at = 0; at < whole; at += TEXT_BYTES) {
      memory.set(bytes.subarray(at, at + TEXT_BYTES), text.value);
      add(TEXT_BYTES);
    }
    // The rest, a one, noughts, and the length in bits.
    const rest = bytes.length - whole;
    memory.set(bytes.subarray(whole), text.value);
    const end = Math.ceil((rest + 1 + 2 * wordBytes) / blockBytes) * blockBytes;
    memory.fill(0, text.value + rest, text.value + end);
    memory[text.value + rest] = 0x80;
    new DataView(memory.buffer).setBigUint64(text.value + end - 8, 8n * BigInt(bytes.length));
    add(end);
    return turned(memory.subarray(state.value, state.value + start.length), wordBytes);
  }
}

/** As the standard writes them. */
function bytesOf(words: Int32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * words.length));
  words.forEach((word, i) => {
    view.setInt32(4 * i, word);
  });
  return new Uint8Array(view.buffer);
}

/** A copy in which the bytes of each word stand the other way round. */
function turned(bytes: Uint8Array, wordBytes: number): Uint8Array {
  return bytes.map((_, i) => bytes[i ^ (wordBytes - 1)] ?? 0);
}
