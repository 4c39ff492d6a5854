/**
 * What states and updates are made of, in one form. Two Nodes with equal states must not differ in anything that a reducer could see:
 * `{a, b}` and `{b, a}` are walked differently by JavaScript. So a value is taken into the room by `settle`: a copy whose maps have their
 * keys in order, frozen all through, and of a known size. What was taken in before is recognised and not walked again: a reducer that
 * copies the path to what it changes, as reducers do, costs that path and not the state. Of a list on that path only what is another than in the
 * one before it is walked.
 */
import { LeafcutterError } from '../../runtime/index.ts';
import type { Plain } from './contract.ts';

/** From here on the platform's encoder counts in a third of the time; below, its call costs more than the characters. */
const LONG_TEXT = 1_024;
const encoder = new TextEncoder();

/** The deepest nesting of lists and maps: far below where any engine's stack ends. */
export const MAX_PLAIN_DEPTH = 64;
const TOO_DEEP = 'nested too deeply';
/** An assignment to it would set an object's prototype. */
export const FORBIDDEN_KEY = '__proto__';

/** The value is not one that every Node would encode alike. */
export class NotPlainError extends LeafcutterError {
  constructor(path: string, what: string) {
    super('not-plain', `${path === '' ? 'the value' : path} is ${what}: a room cannot keep that`);
  }
}

interface Measures {
  /** Of its encoding. */
  readonly bytes: number;
  /** Lists and maps within each other, itself included. A reducer that puts the state before into the next one grows it, and walks nothing. */
  readonly height: number;
}

/** Of lists, maps and bytes that were taken in. */
const measures = new WeakMap<object, Measures>();

/** The value as it is kept: equal, in order, frozen. @param before settled, and mostly the same. @throws NotPlainError */
export function settle(value: unknown, before?: Plain): Plain {
  return settleAt(value, '', 0, before);
}

/** Bytes of the canonical encoding of a value that `settle` gave. */
export function sizeOf(value: Plain): number {
  if (value === null || typeof value === 'boolean') return 1;
  if (typeof value === 'number') return sizeOfNumber(value);
  if (typeof value === 'string') return 1 + sizeOfText(value);
  const known = measures.get(value);
  if (!known) throw new TypeError('a value that was not settled has no size');
  return known.bytes;
}

/** A whole number that has its own encoding: -0 is not 0. */
export function isWhole(value: number): boolean {
  return Number.isSafeInteger(value) && !Object.is(value, -0);
}

/** @param before what was in its place: as deep as this */
function settleAt(value: unknown, path: string, depth: number, before?: unknown): Plain {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new NotPlainError(path, String(value));
    return value;
  }
  if (typeof value === 'string') return wellFormed(value, path);
  if (value === undefined) throw new NotPlainError(path, 'undefined');
  if (typeof value !== 'object') throw new NotPlainError(path, `a ${typeof value}`);
  const known = measures.get(value);
  if (depth + (known?.height ?? 0) > MAX_PLAIN_DEPTH) throw new NotPlainError(path, TOO_DEEP);
  if (known) return value as Plain;
  if (value instanceof Uint8Array) return settleBytes(value);
  if (depth >= MAX_PLAIN_DEPTH) throw new NotPlainError(path, TOO_DEEP);
  if (Array.isArray(value)) return settleList(value, path, depth, before);
  return settleMap(value, path, depth, before);
}

/** Bytes cannot be frozen: the copy is at least nobody else's. */
function settleBytes(value: Uint8Array): Plain {
  return settledBytesOf(new Uint8Array(value), 1 + sizeOfVarint(value.length) + value.length);
}

/** @param copy that nobody else has. @param bytes of its encoding */
export function settledBytesOf(copy: Uint8Array, bytes: number): Uint8Array {
  measures.set(copy, { bytes, height: 0 });
  return copy;
}

function settleList(value: readonly unknown[], path: string, depth: number, before: unknown): Plain {
  // Not `slice`, which keeps holes, and is slow where a list is frozen.
  const copy = [...value] as Plain[];
  const known = isSettledList(before) ? before : EMPTY;
  const { skipped, head, tail } = sameRuns(copy, known);
  let bytes = itemBytesOf(known);
  let highest = heightOf(known) - 1;
  let isHighestGone = false;
  const leave = (gone: Plain): void => {
    bytes -= sizeOf(gone);
    isHighestGone ||= heightOf(gone) === highest;
  };
  for (let i = 0; i < skipped; i++) leave(known[i] ?? null);
  for (let i = skipped + head; i < known.length - tail; i++) leave(known[i] ?? null);
  for (let i = head; i < copy.length - tail; i++) {
    const settled = settleAt(copy[i], `${path}[${i}]`, depth + 1, known[skipped + i]);
    copy[i] = settled;
    bytes += sizeOf(settled);
    highest = Math.max(highest, heightOf(settled));
  }
  if (isHighestGone) highest = copy.reduce((most: number, item) => Math.max(most, heightOf(item)), 0);
  return settledListOf(copy, { bytes: 1 + sizeOfVarint(copy.length) + bytes, height: highest + 1 });
}

