/** Any function on every device: write a module, run it over its inputs, see what comes. */
import { signal } from '@preact/signals';
import { Compute } from '../../compute/index.browser.ts';
import { useApp } from '../components/app-context.ts';
import type { Session } from '../session.ts';
import { formatDuration } from '../state/format.ts';
import './compute.css';
import { createComputeRun, type RunState } from './compute-run.ts';
import { EXAMPLES } from './examples.ts';
import { ResultView } from './result-view.tsx';
import { SourceEditor } from './source-editor.tsx';

const STATE: Record<RunState, string> = {
  idle: 'Ready',
  loading: 'Reading the module',
  running: 'Running',
  done: 'Done',
  stopped: 'Stopped',
  failed: 'Could not finish',
};

/** What stays while one looks elsewhere: a computation goes on. */
const desks = new WeakMap<Session, ReturnType<typeof createDesk>>();

const createDesk = ({ compute, openSandbox }: Session) => ({
  run: createComputeRun({
    compute: {
      async *map(...asked) {
        yield* new Compute(await compute.get()).map(...asked);
      },
    },
    openSandbox,
    now: () => performance.now(),
  }),
  source: signal(EXAMPLES[0]?.source ?? ''),
  example: signal(0),
});

function deskOf(session: Session): ReturnType<typeof createDesk> {
  const desk = desks.get(session) ?? createDesk(session);
  desks.set(session, desk);
  return desk;
}

export function ComputeView() {
  const { run, source, example } = deskOf(useApp().session);
  const isBusy = run.state.value === 'running' || run.state.value === 'loading';
  const badLines = new Set(run.problems.value.flatMap(({ line }) => line ?? []));
  const start = (): void => {
    void run.start(source.value);
    // On a phone they are below the source; elsewhere both are in sight.
    document.querySelector('.compute-results')?.scrollIntoView({ block: 'start' });
  };
  return (
    <section class="compute" aria-label="Compute">
      <div class="compute-source">
        <div class="compute-bar">
          <label class="compute-example">
            <span class="visually-hidden">Example</span>
            <select
              class="select"
              value={example.value}
              onChange={(event) => {
                example.value = Number(event.currentTarget.value);
                source.value = EXAMPLES[example.value]?.source ?? '';
              }}
            >
              {EXAMPLES.map(({ name }, i) => (
                <option key={name} value={i}>
                  {name}
                </option>
              ))}
            </select>
          </label>
          {isBusy ? (
            <button type="button" class="button" onClick={() => run.stop()}>
              Stop
            </button>
          ) : (
            <button type="button" class="button primary" title="Ctrl+Enter" onClick={start}>
              Run
            </button>
          )}
        </div>
        <SourceEditor
          source={source.value}
          badLines={badLines}
          onChange={(text) => {
            source.value = text;
          }}
          onRun={start}
        />
        <p class="muted compute-note">
          The module's default function gets each of its <code>inputs</code>, on every device of this network,
          closed off from the page, the network and the disk. <code>random()</code> and{' '}
          <code>Math.random()</code> give the same numbers everywhere.
        </p>
      </div>
      <div class="compute-results">
        <Progress run={run} />
        <Problems run={run} />
        {run.plan.value ? (
          <ResultView key={String(run.runs.value)} run={run} plan={run.plan.value} />
        ) : (
          <p class="muted compute-empty">Press Run: results appear here as the devices send them.</p>
        )}
      </div>
    </section>
  );
}

function Progress({ run }: { readonly run: ReturnType<typeof createComputeRun> }) {
  const total = run.plan.value?.inputs.length ?? 0;
  const done = run.done.value;
  const seconds = run.elapsedSeconds.value;
  const rate = seconds > 0 ? done / seconds : 0;
  return (
    <div class="compute-progress">
      <p role="status">
        <strong>{STATE[run.state.value]}</strong>
        {total > 0 && run.state.value !== 'idle' && (
          <span class="muted">
            {' '}
            {done} of {total}
            {rate > 0 && ` · ${rate.toPrecision(3)} a second · ${formatDuration(seconds)}`}
          </span>
        )}
      </p>
      <progress max={Math.max(total, 1)} value={done} aria-label="Results that have come" />
    </div>
  );
}

function Problems({ run }: { readonly run: ReturnType<typeof createComputeRun> }) {
  return (
    <ul class="compute-problems" aria-label="Errors" aria-live="polite">
      {run.problems.value.map(({ message, line, column, count }) => (
        <li key={`${line} ${message}`}>
          {line !== undefined && (
            <strong>
              Line {line}
              {column !== undefined && `, column ${column}`}:{' '}
            </strong>
          )}
          {message}
          {count > 1 && <span class="muted"> ({count} inputs)</span>}
        </li>
      ))}
    </ul>
  );
}
