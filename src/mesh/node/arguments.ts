/**
 * What an application hands over, checked where it comes in: programs in JavaScript hand over anything, and what the mesh
 * finds out later it cannot tell the caller any more.
 */
import { LeafcutterError } from '../../runtime/index.ts';
import { isNodeId } from '../../wire/index.ts';
import type { StreamOptions } from '../contract.ts';
import { MAX_NAME_BYTES } from '../window/index.ts';

const encoder = new TextEncoder();

/** @throws LeafcutterError `bad-target` */
export function checkTarget(target: unknown): void {
  if (typeof target !== 'string') {
    throw new LeafcutterError('bad-target', "a target is a Node's id, or a list of ids for several");
  }
  if (!isNodeId(target)) {
    throw new LeafcutterError(
      'bad-target',
      `"${target.slice(0, 80)}" is no Node's id: take it from members(), or from who a message is from`,
    );
  }
}

/** @throws LeafcutterError `bad-message-name` */
export function checkMessageName(name: unknown): void {
  checkName('bad-message-name', "a message's name", name);
}

/** @throws LeafcutterError `bad-stream-name` */
export function checkStreamName(name: unknown): void {
  checkName('bad-stream-name', "a stream's name", name);
}

/** @throws LeafcutterError `bad-lane` */
export function checkLane(lane: StreamOptions['lane']): void {
  if (lane === undefined || lane === 'messages' || lane === 'bulk') return;
  throw new LeafcutterError('bad-lane', `a stream's lane is "messages" or "bulk", not "${String(lane)}"`);
}

/** @throws LeafcutterError `bad-body` */
export function checkBody(body: unknown): void {
  if (body instanceof Uint8Array) return;
  throw new LeafcutterError(
    'bad-body',
    `a body is a Uint8Array, not ${kindOf(body)}; encode text with TextEncoder, other values with msgpack`,
  );
}

/** @throws LeafcutterError `bad-timeout` */
export function checkTimeout(timeoutMs: unknown): void {
  if (typeof timeoutMs === 'number' && timeoutMs > 0) return;
  throw new LeafcutterError(
    'bad-timeout',
    `timeoutMs is a number of milliseconds above 0, not ${typeof timeoutMs === 'number' ? timeoutMs : kindOf(timeoutMs)}; leave it out for the default`,
  );
}

/** @throws LeafcutterError `bad-handler` */
export function checkHandler(handler: unknown): void {
  if (typeof handler === 'function') return;
  throw new LeafcutterError('bad-handler', `a handler is a function, not ${kindOf(handler)}`);
}

/** Attributes are one object of values that msgpack has a plain form for: others see what we see. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** No `undefined`, dates, maps, other classes, functions, or big integers. Depth is the encoder's to bound. */
export function isPlain(value: unknown, depth = 0): boolean {
  if (value === null || value instanceof Uint8Array) return true;
  if (typeof value !== 'object') return ['boolean', 'number', 'string'].includes(typeof value);
  if (depth > MAX_DEPTH) return false; // a cycle, perhaps
  if (Array.isArray(value)) return value.every((inner) => isPlain(inner, depth + 1));
  return isPlainObject(value) && Object.values(value).every((inner) => isPlain(inner, depth + 1));
}
const MAX_DEPTH = 16;

function checkName(code: string, what: string, name: unknown): void {
  if (typeof name !== 'string') throw new LeafcutterError(code, `${what} is a string, not ${kindOf(name)}`);
  // A character takes three bytes at most: most names need no counting.
  if (name.length > 0 && 3 * name.length <= MAX_NAME_BYTES) return;
  const bytes = encoder.encode(name).length;
  if (bytes >= 1 && bytes <= MAX_NAME_BYTES) return;
  throw new LeafcutterError(
    code,
    `${what} has 1 to ${MAX_NAME_BYTES} bytes of UTF-8, "${name.slice(0, 80)}" has ${bytes}`,
  );
}

function kindOf(value: unknown): string {
  if (value === null || typeof value !== 'object') return String(value === null ? null : typeof value);
  return (value.constructor as { readonly name?: string } | undefined)?.name || 'object';
}
