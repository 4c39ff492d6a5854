/**
 * Goes before what a render worker runs, in a tab and in a terminal: of a Block it waits for each sample before it computes. A render then lasts
 * long enough for something to happen in the middle of it, however busy the machine is, and leaves the processor to everybody else.
 */
{
  /** A quarter of what one core computes of the sample scene. */
  const SAMPLES_PER_MS = 125;
  const clock = new Int32Array(new SharedArrayBuffer(4));
  /** @param call as comlink sends it */
  const wait = (call) => {
    for (const { value } of call?.argumentList ?? []) {
      const { width, height, sampleCount } = value ?? {};
      if (sampleCount > 0) Atomics.wait(clock, 0, 0, (width * height * sampleCount) / SAMPLES_PER_MS);
    }
  };
  if (typeof require === 'function') {
    const { parentPort } = require('node:worker_threads');
    const on = parentPort?.on;
    if (parentPort)
      parentPort.on = (event, listener) =>
        on.call(parentPort, event, (data) => {
          if (event === 'message') wait(data);
          listener(data);
        });
  } else {
    self.addEventListener('message', ({ data }) => wait(data));
  }
}
