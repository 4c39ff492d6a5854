import { describe, expect, it } from 'vitest';
import { FarmWorld } from '../../sim/farm-world.ts';
import { quietVirtualTime } from '../../sim/quiet-virtual-time.testing.ts';
import { Farm, JobFailedError } from '../farm/index.ts';
import { CancelledError, type Timers } from '../runtime/index.ts';
import { createBlobs } from '../services/blobs/index.ts';
import { Compute } from './compute.ts';
import type { ComputeOptions, Outcome, Value } from './contract.ts';
import { registerCompute } from './register.ts';
import type { Sandbox } from './sandbox.ts';

quietVirtualTime();

type Function = (input: Value, index: number) => Value;

/** Knows its modules by name; a call takes virtual time. */
class VirtualSandbox implements Sandbox {
  calls = 0;
  readonly #timers: Timers;
  readonly #modules: Readonly<Record<string, Function>>;

  constructor(timers: Timers, modules: Readonly<Record<string, Function>>) {
    this.#timers = timers;
    this.#modules = modules;
  }

  open(source: string) {
    const run = this.#modules[source];
    return {
      prepare: async () => {},
      exported: async () => ({}),
      call: async (_: number, inputs: readonly Value[], first: number) => {
        await new Promise<void>((resolve) => this.#timers.after(20 * inputs.length, resolve));
        this.calls += inputs.length;
        if (!run) throw new Error('the worker was ended');
        return inputs.map((input, i) => {
          try {
            return { value: run(input, first + i) };
          } catch (error) {
            return { error: { message: String(error), line: 3 } };
          }
        });
      },
      close: () => {},
    };
  }

  close(): void {}
}

const MODULES: Readonly<Record<string, Function>> = {
  square: (x) => Number(x) ** 2,
  odd: (x) => {
    if (Number(x) % 2 === 0) throw new Error('even');
    return x;
  },
};

function setUp(seed: number) {
  const mesh = new FarmWorld(seed);
  const add = (workers: number, hasSandbox = true, modules = MODULES) => {
    const { node, host, random } = mesh.add();
    const blobs = createBlobs({ node, clock: host, timers: host });
    const sandbox = new VirtualSandbox(host, modules);
    const farm = new Farm({ node, clock: host, timers: host, wallClock: host, random });
    const open = hasSandbox ? async () => sandbox : undefined;
    const compute = new Compute(registerCompute({ farm, blobs, clock: host, sandbox: open }));
    farm.setWorkers(workers);
    const refusals: string[] = [];
    farm.events.on('refused', ({ reason }) => refusals.push(reason));
    return { node, farm, sandbox, refusals, compute };
  };
  return { mesh, add };
}

/** Starts it, and says how it ended. */
function start(
  { compute }: { compute: Compute },
  source: string,
  inputs: Iterable<Value> | AsyncIterable<Value>,
  options?: ComputeOptions,
) {
  const run: { readonly outcomes: Outcome[]; end: 'done' | Error | undefined } = {
    outcomes: [],
    end: undefined,
  };
  const all = async () => {
    for await (const outcome of compute.map(source, inputs, options)) run.outcomes.push(outcome);
  };
  all().then(
    () => {
      run.end = 'done';
    },
    (error: Error) => {
      run.end = error;
    },
  );
  return run;
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('a function over many inputs', () => {
  it('comes back in the order of the inputs, from every device', async () => {
    const { mesh, add } = setUp(1);
    const [asks, helps] = [add(1), add(2)];
    await mesh.meet();
    const run = start(asks, 'square', numbers(300));
    await mesh.runUntil(() => run.end !== undefined);
    expect(run.end).toBe('done');
    expect(run.outcomes).toEqual(numbers(300).map((x) => ({ index: x, value: x * x })));
    expect(helps.sandbox.calls).toBeGreaterThan(120);
    expect(asks.farm.jobs()).toEqual([]);
  });

  it('or as it comes', async () => {
    const { mesh, add } = setUp(2);
    const [asks] = [add(1), add(3)];
    await mesh.meet();
    const run = start(asks, 'square', numbers(300), { order: 'arrival' });
    await mesh.runUntil(() => run.end !== undefined);
    expect(run.outcomes.map(({ index }) => index).sort((a, b) => a - b)).toEqual(numbers(300));
  });

  it('that throws for some inputs has errors for these, and goes on', async () => {
    const { mesh, add } = setUp(3);
    const asks = add(1);
    const run = start(asks, 'odd', [1, 2, 3]);
    await mesh.runUntil(() => run.end !== undefined);
    expect(run.outcomes[0]).toEqual({ index: 0, value: 1 });
    expect(run.outcomes[1]?.error).toMatchObject({ message: 'Error: even', line: 3 });
    expect(run.outcomes[2]).toEqual({ index: 2, value: 3 });
  });

  it('reads no further ahead than asked while nobody takes results', async () => {
    const { mesh, add } = setUp(4);
    const asks = add(2);
    let read = 0;
    const endless = (function* () {
      for (;;) yield read++;
    })();
    const outcomes = asks.compute.map('square', endless, { ahead: 50 });
    const first = outcomes.next();
    await mesh.runFor(20_000);
    expect((await first).value).toEqual({ index: 0, value: 0 });
    expect(read).toBeLessThanOrEqual(51);
    const left = outcomes.return();
    await mesh.runFor(1_000);
    await left;
  });

  it('gives results while the next input is still to come', async () => {
    const { mesh, add } = setUp(5);
    const asks = add(1);
    const slow = (async function* () {
      yield 1;
      yield 2;
      await new Promise(() => {});
    })();
    const run = start(asks, 'square', slow);
    await mesh.runUntil(() => run.outcomes.length === 2);
    expect(run.end).toBeUndefined();
  });

  it('loses nothing when a device dies in the middle', async () => {
    const { mesh, add } = setUp(6);
    const [asks, dies] = [add(1), add(2)];
    await mesh.meet();
    const run = start(asks, 'square', numbers(400));
    await mesh.runUntil(() => dies.sandbox.calls > 50);
    mesh.kill(dies.node.id);
    await mesh.runUntil(() => run.end !== undefined);
    expect(run.outcomes).toEqual(numbers(400).map((x) => ({ index: x, value: x * x })));
  });

  it('is right though a device computes wrongly, also what comes while that is not known yet', async () => {
    const { mesh, add } = setUp(20);
    const [asks] = [add(1), add(2), add(2, true, { square: (x) => Number(x) ** 2 + 1 })];
    await mesh.meet();
    const run = start(asks, 'square', numbers(400), { order: 'arrival' });
    await mesh.runUntil(() => run.end !== undefined);
    expect(run.end).toBe('done');
    expect(run.outcomes).toHaveLength(400);
    for (const { index, value } of run.outcomes) expect(value).toBe(index * index);
  });

  it('is never compared where two devices need not come to the same', async () => {
    const { mesh, add } = setUp(30);
    let calls = 0;
    const any = { square: () => calls++ };
    const [asks] = [add(1, true, any), add(2, true, any)];
    await mesh.meet();
    const run = start(asks, 'square', numbers(100), { isRepeatable: false });
    await mesh.runUntil(() => run.end !== undefined);
    expect(run.end).toBe('done');
    expect(run.outcomes).toHaveLength(100);
    expect(calls).toBeLessThan(110);
  });

  it('stops everywhere when it is cancelled, or its reader leaves', async () => {
    const { mesh, add } = setUp(7);
    const [asks, helps] = [add(0), add(2)];
    await mesh.meet();
    const stop = new AbortController();
    const run = start(asks, 'square', numbers(1_000), { signal: stop.signal });
    await mesh.runUntil(() => run.outcomes.length > 20);
    stop.abort();
    await mesh.runUntil(() => run.end !== undefined);
    expect(run.end).toBeInstanceOf(CancelledError);
    await mesh.runFor(2_000);
    const calls = helps.sandbox.calls;
    await mesh.runFor(5_000);
    expect(helps.sandbox.calls).toBe(calls);
    expect(calls).toBeLessThan(900);
    expect(asks.farm.jobs()).toEqual([]);
  });

  it('stops everywhere when it is cancelled while its reader is busy with an outcome, and does not come back', async () => {
    const { mesh, add } = setUp(11);
    const [asks, helps] = [add(0), add(2)];
    await mesh.meet();
    const stop = new AbortController();
    const outcomes = asks.compute.map('square', numbers(1_000), { signal: stop.signal });
    const first = outcomes.next();
    await mesh.runUntil(() => helps.sandbox.calls > 20);
    await first;
    stop.abort();
    await mesh.runFor(5_000);
    expect(asks.farm.jobs()).toEqual([]);
    await expect(outcomes.next()).rejects.toBeInstanceOf(CancelledError);
  });

  it('stops everywhere when its reader leaves, whatever its inputs make of that', async () => {
    const { mesh, add } = setUp(12);
    const [asks, helps] = [add(0), add(2)];
    await mesh.meet();
    let input = 0;
    const hangs: AsyncIterable<Value> = {
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: false, value: input++ }),
        return: () => new Promise(() => {}),
      }),
    };
    const outcomes = asks.compute.map('square', hangs);
    const first = outcomes.next();
    await mesh.runUntil(() => helps.sandbox.calls > 20);
    await first;
    void outcomes.return();
    await mesh.runFor(5_000);
    expect(asks.farm.jobs()).toEqual([]);
  });

  it('whose workers always die ends with the reason', async () => {
    const { mesh, add } = setUp(8);
    const asks = add(1);
    const run = start(asks, 'no such module', [1, 2, 3]);
    await mesh.runUntil(() => run.end !== undefined);
    expect(run.end).toBeInstanceOf(JobFailedError);
    expect(String(run.end)).toMatch(/the worker was ended/);
  });

  it('whose inputs cannot be read leaves nothing behind that listens', async () => {
    const { node, host, random } = new FarmWorld(1).add();
    const farm = new Farm({ node, clock: host, timers: host, wallClock: host, random });
    let listeners = 0;
    const compute = new Compute({
      farm,
      blobs: createBlobs({ node, clock: host, timers: host }),
      onSettled: () => {
        listeners++;
        return () => listeners--;
      },
    });
    const inputs: Iterable<Value> = {
      [Symbol.iterator]() {
        throw new Error('no inputs');
      },
    };
    await expect(compute.map('square', inputs).next()).rejects.toThrow('no inputs');
    expect(listeners).toBe(0);
  });

  it('is refused by a device without a sandbox, with a reason', async () => {
    const { mesh, add } = setUp(9);
    const [asks, bare] = [add(1), add(2, false)];
    await mesh.meet();
    const run = start(asks, 'square', numbers(20));
    await mesh.runUntil(() => run.end !== undefined);
    expect(run.end).toBe('done');
    expect(bare.refusals.join()).toMatch(/no sandbox/);
  });

  it('of wrong arguments is told at once', async () => {
    const { mesh, add } = setUp(10);
    const asks = add(1);
    const cases: [string, Iterable<Value>, ComputeOptions?][] = [
      ['', [1]],
      ['x'.repeat(1024 * 1024 + 1), [1]],
      ['square', [1], { ahead: 0 }],
      ['square', [1], { ahead: 1.5 }],
      ['square', [new Float32Array(3) as unknown as Value]],
    ];
    for (const [source, inputs, options] of cases) {
      const run = start(asks, source, inputs, options);
      await mesh.runUntil(() => run.end !== undefined);
      expect(run.end).toMatchObject({ code: expect.stringMatching(/^bad-/) });
    }
  });
});
