import { afterAll, beforeAll } from 'vitest';
import { setLogSink } from '../src/runtime/index.ts';
import { hashAtOnce } from './hash-at-once.ts';

/** For tests in virtual time, at the top of the file: nothing is logged, and nothing happens in real time. */
export function quietVirtualTime(): void {
  let undo = (): void => {};
  beforeAll(() => {
    undo = hashAtOnce();
    setLogSink(() => {});
  });
  afterAll(() => {
    undo();
    setLogSink(undefined);
  });
}
