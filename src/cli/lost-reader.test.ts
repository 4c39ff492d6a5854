import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, it, vi } from 'vitest';

/** @param listened the signals that the command handles */
async function printing(listened: readonly string[] = []) {
  vi.resetModules(); // each is a process of its own
  const { stopWithoutReader, expectNoReader } = await import('./lost-reader.ts');
  const streams = { stdout: new EventEmitter(), stderr: new EventEmitter() };
  const happened: (string | number)[] = [];
  stopWithoutReader(streams, {
    emit: (signal) => listened.includes(signal) && happened.push(signal) > 0,
    exit: (code) => void happened.push(code),
  });
  const fail = (stream: keyof typeof streams, code: string): void => {
    streams[stream].emit('error', Object.assign(new Error(`write ${code}`), { code }));
  };
  return { fail, happened, expectNoReader };
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
});
