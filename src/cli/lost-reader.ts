/**
 * Whoever read what a command prints is gone: `| head -1` has its line, the disk of a log is full. The command stops as with a terminal
 * that was closed, in its own way if it has one; Node by itself would end it in the middle, with a stack.
 */
import type { EventEmitter } from 'node:events';

interface Ending {
  exitCode?: number | string | null | undefined;
  /** @returns whether somebody listens */
  emit(signal: 'SIGHUP' | 'SIGTERM'): boolean;
  once(event: 'exit', listener: () => void): unknown;
  exit(code: number): void;
}

/** 128 + SIGHUP, as shells expect it. */
const CLOSED = 129;
/** Somebody may still read that it failed: a full disk is not a reader who had enough. */
const NOT_DONE = 1;

/** What happens where nobody is left to read: a pipe, a terminal. */
const GONE = ['EPIPE', 'EIO', 'ECONNRESET'];

let isStopping = false;

/** The command is told to stop, and whoever told it may have left: what it still says on its way out need not arrive. */
export function expectNoReader(): void {
  isStopping = true;
}

export function stopWithoutReader(
  { stdout, stderr }: { readonly stdout: EventEmitter; readonly stderr: EventEmitter },
  ending: Ending,
): void {
  const stop = (error: NodeJS.ErrnoException, isTold: boolean): void => {
    if (isStopping) return;
    isStopping = true;
    const isGone = GONE.includes(error.code ?? '');
    if (isTold && !isGone) console.error(`leafcutter: cannot go on printing: ${error.message}`);
    // Whatever code its way to end has.
    if (!isGone)
      ending.once('exit', () => {
        ending.exitCode = NOT_DONE;
      });
    // A job that others have is left to them (SIGHUP); what only this process does is put down in order (SIGTERM).
    if (!ending.emit('SIGHUP') && !ending.emit('SIGTERM')) ending.exit(isGone ? CLOSED : NOT_DONE);
  };
  stdout.on('error', (error: NodeJS.ErrnoException) => stop(error, true));
  stderr.on('error', (error: NodeJS.ErrnoException) => stop(error, false));
}
