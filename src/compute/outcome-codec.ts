/** Outcomes as they travel: one byte (0: value, 1: error), then msgpack. */
import { decodeControl, encodeControl } from '../wire/index.ts';
import { ComputeError, OUTPUT_LIMITS, type Outcome, type Value } from './contract.ts';
import { encodePlain, PLAIN } from './plain-value.ts';

const VALUE = 0;
const ERROR = 1;
const MAX_MESSAGE = 2_000;
const ERROR_LIMITS = { maxBytes: 4 * MAX_MESSAGE, maxDepth: 1, maxElements: 4 };

/** What a worker answers for one input. */
export type CallAnswer =
  | { readonly value: unknown; readonly error?: undefined }
  | {
      readonly value?: undefined;
      readonly error: { readonly message: string; readonly line?: number; readonly column?: number };
    };

/** A value that has no plain form becomes an error that says so. */
export function encodeAnswer(answer: CallAnswer): Uint8Array {
  if (answer.error) return encodeError(answer.error);
  const body = encodePlain(answer.value ?? null, OUTPUT_LIMITS);
  if (body) return tagged(VALUE, body);
  return encodeError({ message: `the result cannot be sent: ${PLAIN}, up to 4 MiB` });
}

function encodeError({ message, line, column }: NonNullable<CallAnswer['error']>): Uint8Array {
  return tagged(
    ERROR,
    encodeControl([message.slice(0, MAX_MESSAGE), line ?? null, column ?? null], ERROR_LIMITS),
  );
}

function tagged(tag: number, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + body.length);
  bytes[0] = tag;
  bytes.set(body, 1);
  return bytes;
}

/** undefined: no outcome of ours. */
export function decodeOutcome(index: number, bytes: Uint8Array): Outcome | undefined {
  const body = bytes.subarray(1);
  if (bytes[0] === VALUE) {
    const { value, problem } = decodeControl(body, OUTPUT_LIMITS);
    return problem ? undefined : { index, value: value as Value };
  }
  if (bytes[0] !== ERROR) return undefined;
  const { value } = decodeControl(body, ERROR_LIMITS);
  if (!Array.isArray(value)) return undefined;
  const [message, line, column]: unknown[] = value;
  if (typeof message !== 'string') return undefined;
  const place = {
    ...(typeof line === 'number' && { line }),
    ...(typeof column === 'number' && { column }),
  };
  return { index, error: new ComputeError(message, place) };
}
