/**
 * What an application says to another: a name and a body, perhaps a question or its answer. The bytes, inside a window's
 * packets and as the body of `msg_broadcast`:
 *
 *   0  u8  kind: 0 message, 1 request, 2 response, 3 error
 *   1  u8  length of the name in bytes, at most 64; 0 for a response or an error
 *   2  u32 request id, big-endian; absent for a message
 *   .. name (UTF-8), then the body to the end; the body of an error is its reason (UTF-8)
 */

import { LeafcutterError } from '../../runtime/index.ts';
import { read32, write32 } from '../../wire/index.ts';
import { MAX_MESSAGE_BYTES } from '../contract.ts';
import { MessageTooLargeError } from '../errors.ts';

export type MeshMessage =
  | { readonly kind: 'message'; readonly name: string; readonly body: Uint8Array }
  | { readonly kind: 'request'; readonly name: string; readonly requestId: number; readonly body: Uint8Array }
  | { readonly kind: 'response'; readonly requestId: number; readonly body: Uint8Array }
  | { readonly kind: 'error'; readonly requestId: number; readonly reason: string };

export const MAX_NAME_BYTES = 64;
/** An error's reason is for people: the rest of a long one is cut, a far longer one is malformed. */
const MAX_REASON_CHARACTERS = 1024;
const MAX_REASON_BYTES = 4 * MAX_REASON_CHARACTERS;
/** Kind, name length, request id and the longest name. */
export const MAX_MESSAGE_HEAD_BYTES = 6 + MAX_NAME_BYTES;

const KINDS = ['message', 'request', 'response', 'error'] as const;
const NO_NAME = new Uint8Array();
const encoder = new TextEncoder();
// A mark of byte order is a character like others: a name that begins with one is another than without.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A message ready to be laid out: its head as numbers, its body still the caller's. */
export interface PreparedMessage {
  readonly kind: number;
  readonly name: Uint8Array;
  readonly requestId: number;
  readonly body: Uint8Array;
  /** When it was handed over. */
  readonly bodyBytes: number;
  readonly headBytes: number;
}

/**
 * Checks a message and encodes its name; the body is not copied.
 * @throws MessageTooLargeError; LeafcutterError `bad-message-name` when the name is empty or over 64 bytes of UTF-8
 */
export function prepareMessage(message: MeshMessage): PreparedMessage {
  const isNamed = message.kind === 'message' || message.kind === 'request';
  const name = isNamed ? encodeName(message.name) : NO_NAME;
  const requestId = message.kind === 'message' ? 0 : message.requestId;
  const body =
    message.kind === 'error' ? encoder.encode(message.reason.slice(0, MAX_REASON_CHARACTERS)) : message.body;
  if (body.length > MAX_MESSAGE_BYTES) throw new MessageTooLargeError(body.length, MAX_MESSAGE_BYTES);
  const headBytes = (message.kind === 'message' ? 2 : 6) + name.length;
  return { kind: KINDS.indexOf(message.kind), name, requestId, body, bodyBytes: body.length, headBytes };
}

/** Its maker has transferred or resized the body, which has yet to leave: there is nothing of it to send. */
export function isBodyGone({ body, bodyBytes }: PreparedMessage): boolean {
  return body.length !== bodyBytes;
}

/** Writes the head at `at` and returns the offset after it, where the body begins. */
export function writeMessageHead(message: PreparedMessage, into: Uint8Array, at: number): number {
  into[at] = message.kind;
  into[at + 1] = message.name.length;
  let next = at + 2;
  if (message.kind !== 0) {
    write32(into, next, message.requestId);
    next += 4;
  }
  into.set(message.name, next);
  return next + message.name.length;
}

/** The whole message in fresh bytes. @throws as prepareMessage */
export function encodeMessage(message: MeshMessage): Uint8Array {
  const prepared = prepareMessage(message);
  const bytes = new Uint8Array(prepared.headBytes + prepared.body.length);
  bytes.set(prepared.body, writeMessageHead(prepared, bytes, 0));
  return bytes;
}

/**
 * Reads the untrusted bytes in start..end; undefined when they are no message. Never throws. The body is a view: who
 * keeps it longer than the call that delivers it copies it.
 */
export function decodeMessage(bytes: Uint8Array, start = 0, end = bytes.length): MeshMessage | undefined {
  if (end - start < 2) return undefined;
  const kind = KINDS[bytes[start] ?? 255];
  const nameLength = bytes[start + 1] ?? 255;
  const nameAt = start + (kind === 'message' ? 2 : 6);
  const bodyAt = nameAt + nameLength;
  if (kind === undefined || nameLength > MAX_NAME_BYTES || bodyAt > end) return undefined;
  const isNamed = kind === 'message' || kind === 'request';
  if (isNamed !== nameLength > 0) return undefined;
  const name = isNamed ? decodeName(bytes, nameAt, bodyAt) : '';
  if (name === undefined) return undefined;
  const body = bytes.subarray(bodyAt, end);
  if (kind === 'message') return { kind, name, body };
  const requestId = read32(bytes, start + 2);
  switch (kind) {
    case 'request':
      return { kind, name, requestId, body };
    case 'response':
      return { kind, requestId, body };
    case 'error': {
      const reason = body.length > MAX_REASON_BYTES ? undefined : decodeText(body);
      return reason === undefined ? undefined : { kind, requestId, reason };
    }
  }
}

function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

// Applications use a handful of names and send hundreds of thousands of messages a second: both directions remember
// recent ones. Bounded, because the names that arrive are chosen by others.
const CACHED_NAMES = 256;
const encodedNames = new Map<string, Uint8Array>();
const decodedNames: ({ readonly bytes: Uint8Array; readonly name: string } | undefined)[] = [];

function encodeName(name: string): Uint8Array {
  const known = encodedNames.get(name);
  if (known) return known;
  const bytes = encoder.encode(name);
  if (bytes.length < 1 || bytes.length > MAX_NAME_BYTES) {
    throw new LeafcutterError(
      'bad-message-name',
      `a message's name has 1 to ${MAX_NAME_BYTES} bytes of UTF-8, "${name.slice(0, 80)}" has ${bytes.length}`,
    );
  }
  if (encodedNames.size >= CACHED_NAMES) encodedNames.clear();
  encodedNames.set(name, bytes);
  return bytes;
}

function decodeName(bytes: Uint8Array, start: number, end: number): string | undefined {
  let hash = end - start;
  for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + (bytes[i] ?? 0)) | 0;
  const place = (hash >>> 0) % CACHED_NAMES;
  const known = decodedNames[place];
  if (known && isSame(known.bytes, bytes, start, end)) return known.name;
  const name = decodeText(bytes.subarray(start, end));
  if (name !== undefined) decodedNames[place] = { bytes: bytes.slice(start, end), name };
  return name;
}

function isSame(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let i = 0; i < known.length; i++) if (known[i] !== bytes[start + i]) return false;
  return true;
}
