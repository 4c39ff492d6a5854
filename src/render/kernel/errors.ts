import { LeafcutterError } from '../../runtime/index.ts';

export type KernelErrorCode =
  /** The scene contradicts itself: an index out of range, arrays of unequal length, a number that is not finite. */
  | 'invalid-scene'
  | 'invalid-environment'
  | 'invalid-view'
  | 'invalid-block'
  /** More than the 4 GiB of a 32-bit kernel, or than the machine gives. */
  | 'out-of-memory'
  /** The bytes are not this version's kernel, or SIMD is missing. */
  | 'unusable-kernel';

/** What the kernel refuses, before it touches anything. */
export class KernelError extends LeafcutterError {
  declare readonly code: KernelErrorCode;

  constructor(code: KernelErrorCode, message: string, options?: { cause?: unknown }) {
    super(code, message, options);
  }
}
