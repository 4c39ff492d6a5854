/** The log of the shown render as a list, of all devices or of one; read anew while it is open. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ReadableLog } from '../../farm/index.ts';
import { messageOf, systemTimers } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { copyText } from '../copy-text.ts';
import { countOf, sentence } from '../state/format.ts';
import { clockTime, dateTime, type LogView, logOf, logText, logView } from '../state/job-log.ts';
import type { JobView } from '../state/jobs.ts';
import { useApp } from './app-context.ts';
import { NodeChip } from './node-chip.tsx';

const READ_EVERY_MS = 3_000;

export function JobLogList() {
  const view = useApp().shownJob.value;
  return view ? <Log key={view.job.id} view={view} /> : null;
}

function Log({ view }: { readonly view: JobView }) {
  const { session, nameOf } = useApp();
  const { id, title } = view.job;
  const log = useSignal<ReadableLog | undefined>(undefined);
  const problem = useSignal<string | undefined>(undefined);
  const chosen = useSignal<NodeId | undefined>(undefined);
  const isRunning = view.isRunning.value;
  useEffect(() => {
    let isShown = true;
    let stopTimer = (): void => {};
    const read = async (): Promise<void> => {
      try {
        const told = await session.work.readLog(id);
        if (!isShown) return;
        log.value = told;
        problem.value = undefined;
      } catch (error) {
        if (isShown) problem.value = messageOf(error);
      }
      if (isShown && isRunning) stopTimer = systemTimers.after(READ_EVERY_MS, read);
    };
    void read();
    return () => {
      isShown = false;
      stopTimer();
    };
  }, [session, id, isRunning, log, problem]);
  if (!log.value) {
    return <p class="muted">{problem.value === undefined ? 'Reading the log …' : sentence(problem.value)}</p>;
  }
  const all = logView(log.value, (node) => (node === session.node.id ? 'This device' : nameOf(node)));
  const shown = chosen.value === undefined ? all : logOf(all, chosen.value);
  return (
    <>
      <div class="job-log-tools">
        <select
          class="select"
          aria-label="Whose log"
          value={chosen.value ?? ''}
          onChange={(event) => {
            const { value } = event.currentTarget;
            chosen.value = all.devices.find(({ node }) => node === value)?.node;
          }}
        >
          <option value="">All devices</option>
          {all.devices.map(({ node, name }) => (
            <option key={node} value={node}>
              {name}
            </option>
          ))}
        </select>
        <CopyButton text={logText(title, shown)} />
      </div>
      <Work devices={shown.devices} />
      <Events view={shown} />
    </>
  );
}

function CopyButton({ text }: { readonly text: string }) {
  const isCopied = useSignal(false);
  return (
    <button
      type="button"
      class="button"
      onClick={async () => {
        isCopied.value = await copyText(text, null);
      }}
    >
      {isCopied.value ? 'Copied' : 'Copy'}
    </button>
  );
}

function Work({ devices }: Pick<LogView, 'devices'>) {
  const working = devices.filter(({ work }) => work !== '');
  if (working.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noRedundantRoles: without bullets Safari drops the list's role
    <ul class="job-log-work" aria-label="What each device did" role="list">
      {working.map(({ node, name, work }) => (
        <li key={node}>
          <NodeChip id={node} />
          <span class="ellipsis">{name}</span>
          <span class="muted">{work}</span>
        </li>
      ))}
    </ul>
  );
}

function Events({ view: { rows, omitted } }: { readonly view: LogView }) {
  return (
    <>
      {/* biome-ignore lint/a11y/noRedundantRoles: without bullets Safari drops the list's role */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also by keys */}
      <ol class="job-log-events" aria-label="What happened, the latest first" role="list" tabIndex={0}>
        {rows.toReversed().map(({ atMs, node, name, text }, place) => (
          // Two may be alike: what tells them apart is their place.
          <li key={rows.length - place}>
            <time class="muted" dateTime={new Date(atMs).toISOString()} title={dateTime(atMs)}>
              {clockTime(atMs)}
            </time>
            <span>
              {node !== undefined && <NodeChip id={node} />} {name} {text}
            </span>
          </li>
        ))}
      </ol>
      {omitted > 0 && <p class="muted">{countOf(omitted, 'event')} after the first are not kept.</p>}
    </>
  );
}
