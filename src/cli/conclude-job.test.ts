import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Member } from '../library/index.node.ts';
import type { JobState } from '../render/job/index.ts';
import { concluded } from './conclude-job.ts';
import { otherNode, someNode } from './job-views.testing.ts';
import type { StopSignal } from './stop-signals.ts';

const members = [
  { id: someNode, isSelf: true },
  { id: otherNode, isSelf: false },
] as Member[];

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A Job that only this Node has, and how its command ended. */
function conclusion(options: { state?: JobState; by?: StopSignal; fails?: boolean } = {}) {
  const { state = 'rendering', by, fails = false } = options;
  const cancel = vi.fn(async () => undefined);
  const job = { state, isOnlyHere: true, progress: { helpers: [] }, cancel };
  const abort = new AbortController();
  const told = { ended: 'no' };
  const work = async (): Promise<void> => {
    if (by) abort.abort(by);
    if (by || fails) throw new Error('not done');
  };
  const context = { mesh: { members: () => members }, signal: abort.signal, quiet: false };
  concluded(job as unknown as Parameters<typeof concluded>[0], context, work).then(
    () => {
      told.ended = 'well';
    },
    () => {
      told.ended = 'with its error';
    },
  );
  return { job, cancel, told };
}

describe('a job whose command ends', () => {
  it('by Ctrl+C or SIGTERM, or fails, ends for everyone, at once', async () => {
    for (const options of [{ by: 'SIGINT' }, { by: 'SIGTERM' }, { fails: true }] as const) {
      const { cancel, told } = conclusion(options);
      await vi.advanceTimersByTimeAsync(0);
      expect(cancel).toHaveBeenCalledOnce();
      expect(told.ended).toBe('with its error');
    }
    expect(console.error).toHaveBeenCalledTimes(2);
  });

  it('because its terminal was closed is left to others, once they have it', async () => {
    const { job, cancel, told } = conclusion({ by: 'SIGHUP' });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(told.ended).toBe('no');
    job.isOnlyHere = false;
    await vi.advanceTimersByTimeAsync(100);
    expect(told.ended).toBe('with its error');
    expect(cancel).not.toHaveBeenCalled();
  });

  it('well is there for others, who are waited for, but not for ever', async () => {
    const { told, cancel } = conclusion({ state: 'done' });
    await vi.advanceTimersByTimeAsync(4_000);
    expect(told.ended).toBe('no');
    await vi.advanceTimersByTimeAsync(1_200);
    expect(told.ended).toBe('well');
    expect(cancel).not.toHaveBeenCalled();
  });

  it('after the picture was made stays, though its file could not be written', async () => {
    const { job, told, cancel } = conclusion({ state: 'done', fails: true });
    job.isOnlyHere = false;
    await vi.advanceTimersByTimeAsync(0);
    expect(told.ended).toBe('with its error');
    expect(cancel).not.toHaveBeenCalled();
  });
});
