import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, it, vi } from 'vitest';

/** @param listened the signals that the command handles */
async function printing(listened: readonly string[] = []) {
  vi.resetModules(); // each is a process of its own
  const { stopWithoutReader, expectNoReader } = await import('./lost-reader.ts');
  const streams = { stdout: new EventEmitter(), stderr: new EventEmitter() };
  const happened: (string | number)[] = [];
  const ending = {
    exitCode: 0,
    once: (_: 'exit', listener: () => void) => void atExit.push(listener),
    emit: (signal: string) => listened.includes(signal) && happened.push(signal) > 0,
    exit: (code: number) => void happened.push(code),
  };
  const atExit: (() => void)[] = [];
  stopWithoutReader(streams, ending);
  const fail = (stream: keyof typeof streams, code: string): void => {
    streams[stream].emit('error', Object.assign(new Error(`write ${code}`), { code }));
  };
  /** The code of a command whose own way to end has that one. */
  const exit = (code: number): number => {
    ending.exitCode = code;
    for (const listener of atExit) listener();
    return ending.exitCode;
  };
  return { fail, happened, expectNoReader, exit };
}

describe('a command whose reader is gone', () => {
  const said: string[] = [];
  beforeEach(() => {
    said.length = 0;
    vi.spyOn(console, 'error').mockImplementation((text: string) => void said.push(text));
    return () => vi.restoreAllMocks();
  });

  it('ends without a word, with the exit code of a closed terminal', async () => {
    for (const stream of ['stdout', 'stderr'] as const) {
      const { fail, happened } = await printing();
      fail(stream, 'EPIPE');
      expect(happened).toEqual([129]);
    }
    expect(said).toEqual([]);
  });

  it('ends in its own way, once: as without a terminal, else as it is told to stop', async () => {
    for (const listened of [['SIGHUP', 'SIGTERM'], ['SIGTERM']]) {
      const { fail, happened } = await printing(listened);
      for (const stream of ['stdout', 'stderr'] as const) fail(stream, 'EPIPE');
      expect(happened).toEqual(listened.slice(0, 1));
    }
  });

  it('goes on ending as it was told to, whatever it still says', async () => {
    const { fail, happened, expectNoReader } = await printing(['SIGHUP', 'SIGTERM']);
    expectNoReader();
    for (const stream of ['stdout', 'stderr'] as const) fail(stream, 'EIO');
    expect(happened).toEqual([]);
  });

  it('says why where it is not the reader who left', async () => {
    const { fail, happened } = await printing();
    fail('stdout', 'ENOSPC');
    expect(happened).toEqual([1]);
    expect(said).toEqual(['leafcutter: cannot go on printing: write ENOSPC']);
    const { fail: failAgain } = await printing();
    failAgain('stderr', 'ENOSPC');
    expect(said).toHaveLength(1);
  });

  it('has not done its work where it is not the reader who left, whatever it was told', async () => {
    for (const [why, code] of [
      ['ENOSPC', 1],
      ['EPIPE', 129],
    ] as const) {
      const { fail, exit } = await printing(['SIGHUP']);
      fail('stdout', why);
      expect(exit(129)).toBe(code);
    }
  });
});
