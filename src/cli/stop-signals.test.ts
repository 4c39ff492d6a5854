import { expect, it } from 'vitest';
import { onceToldToStop, type StopSignal } from './stop-signals.ts';

/** A process that is told things at times of our choice. */
function stoppable() {
  const listeners = new Map<StopSignal, () => void>();
  const happened: string[] = [];
  let nowMs = 0;
  const take = onceToldToStop(
    ['SIGINT', 'SIGTERM', 'SIGHUP'],
    (signal) => happened.push(`stops by ${signal}`),
    {
      on: (signal, listener) => listeners.set(signal, listener),
      off: (signal) => listeners.delete(signal),
      end: (signal) => happened.push(`ends by ${signal}`),
    },
    () => nowMs,
  );
  return {
    ...{ happened, take },
    tell(signal: StopSignal, atMs: number): void {
      nowMs = atMs;
      const listener = listeners.get(signal);
      if (listener) listener();
      else happened.push(`nobody listens to ${signal}`);
    },
  };
}

it('takes a signal that comes twice at once, as by npx and the terminal, for one wish, and a later one for impatience', () => {
  const { happened, tell } = stoppable();
  tell('SIGINT', 0);
  tell('SIGINT', 20);
  tell('SIGTERM', 999);
  expect(happened).toEqual(['stops by SIGINT']);
  tell('SIGINT', 1_000);
  expect(happened).toEqual(['stops by SIGINT', 'ends by SIGINT']);
});

it('still takes them for one when what was to be done ended meanwhile', () => {
  const { happened, tell, take } = stoppable();
  tell('SIGHUP', 5);
  take();
  tell('SIGHUP', 25);
  expect(happened).toEqual(['stops by SIGHUP']);
});

it('leaves signals alone once the work is done without any', () => {
  const { happened, tell, take } = stoppable();
  take();
  tell('SIGTERM', 5);
  expect(happened).toEqual(['nobody listens to SIGTERM']);
});
