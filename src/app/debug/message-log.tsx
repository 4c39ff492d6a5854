/** Frames as they pass, filtered, pausable, exported as JSON lines. Only the rows in sight are in the page. */
import { useSignal } from '@preact/signals';
import { useLayoutEffect, useMemo } from 'preact/hooks';
import { deviceInfoOf } from '../../farm/index.ts';
import type { MeshEvents, TraceEntry } from '../../mesh/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { useApp } from '../components/app-context.ts';
import { downloadBytes } from '../download.ts';
import { countOf, formatCount } from '../state/format.ts';
import { nodeTag } from '../state/node-colours.ts';
import { NO_FILTER, TRACE_CAPACITY, type TraceFilter, TraceLog, type TraceRow } from '../state/trace-log.ts';
import { useRowLines } from './row-lines.ts';
import { VirtualList } from './virtual-list.tsx';

/** A person cannot read faster; the mesh can send much faster. */
const REDRAW_MS = 100;
const ROW_HEIGHT = 20;
/** Narrower than this a row takes two lines: nothing of it is cut off or out of sight. */
const WIDE_PX = 720;
const DIRECTIONS = ['in', 'out', 'relayed', 'dropped'] as const satisfies readonly TraceEntry['direction'][];

export function MessageLog() {
  const { session, people } = useApp();
  const { node } = session;
  const log = useMemo(() => new TraceLog(), []);
  const filter = useSignal<TraceFilter>(NO_FILTER);
  const isPaused = useSignal(false);
  const version = useSignal(0);
  const { box, lines } = useRowLines(WIDE_PX);

  // Before the page is painted: what the log shows as paused does not move any more.
  useLayoutEffect(() => {
    if (isPaused.value) return;
    let pending: TraceEntry[] = [];
    const flush = (): void => {
      if (pending.length === 0) return;
      log.append(pending);
      pending = [];
      version.value += 1;
    };
    const push = (entry: TraceEntry): void => {
      pending.push(entry);
      // A hidden tab redraws seldom.
      if (pending.length > 2 * TRACE_CAPACITY) pending = pending.slice(-TRACE_CAPACITY);
    };
    const stopTrace = node.inspection.trace(push);
    const stopMissed = node.events.on('missed', (missed) => push(missedEntry(missed, node.id)));
    const timer = setInterval(flush, REDRAW_MS);
    return () => {
      stopTrace();
      stopMissed();
      clearInterval(timer);
      flush();
    };
  }, [node, log, version, isPaused.value, isPaused]);

  const narrow = (change: Partial<TraceFilter>): void => {
    filter.value = { ...filter.value, ...change };
    log.setFilter(filter.value);
  };
  void version.value;
  const rows = log.rows();
  return (
    <div ref={box} class="log" data-lines={lines.value}>
      <div class="log-tools">
        <select
          class="select"
          aria-label="Filter by type"
          value={filter.value.type}
          onChange={(event) => narrow({ type: event.currentTarget.value })}
        >
          <option value="">All types</option>
          {log.types().map((type) => (
            <option key={type} value={type}>
              {type}
            </option>
          ))}
        </select>
        <select
          class="select"
          aria-label="Filter by Node"
          value={filter.value.peer}
          onChange={(event) => narrow({ peer: event.currentTarget.value as NodeId | '' })}
        >
          <option value="">All Nodes</option>
          {people.members.value
            .filter((member) => !member.isSelf)
            .map(({ id, attributes }) => (
              <option key={id} value={id}>
                {nodeTag(id)} {deviceInfoOf(attributes).name}
              </option>
            ))}
        </select>
        <select
          class="select"
          aria-label="Filter by direction"
          value={filter.value.direction}
          onChange={(event) => narrow({ direction: event.currentTarget.value as TraceFilter['direction'] })}
        >
          <option value="">All directions</option>
          {DIRECTIONS.map((direction) => (
            <option key={direction} value={direction}>
              {direction}
            </option>
          ))}
        </select>
        <input
          class="input"
          type="search"
          aria-label="Filter by text"
          placeholder="Text"
          value={filter.value.text}
          onInput={(event) => narrow({ text: event.currentTarget.value })}
        />
        <button
          type="button"
          class="button small"
          aria-label="Pause log"
          aria-pressed={isPaused.value}
          onClick={() => {
            isPaused.value = !isPaused.value;
          }}
        >
          {isPaused.value ? 'Paused' : 'Pause'}
        </button>
        <button
          type="button"
          class="button small"
          aria-label="Clear log"
          onClick={() => {
            log.clear();
            version.value += 1;
          }}
        >
          Clear
        </button>
        <button
          type="button"
          class="button small"
          aria-label="Export log"
          onClick={() => downloadBytes(log.toJsonLines(), 'leafcutter-messages.jsonl', 'application/jsonl')}
        >
          Export
        </button>
      </div>
      {rows.length === 0 ? (
        <p class="muted log-empty">{emptyText(log.total, isPaused.value)}</p>
      ) : (
        <VirtualList
          label="Frames"
          rows={rows}
          rowHeight={ROW_HEIGHT * lines.value}
          droppedRows={log.droppedRows}
          sticksToEnd={!isPaused.value}
          renderRow={(row, place) => (
            <LogRow key={row.sequence} row={row} place={place} count={rows.length} />
          )}
        />
      )}
      <p class="muted log-foot">
        {formatCount(rows.length)} of {formatCount(log.total)} frames
        {isPaused.value && ' · paused'}
      </p>
    </div>
  );
}

/** Why there is nothing to see, and what would change that. */
function emptyText(total: number, isPaused: boolean): string {
  if (total > 0) return `None of ${countOf(total, 'frame')} passes these filters.`;
  if (isPaused) return 'The log is paused, and has nothing of before.';
  return 'No frame has passed yet: they do as soon as another device is in the network.';
}

/** What did not come has passed no Link: it stands in the log as a line of its own. */
function missedEntry({ source, frames }: MeshEvents['missed'], self: NodeId): TraceEntry {
  return {
    atMs: performance.now(),
    direction: 'dropped',
    link: self,
    type: 'missed',
    source,
    target: undefined,
    index: 0,
    stream: 0,
    hopLimit: 0,
    bytes: 0,
    note: `${countOf(frames, 'frame')} of broadcasts could not be had any more`,
  };
}

interface RowProps {
  readonly row: TraceRow;
  /** Of `count`, from 0. */
  readonly place: number;
  readonly count: number;
}

function LogRow({ row, place, count }: RowProps) {
  const { entry } = row;
  return (
    <li class="log-row" data-direction={entry.direction} aria-setsize={count} aria-posinset={place + 1}>
      <span>{(entry.atMs / 1000).toFixed(3)}</span>
      <span>{entry.direction}</span>
      <span title={`Link to ${entry.link}`}>{nodeTag(entry.link)}</span>
      <span class="ellipsis" title={entry.type}>
        {entry.type}
      </span>
      <span title={`${entry.source} to ${entry.target ?? 'everyone'}`}>
        {nodeTag(entry.source)}→{entry.target === undefined ? '*' : nodeTag(entry.target)}
      </span>
      <span title={`stream ${entry.stream}, hop limit ${entry.hopLimit}`}>
        {entry.stream}:{entry.index === -1 ? 'ack' : entry.index}
      </span>
      <span>{formatCount(entry.bytes)} B</span>
      <span class="ellipsis" title={entry.note}>
        {entry.note}
      </span>
    </li>
  );
}