/** @param list of settled values, which nobody else has */
export function settledListOf(list: readonly Plain[], measured: Measures): readonly Plain[] {
  measures.set(Object.freeze(list), measured);
  return list;
}

const EMPTY: readonly Plain[] = [];
measures.set(EMPTY, { bytes: 2, height: 1 });

function isSettledList(value: unknown): value is readonly Plain[] {
  return Array.isArray(value) && measures.has(value);
}

function itemBytesOf(list: readonly Plain[]): number {
  return sizeOf(list) - 1 - sizeOfVarint(list.length);
}

/** Of the first item of a list in the one before it: a list that keeps its newest drops a few at its beginning. */
const MAX_SKIPPED = 64;

/**
 * How many items at the beginning and how many at the end are the same, to the sign of a zero; those at the beginning stand behind some that
 * were skipped.
 */
function sameRuns(
  a: readonly unknown[],
  b: readonly unknown[],
): { readonly skipped: number; readonly head: number; readonly tail: number } {
  let skipped = 0;
  while (skipped < MAX_SKIPPED && skipped < b.length && !Object.is(b[skipped], a[0])) skipped++;
  if (skipped === MAX_SKIPPED || skipped === b.length) skipped = 0;
  const most = Math.min(a.length, b.length - skipped);
  let head = 0;
  while (head < most && Object.is(a[head], b[skipped + head])) head++;
  let tail = 0;
  while (tail < most - head && Object.is(a[a.length - 1 - tail], b[b.length - 1 - tail])) tail++;
  return { skipped, head, tail };
}

function settleMap(value: object, path: string, depth: number, before: unknown): Plain {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new NotPlainError(path, `a ${value.constructor?.name ?? 'special object'}`);
  }
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  let bytes = 0;
  let height = 0;
  const copy: Record<string, Plain> = {};
  for (const [key, item] of entries) {
    const was = valueIn(before, key);
    const settled = settleEntryAt(key, item, path === '' ? key : `${path}.${key}`, depth + 1, was);
    bytes += sizeOfEntry(key, settled);
    height = Math.max(height, heightOf(settled));
    copy[key] = settled;
  }
  return settledMapOf(copy, { bytes: sizeOfMap(entries.length, bytes), height: height + 1 });
}

function valueIn(map: unknown, key: string): unknown {
  return typeof map === 'object' && map !== null && Object.hasOwn(map, key)
    ? (map as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

function settleEntryAt(key: string, value: unknown, path: string, depth: number, before?: unknown): Plain {
  if (key === FORBIDDEN_KEY) throw new NotPlainError(path, 'named like the prototype');
  wellFormed(key, path);
  return settleAt(value, path, depth, before);
}

/** The value as it is kept under that key of a map that is in nothing else. @throws NotPlainError */
export function settleEntry(key: string, value: unknown): Plain {
  return settleEntryAt(key, value, key, 1);
}

/** Of a map's entry. */
export function sizeOfEntry(key: string, value: Plain): number {
  return sizeOfText(key) + sizeOf(value);
}

/** @param bytes of its entries */
export function sizeOfMap(count: number, bytes: number): number {
  return 1 + sizeOfVarint(count) + bytes;
}

/** Of all entries of a settled map of so many: known, however much there is. */
export function entryBytesOf(map: Plain, count: number): number {
  return sizeOf(map) - sizeOfMap(count, 0);
}

/** @param map whose values are settled and whose keys are in order; nobody else has it */
export function settledMapOf<Map extends { readonly [key: string]: Plain }>(
  map: Map,
  measured: Measures,
): Map {
  measures.set(Object.freeze(map), measured);
  return map;
}

export function heightOf(value: Plain): number {
  return typeof value === 'object' && value !== null ? (measures.get(value)?.height ?? 0) : 0;
}

/** Half a pair of surrogates has no UTF-8. */
function wellFormed(text: string, path: string): string {
  if (/\p{Surrogate}/u.test(text)) throw new NotPlainError(path, 'a text with half a character');
  return text;
}

function sizeOfNumber(value: number): number {
  if (!isWhole(value)) return 9;
  return 1 + sizeOfVarint(value < 0 ? -1 - value : value);
}

/** With its length in front. */
function sizeOfText(text: string): number {
  const bytes = utf8Length(text);
  return sizeOfVarint(bytes) + bytes;
}

/** @param text without half a character */
function utf8Length(text: string): number {
  if (text.length >= LONG_TEXT) return encoder.encode(text).length;
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) continue;
    // Of a pair each half counts two: four together.
    bytes += code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 1 : 2;
  }
  return bytes;
}

function sizeOfVarint(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++;
  return size;
}
