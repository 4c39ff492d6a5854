/**
 * Inputs that nobody sends by accident, for parsers of what comes from the network: random bytes, and good ones that were bent. As
 * views into a larger buffer, as frames come. FUZZ_INPUTS sets how many each parser gets.
 */
import { concatBytes, integerBelow, type Random } from '../runtime/index.ts';

export const FUZZ_INPUTS = Number(process.env['FUZZ_INPUTS'] ?? 3_000);

/** Lengths, counts and tags that break arithmetic. */
const ODD_BYTES = [0x00, 0x01, 0x7f, 0x80, 0x8f, 0x9f, 0xc1, 0xc6, 0xd9, 0xdb, 0xdd, 0xdf, 0xe0, 0xff];
const ODD_VALUES: readonly unknown[] = [
  ...[
    null,
    true,
    '',
    0,
    -1,
    -0,
    0.5,
    1e308,
    2 ** 53,
    Number.MIN_SAFE_INTEGER,
    [],
    {},
    [[]],
    '\u0000',
    '\ud800',
  ],
  ...['__proto__', 'constructor', 'a'.repeat(70_000), Array.from({ length: 100 }, () => ({})), { length: 3 }],
];
const MAX_RANDOM_BYTES = 600;

/** `count` inputs, one in four of them random. */
export function* bentBytes(
  good: readonly Uint8Array[],
  random: Random,
  count = FUZZ_INPUTS,
): Generator<Uint8Array> {
  for (let i = 0; i < count; i++) {
    let bytes = one(good, random);
    if (i % 4 === 0) bytes = random.bytes(integerBelow(random, MAX_RANDOM_BYTES));
    else for (let left = 1 + integerBelow(random, 4); left > 0; left--) bytes = bend(bytes, good, random);
    const before = integerBelow(random, 9);
    const buffer = concatBytes(random.bytes(before), bytes, random.bytes(integerBelow(random, 9)));
    yield buffer.subarray(before, before + bytes.length);
  }
}

/** The same of texts. */
export function* bentTexts(good: readonly string[], random: Random, count = FUZZ_INPUTS): Generator<string> {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  const bytes = good.map((text) => encoder.encode(text));
  for (const bent of bentBytes(bytes, random, count)) yield decoder.decode(bent);
}

/** Good values of JSON in which something is of another kind, missing, or too much. */
export function* bentValues(
  good: readonly unknown[],
  random: Random,
  count = FUZZ_INPUTS,
): Generator<unknown> {
  for (let i = 0; i < count; i++) {
    yield i % 8 === 0 ? one(ODD_VALUES, random) : bendValue(structuredClone(one(good, random)), random);
  }
}

function bend(bytes: Uint8Array, good: readonly Uint8Array[], random: Random): Uint8Array {
  const at = integerBelow(random, bytes.length + 1);
  const other = one(good, random);
  const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (integerBelow(random, 7)) {
    case 0:
      return bytes.length === 0
        ? bytes
        : bytes.with(Math.min(at, bytes.length - 1), integerBelow(random, 256));
    case 1:
      return bytes.length === 0 ? bytes : bytes.with(Math.min(at, bytes.length - 1), one(ODD_BYTES, random));
    case 2:
      return head;
    case 3:
      return concatBytes(head, random.bytes(1 + integerBelow(random, 8)), tail);
    case 4:
      return concatBytes(head, tail.subarray(1 + integerBelow(random, 8)));
    case 5:
      return concatBytes(head, other.subarray(integerBelow(random, other.length + 1)));
    default:
      return bytes.length > 4_000 ? bytes : concatBytes(bytes, tail);
  }
}

function bendValue(value: unknown, random: Random): unknown {
  if (typeof value !== 'object' || value === null || integerBelow(random, 6) === 0)
    return one(ODD_VALUES, random);
  const fields = value as Record<string, unknown>;
  const keys = Object.keys(fields);
  const key = keys.length > 0 ? one(keys, random) : 'type';
  if (integerBelow(random, 8) === 0) delete fields[key];
  else fields[key] = bendValue(fields[key], random);
  return fields;
}

function one<Item>(items: readonly Item[], random: Random): Item {
  const item = items[integerBelow(random, items.length)];
  if (item === undefined && items.length === 0) throw new Error('nothing to choose from');
  return item as Item;
}
