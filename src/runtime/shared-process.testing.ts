/**
 * Files of tests share a process (vite.config.ts): what one of them replaced in it is put back at its end. And what all of them
 * ask of `expect`.
 */
import { afterAll, expect, vi } from 'vitest';
import { setLogSink } from './index.ts';

/** After the file of tests that is beginning. */
export function putBackAfterwards(): void {
  afterAll(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
    vi.useRealTimers();
    setLogSink(undefined);
  });
}

/** Arrays of numbers are compared number by number: as objects they cost a hundred times that, and are megabytes in many tests. */
function sameNumbers(a: unknown, b: unknown): boolean | undefined {
  if (!isNumbers(a) || !isNumbers(b) || a.constructor !== b.constructor || a.length !== b.length)
    return undefined;
  if (Buffer.compare(bytesOf(a), bytesOf(b)) === 0) return true;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return undefined;
  return true;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Uint8Array) =>
  new Uint8Array(buffer, byteOffset, byteLength);

function isNumbers(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

declare global {
  /** Set when this process has it: some tests load modules anew, this one with them. */
  var comparesNumbers: true | undefined;
}
if (!globalThis.comparesNumbers) expect.addEqualityTesters([sameNumbers]);
globalThis.comparesNumbers = true;
