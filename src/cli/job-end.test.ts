import { describe, expect, it } from 'vitest';
import type { JobProgress, RenderJob, RenderJobEvents } from '../render/job/index.ts';
import { Emitter } from '../runtime/index.ts';
import { jobEnd, progressOf } from './job-end.ts';
import { someNode } from './job-views.testing.ts';

const progress: JobProgress = {
  ...{ samplesDone: 50, samplesTotal: 100, noise: undefined, tilesFinished: 1, samplesPerSecond: 10 },
  ...{ elapsedSeconds: 5, etaSeconds: 5, active: [], helpers: [] },
  shares: [
    { node: someNode, deviceName: 'desk', samples: 40, samplesPerSecond: 10 },
    { node: someNode, deviceName: 'left', samples: 10, samplesPerSecond: 0 },
  ],
};

/** A render that the test ends. */
function renderJob() {
  let resolve: (hash: string) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const finished = new Promise<string>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  const events = new Emitter<RenderJobEvents>();
  const job = {
    ...{ finished, events, progress, state: 'rendering', reason: undefined as string | undefined },
    frames: [{ tileSamples: new Uint32Array(4) }, { tileSamples: new Uint32Array(2) }],
  };
  return { job, end: resolve, fail: (error: Error) => reject(error) };
}
type Waited = Parameters<typeof jobEnd>[0];

describe('waiting for a render of the mesh', () => {
  const { signal } = new AbortController();

  it('shows its progress, and ends with its hash and nothing left on the line', async () => {
    const { job, end } = renderJob();
    let written = '';
    const out = { isTTY: true, columns: 120, write: (text: string) => (written += text) };
    const ended = jobEnd(job as unknown as Waited, signal, out);
    job.events.emit('progress', progress);
    expect(written).toContain('50 %');
    end('abc');
    expect(await ended).toBe('abc');
    expect(written.endsWith('\r\x1b[K')).toBe(true);
    expect(job.events.hasListeners('progress')).toBe(false);
  });

  it('ends when somebody cancels it, which it says once, and as it failed when it fails', async () => {
    const cancelled = renderJob();
    const waiting = jobEnd(cancelled.job as unknown as Waited, signal, undefined);
    Object.assign(cancelled.job, { state: 'cancelled', reason: 'it was cancelled' });
    cancelled.fail(new Error('cancelled'));
    await expect(waiting).rejects.toThrow(/^the render was cancelled$/);
    const failed = renderJob();
    const other = jobEnd(failed.job as unknown as Waited, signal, undefined);
    failed.job.state = 'failed';
    failed.fail(new Error('three workers failed'));
    await expect(other).rejects.toThrow('three workers failed');
  });

  it('ends when the process is told to stop, and leaves the job alone', async () => {
    const abort = new AbortController();
    const { job } = renderJob();
    const waiting = jobEnd(job as unknown as Waited, abort.signal, undefined);
    // That somebody cancelled it at the same moment is not what ended the waiting.
    job.state = 'cancelled';
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('the progress of a render of the mesh', () => {
  const of = (part: Partial<Pick<RenderJob, 'state' | 'reason'>>) => {
    const job = { ...renderJob().job, state: 'rendering', ...part } as unknown as RenderJob;
    return progressOf(job);
  };

  it('counts the tiles of all frames, and the devices that render now', () => {
    expect(of({})).toMatchObject({ tiles: 6, mesh: { devices: 1, etaSeconds: 5, state: undefined } });
  });

  it('says why nothing is rendered', () => {
    expect(of({ state: 'preparing' }).mesh?.state).toBe('preparing');
    expect(of({ state: 'waiting', reason: 'nobody is here' }).mesh?.state).toBe('waiting: nobody is here');
  });
});
