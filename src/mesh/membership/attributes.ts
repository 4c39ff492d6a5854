/** What others say of themselves, read once: msgpack of a stranger to a plain object that nobody can change. */
import { asFields, decodeControl } from '../../wire/index.ts';
import type { Attributes } from '../contract.ts';

const NOTHING: Attributes = Object.freeze({});
/** The records of a thousand simulated Nodes are shared, and so is what is read from them. */
const known = new WeakMap<Uint8Array, Attributes>();

/** `{}` for what cannot be read or is no map. Never throws. The same object for the same array. */
export function readAttributes(bytes: Uint8Array | undefined): Attributes {
  if (!bytes) return NOTHING;
  const before = known.get(bytes);
  if (before) return before;
  const fields = asFields(decodeControl(bytes).value);
  const attributes = fields ? (frozen(fields) as Attributes) : NOTHING;
  known.set(bytes, attributes);
  return attributes;
}

/** Depth is bounded by `decodeControl`. Bytes cannot be frozen; they are a copy of nobody's. */
function frozen(value: unknown): unknown {
  if (value instanceof Uint8Array) return new Uint8Array(value); // a decoder's may be a Buffer, whose slices are views
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return Object.freeze(value.map(frozen));
  const copy = Object.entries(value).map(([key, inner]) => [key, frozen(inner)] as const);
  return Object.freeze(Object.fromEntries(copy));
}
