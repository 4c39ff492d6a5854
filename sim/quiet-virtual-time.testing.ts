import { afterAll, beforeAll, vi } from 'vitest';
import { setLogSink } from '../src/runtime/index.ts';

/**
 * For tests in virtual time, at the top of the file: nothing is logged, and nothing happens in real time. WebCrypto hashes on a
 * thread of its own; without it hashing stays in the turn that asks for it.
 */
export function quietVirtualTime(): void {
  beforeAll(() => {
    const { getRandomValues } = globalThis.crypto;
    vi.stubGlobal('crypto', { getRandomValues: getRandomValues.bind(globalThis.crypto) });
    setLogSink(() => {});
  });
  afterAll(() => {
    vi.unstubAllGlobals();
    setLogSink(undefined);
  });
}
