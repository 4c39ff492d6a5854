/** What an application says of its Node, checked and laid out to travel with its record. */
import { LeafcutterError } from '../../runtime/index.ts';
import { encodeControl } from '../../wire/index.ts';
import { type Attributes, MAX_ATTRIBUTE_BYTES } from '../contract.ts';
import { isPlain, isPlainObject } from './arguments.ts';

/** As msgpack. @throws LeafcutterError `attributes` when they are too large or not plain */
export function encodeAttributes(attributes: Attributes): Uint8Array {
  if (!isPlainObject(attributes) || !isPlain(attributes)) throw notPlainAttributes();
  let bytes: Uint8Array;
  try {
    bytes = encodeControl(attributes as Parameters<typeof encodeControl>[0]); // which checks what it is given
  } catch (cause) {
    throw notPlainAttributes(cause);
  }
  if (bytes.length > MAX_ATTRIBUTE_BYTES) {
    throw new LeafcutterError(
      'attributes',
      `a Node's attributes take ${bytes.length} bytes; at most ${MAX_ATTRIBUTE_BYTES} travel with its record`,
    );
  }
  return bytes.slice();
}

export function notPlainAttributes(cause?: unknown): LeafcutterError {
  return new LeafcutterError(
    'attributes',
    "a Node's attributes are an object of null, booleans, numbers, strings, Uint8Arrays, and arrays and objects of these, at most 8 deep; leave out what is undefined",
    { cause },
  );
}
