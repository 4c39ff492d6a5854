/** The values of rooms. */

/**
 * What states and updates are made of: null, booleans, finite numbers, strings, bytes, arrays, and plain objects. It has exactly one
 * encoding (canonical.ts), so that equal states have equal hashes in every engine.
 */
export type Plain =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly Plain[]
  | { readonly [key: string]: Plain };
