/** Whatever bytes another device brings as a computation, or as what came of one. */
import { JobRefusedError } from '../farm/index.ts';
import { itWithstands } from '../wire/fuzzed.testing.ts';
import { decodeOutcome, encodeAnswer } from './outcome-codec.ts';
import { decodeSpec, encodeSpec } from './spec.ts';

const spec = {
  source: 'ab'.repeat(32),
  sourceBytes: 400,
  inputCount: 9,
  inputsPerTask: 3,
  isRepeatable: true,
};
const good = [
  encodeSpec({ ...spec, inputs: Uint8Array.of(1, 2, 3) } as never),
  encodeSpec({ ...spec, inputs: { hash: 'cd'.repeat(32), bytes: 70_000 } } as never),
  encodeAnswer({ value: { a: [1, 2.5, 'text'], b: new Uint8Array(7) } } as never),
  encodeAnswer({ error: { message: 'it broke', line: 3, column: 9 } } as never),
];

itWithstands(
  { decodeSpec: (bytes) => decodeSpec(bytes, 3), decodeOutcome: (bytes) => decodeOutcome(0, bytes) },
  good,
  19,
  (error) => error instanceof JobRefusedError,
);
