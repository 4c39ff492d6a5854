import { describe, expect, it, vi } from 'vitest';
import { ComputeError, type Outcome, type SandboxProgram } from '../../compute/index.ts';
import { CancelledError } from '../../runtime/index.ts';
import { createComputeRun } from './compute-run.ts';

function runOf(exported: Record<string, unknown>, outcomes: () => AsyncGenerator<Outcome, void, undefined>) {
  let openPrograms = 0;
  const program: SandboxProgram = {
    prepare: async () => {},
    exported: async () => exported,
    call: async () => [],
    close: () => openPrograms--,
  };
  const sandbox = {
    open: () => {
      openPrograms++;
      return program;
    },
  };
  const run = createComputeRun({
    compute: { map: outcomes },
    openSandbox: async () => sandbox,
    now: () => 0,
  });
  return { run, openPrograms: () => openPrograms };
}

describe('a computation on the page', () => {
  it('shows what comes, and is done', async () => {
    const { run, openPrograms } = runOf({ inputs: [1, 2] }, async function* () {
      yield { index: 1, value: 'b' };
      yield { index: 0, value: 'a' };
    });
    const seen: unknown[] = [];
    run.onValue((value) => seen.push(value));
    await run.start('source');
    expect(run.state.value).toBe('done');
    expect(run.done.value).toBe(2);
    const late: unknown[] = [];
    run.onValue((value) => late.push(value));
    expect(seen).toEqual([
      { index: 1, value: 'b' },
      { index: 0, value: 'a' },
    ]);
    expect(late).toEqual(seen);
    expect(openPrograms()).toBe(0);
  });

  it('counts equal errors as one problem with its line, and goes on', async () => {
    const { run } = runOf({ inputs: [1, 2, 3] }, async function* () {
      yield { index: 0, error: new ComputeError('TypeError: x', { line: 4 }) };
      yield { index: 1, error: new ComputeError('TypeError: x', { line: 4 }) };
      yield { index: 2, error: new ComputeError('TypeError: x', { line: 9 }) };
    });
    await run.start('source');
    expect(run.problems.value).toMatchObject([
      { message: 'TypeError: x', line: 4, count: 2 },
      { message: 'TypeError: x', line: 9, count: 1 },
    ]);
    expect(run.state.value).toBe('done');
  });

  it('stops while a module does not come to its end', async () => {
    let give = (_: Error): void => {};
    const sandbox = {
      open: (): SandboxProgram => ({
        prepare: async () => {},
        exported: () => new Promise((_, reject) => (give = reject)),
        call: async () => [],
        close: () => give(new Error('the computation is over')),
      }),
    };
    const map = vi.fn<() => AsyncGenerator<Outcome, void, undefined>>();
    const run = createComputeRun({ compute: { map }, openSandbox: async () => sandbox, now: () => 0 });
    const ended = run.start('for (;;);');
    await Promise.resolve();
    run.stop();
    await ended;
    expect(run.state.value).toBe('stopped');
    expect(run.problems.value).toEqual([]);
    expect(map).not.toHaveBeenCalled();
  });

  it('says what the module lacks', async () => {
    const { run } = runOf({}, async function* () {});
    await run.start('source');
    expect(run.state.value).toBe('failed');
    expect(run.problems.value[0]?.message).toMatch(/export a list of inputs/);
  });

  it('stops when asked, and can be started anew while it runs', async () => {
    let starts = 0;
    let stop = (): void => {};
    const stopped = new Promise<void>((resolve) => {
      stop = resolve;
    });
    const { run } = runOf({ inputs: [1] }, async function* (): AsyncGenerator<Outcome, void, undefined> {
      starts++;
      yield { index: 0, value: 1 };
      await stopped;
      throw new CancelledError('the computation');
    });
    const first = run.start('source');
    await expect.poll(() => run.done.value).toBe(1);
    run.stop();
    stop();
    await first;
    expect(run.state.value).toBe('stopped');
    await run.start('source');
    expect(starts).toBe(2);
  });
});
