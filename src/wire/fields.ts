/**
 * Readers for the fields of a decoded control body. Each answers with a value of the type it promises, inside the bounds
 * it was given, or `undefined`: the caller then drops the frame as malformed. None throws, whatever it is given.
 */
import { isNodeId, type NodeId } from './node-id.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** The value as a map of fields, undefined when it is anything else. */
export function asFields(value: unknown): Fields | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return undefined;
  return value as Fields;
}

/** A list of at most `most` elements. */
export function readList(fields: Fields, key: string, most: number): readonly unknown[] | undefined {
  const value = own(fields, key);
  return Array.isArray(value) && value.length <= most ? value : undefined;
}

/** An integer in least..most. */
export function readInteger(fields: Fields, key: string, least: number, most: number): number | undefined {
  const value = own(fields, key);
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
    ? value
    : undefined;
}

/** A finite number in least..most. */
export function readNumber(fields: Fields, key: string, least: number, most: number): number | undefined {
  const value = own(fields, key);
  return typeof value === 'number' && value >= least && value <= most ? value : undefined;
}

/** A text of at most `most` UTF-16 units. */
export function readText(fields: Fields, key: string, most: number): string | undefined {
  const value = own(fields, key);
  return typeof value === 'string' && value.length <= most ? value : undefined;
}

/** Bytes, `least` to `most` of them. A view on the frame: copy what outlives it. */
export function readBytes(fields: Fields, key: string, least: number, most = least): Uint8Array | undefined {
  const value = own(fields, key);
  return value instanceof Uint8Array && value.length >= least && value.length <= most ? value : undefined;
}

export function readBoolean(fields: Fields, key: string): boolean | undefined {
  const value = own(fields, key);
  return typeof value === 'boolean' ? value : undefined;
}

export function readNodeId(fields: Fields, key: string): NodeId | undefined {
  const value = own(fields, key);
  return typeof value === 'string' && isNodeId(value) ? value : undefined;
}

function own(fields: Fields, key: string): unknown {
  return Object.hasOwn(fields, key) ? fields[key] : undefined;
}
