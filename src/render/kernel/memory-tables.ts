/** Room in the kernel's memory, and arrays copied into it. */
import * as layout from './assembly/layout.ts';
import { KernelError } from './errors.ts';
import type { KernelInstance } from './instance.ts';

/** @param align a power of two @throws KernelError `out-of-memory` */
export function allocate({ wasm }: KernelInstance, bytes: number, what: string, align = 16): number {
  const address = bytes > 0xffff_ffff ? 0 : wasm.alloc(bytes, align) >>> 0;
  if (address === 0) {
    throw new KernelError(
      'out-of-memory',
      `no memory for ${what} (${Math.ceil(bytes / 2 ** 20)} MiB): the scene is too large for this machine or for the 4 GiB of the kernel`,
    );
  }
  return address;
}

/** Copies an array behind everything else. @returns its address; 0 for an empty optional one. */
export function place(
  kernel: KernelInstance,
  array: Float32Array | Uint32Array | Uint8Array,
  what: string,
): number {
  const address = allocate(kernel, array.byteLength + layout.ARRAY_PADDING, what);
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  new Uint8Array(kernel.memory.buffer, address, array.byteLength).set(bytes);
  return address;
}
