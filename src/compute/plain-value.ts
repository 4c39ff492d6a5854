/** What may travel between page, mesh and sandbox. The encoder alone would make wrong bytes of a typed array and nothing of a function. */
import { type ControlLimits, encodeControl } from '../wire/index.ts';
import type { Value } from './contract.ts';

export const PLAIN =
  'it must be null, a boolean, number, text or Uint8Array, or lists and objects of these (Array.from makes a list of another typed array)';

/** undefined when the value has no plain form within the limits. */
export function encodePlain(value: unknown, limits: ControlLimits): Uint8Array | undefined {
  if (!isPlain(value, limits.maxDepth)) return undefined;
  try {
    return encodeControl(value, limits);
  } catch {
    return undefined;
  }
}

function isPlain(value: unknown, depth: number): value is Value {
  if (value === null || value instanceof Uint8Array) return true;
  switch (typeof value) {
    case 'boolean':
    case 'number':
    case 'string':
      return true;
    case 'object':
      if (depth === 0) return false;
      if (Array.isArray(value)) return value.every((one) => isPlain(one, depth - 1));
      return isObject(value) && Object.values(value).every((one) => isPlain(one, depth - 1));
    default:
      return false;
  }
}

/** As a literal makes it, also in another realm. */
function isObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
