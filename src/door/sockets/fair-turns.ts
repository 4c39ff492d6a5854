/**
 * One client that says very much at once must not keep the others waiting: Node reads up to two megabytes of one socket before it looks at
 * the next. Whose chunk took long is read on when the others have had their turn.
 */

/** As long as a frame of a page lasts. Measured: a hundred thousand SUBs in one go held everyone up for half a second. */
const LONG_TURN_MS = 16;

/** @param resume its turn has come again: nothing, where the socket is paused for another reason */
export function inFairTurns(
  read: (chunk: Uint8Array) => void,
  { pause, resume }: { pause(): void; resume(): void },
): (chunk: Uint8Array) => void {
  return (chunk) => {
    const startMs = performance.now();
    read(chunk);
    if (performance.now() - startMs < LONG_TURN_MS) return;
    pause();
    setImmediate(resume);
  };
}
