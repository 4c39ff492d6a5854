/** One computation as the page shows it: signals that grow as outcomes come. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { type Compute, ComputeError, type Outcome, type Sandbox, type Value } from '../../compute/index.ts';
import { CancelledError, messageOf } from '../../runtime/index.ts';
import { type Plan, planOf } from './views.ts';

export type RunState = 'idle' | 'loading' | 'running' | 'done' | 'stopped' | 'failed';

export interface Problem {
  readonly message: string;
  readonly line: number | undefined;
  readonly column: number | undefined;
  /** Inputs that ended with it. */
  readonly count: number;
}

export interface ComputeRun {
  readonly state: ReadonlySignal<RunState>;
  readonly plan: ReadonlySignal<Plan | undefined>;
  readonly done: ReadonlySignal<number>;
  readonly elapsedSeconds: ReadonlySignal<number>;
  /** The first few kinds; a function that fails, fails for many inputs. */
  readonly problems: ReadonlySignal<readonly Problem[]>;
  /** Counts runs that have a plan: a view belongs to one. */
  readonly runs: ReadonlySignal<number>;
  /** Every value of the present run, those that came before included. Returns the unsubscriber. */
  onValue(listener: (value: ComputedValue) => void): () => void;
  /** Never rejects: what goes wrong is in `problems`. A run under way ends first. */
  start(source: string): Promise<void>;
  stop(): void;
}

export interface ComputedValue {
  readonly index: number;
  readonly value: Value;
}

const MAX_PROBLEMS = 5;

export interface ComputeRunPort {
  readonly compute: Pick<Compute, 'map'>;
  openSandbox(): Promise<Pick<Sandbox, 'open'>>;
  now(): number;
}

export function createComputeRun({ compute, openSandbox, now }: ComputeRunPort): ComputeRun {
  const state = signal<RunState>('idle');
  const plan = signal<Plan | undefined>(undefined);
  const done = signal(0);
  const elapsedSeconds = signal(0);
  const problems = signal<readonly Problem[]>([]);
  const runs = signal(0);
  const values: ComputedValue[] = [];
  const listeners = new Set<(value: ComputedValue) => void>();
  let current: { readonly abort: AbortController; readonly ended: Promise<void> } | undefined;

  const blame = (error: unknown): void => {
    const place = error instanceof ComputeError ? error : undefined;
    const message = messageOf(error);
    const known = problems.value.find((one) => one.message === message && one.line === place?.line);
    if (known) {
      problems.value = problems.value.map((one) => (one === known ? { ...one, count: one.count + 1 } : one));
    } else if (problems.value.length < MAX_PROBLEMS) {
      problems.value = [...problems.value, { message, line: place?.line, column: place?.column, count: 1 }];
    }
  };

  const take = (outcome: Outcome): void => {
    done.value++;
    if (outcome.error) {
      blame(outcome.error);
      return;
    }
    const value = { index: outcome.index, value: outcome.value };
    values.push(value);
    for (const listener of listeners) listener(value);
  };

  async function planned(source: string, signal: AbortSignal): Promise<Plan> {
    const program = (await openSandbox()).open(source);
    // A module that never comes to its end is left as well.
    const leave = (): void => program.close();
    signal.addEventListener('abort', leave, { once: true });
    try {
      signal.throwIfAborted();
      const found = planOf(await program.exported(0));
      if (typeof found === 'string') throw new ComputeError(found);
      return found;
    } finally {
      signal.removeEventListener('abort', leave);
      program.close();
    }
  }

  async function run(source: string, signal: AbortSignal): Promise<void> {
    const startMs = now();
    try {
      const chosen = await planned(source, signal);
      if (signal.aborted) throw new CancelledError('the computation');
      values.length = 0;
      plan.value = chosen;
      runs.value++;
      state.value = 'running';
      for await (const outcome of compute.map(source, chosen.inputs, { order: 'arrival', signal })) {
        take(outcome);
        elapsedSeconds.value = (now() - startMs) / 1000;
      }
      state.value = 'done';
    } catch (error) {
      if (signal.aborted) {
        state.value = 'stopped';
        return;
      }
      blame(error);
      state.value = 'failed';
    }
  }

  return {
    state,
    plan,
    done,
    elapsedSeconds,
    problems,
    runs,
    onValue(listener) {
      for (const value of values) listener(value);
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async start(source) {
      current?.abort.abort();
      await current?.ended;
      const abort = new AbortController();
      state.value = 'loading';
      problems.value = [];
      done.value = 0;
      elapsedSeconds.value = 0;
      current = { abort, ended: run(source, abort.signal) };
      await current.ended;
    },
    stop: () => current?.abort.abort(),
  };
}
