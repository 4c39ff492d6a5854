/** Files of tests share a process (vite.config.ts): what one of them replaced in it is put back at its end. */
import { afterAll, vi } from 'vitest';
import { setLogSink } from './index.ts';

afterAll(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.useRealTimers();
  setLogSink(undefined);
});
