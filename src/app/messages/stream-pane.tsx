/** What comes on the subject that is subscribed to: paused, filtered, copied; only the rows in sight are in the page. */
import { type Signal, useSignal } from '@preact/signals';
import { NodeChip } from '../components/node-chip.tsx';
import { copyText } from '../copy-text.ts';
import { useRowLines } from '../debug/row-lines.ts';
import { VirtualList } from '../debug/virtual-list.tsx';
import { countOf, formatBytes, formatCount } from '../state/format.ts';
import { clockTime } from '../state/job-log.ts';
import type { StreamMessage, StreamRow } from '../state/message-stream.ts';
import { type PayloadForm, previewOf, visible } from '../state/payload-text.ts';
import { PRESETS } from '../state/subject-hints.ts';
import { subjectParts } from '../state/subject-text.ts';
import type { MessageDesk, SubscriptionView } from './message-desk.ts';
import { PayloadFormSelect } from './payload-form-select.tsx';
import { EmptyStream } from './stream-empty.tsx';

export const STREAM_ID = 'message-stream';
const ROW_HEIGHT = 22;
/** Narrower than this a row takes two lines. */
const WIDE_PX = 520;

interface Props {
  readonly desk: MessageDesk;
  readonly form: Signal<PayloadForm>;
  /** As typed. */
  readonly pattern: Signal<string>;
  readonly subject: Signal<string>;
  /** The message whose details are shown. */
  readonly chosen: StreamMessage | undefined;
  readonly onChoose: (message: StreamMessage, opens: boolean) => void;
}

export function StreamPane({ desk, form, pattern, subject, chosen, onChoose }: Props) {
  const subscribe = (text: string): string | undefined => {
    pattern.value = text;
    return desk.subscribe(text.trim());
  };
  return (
    <>
      <SubscribeForm desk={desk} pattern={pattern} subscribe={subscribe} />
      <Tools desk={desk} form={form} />
      <Rows
        desk={desk}
        form={form.value}
        chosen={chosen}
        onChoose={onChoose}
        subscribe={subscribe}
        sendTo={(text) => {
          subject.value = text;
        }}
      />
      <Foot desk={desk} />
    </>
  );
}

interface SubscribeProps extends Pick<Props, 'desk' | 'pattern'> {
  readonly subscribe: (pattern: string) => string | undefined;
}

function SubscribeForm({ desk, pattern, subscribe }: SubscribeProps) {
  const problem = useSignal<string | undefined>(undefined);
  const view = desk.subscription.value;
  const isOpen = view.state === 'open' && view.pattern === pattern.value.trim();
  return (
    <form
      class="messages-line"
      onSubmit={(event) => {
        event.preventDefault();
        if (isOpen) desk.unsubscribe();
        else problem.value = subscribe(pattern.value);
      }}
    >
      <input
        class="input mono"
        aria-label="Subject to subscribe to"
        aria-invalid={problem.value !== undefined}
        aria-describedby={problem.value === undefined ? undefined : 'pattern-problem'}
        placeholder="Subject, such as jobs.*"
        autocapitalize="off"
        autocomplete="off"
        spellcheck={false}
        value={pattern.value}
        onInput={(event) => {
          pattern.value = event.currentTarget.value;
          problem.value = undefined;
        }}
      />
      <button type="submit" class={isOpen ? 'button' : 'button primary'}>
        {isOpen ? 'Unsubscribe' : 'Subscribe'}
      </button>
      {PRESETS.slice(0, 1).map((preset) => (
        <button
          key={preset.pattern}
          type="button"
          class="button"
          aria-label={`${preset.title}: subscribe to ${preset.pattern}`}
          title={`${preset.pattern}: ${preset.about}`}
          onClick={() => {
            problem.value = subscribe(preset.pattern);
          }}
        >
          {preset.title}
        </button>
      ))}
      {problem.value !== undefined && (
        <p id="pattern-problem" class="messages-problem" role="alert">
          It cannot be subscribed to: {problem.value}.
        </p>
      )}
    </form>
  );
}

function Tools({ desk, form }: Pick<Props, 'desk' | 'form'>) {
  const isCopied = useSignal(false);
  return (
    <div class="messages-line messages-tools">
      <input
        class="input"
        type="search"
        aria-label="Filter messages"
        placeholder="Filter"
        onInput={(event) => desk.setFilter(event.currentTarget.value)}
      />
      <PayloadFormSelect label="Show payloads as" form={form} />
      <button
        type="button"
        class="button small"
        aria-label="Pause messages"
        aria-pressed={desk.isPaused.value}
        onClick={() => desk.setPaused(!desk.isPaused.value)}
      >
        Pause
      </button>
      <button
        type="button"
        class="button small"
        aria-label="Clear messages"
        onClick={() => {
          desk.clear();
          isCopied.value = false;
        }}
      >
        Clear
      </button>
      <button
        type="button"
        class="button small"
        aria-label={isCopied.value ? 'Copied messages' : 'Copy messages'}
        title="The newest thousand of those shown, a JSON object a line"
        onClick={async () => {
          isCopied.value = await copyText(desk.stream.toJsonLines(), null);
        }}
      >
        {isCopied.value ? 'Copied' : 'Copy'}
      </button>
    </div>
  );
}

interface RowsProps extends Pick<Props, 'desk' | 'chosen' | 'onChoose'> {
  readonly form: PayloadForm;
  readonly subscribe: (pattern: string) => string | undefined;
  readonly sendTo: (subject: string) => void;
}

function Rows({ desk, form, chosen, onChoose, subscribe, sendTo }: RowsProps) {
  const { box, lines } = useRowLines(WIDE_PX);
  void desk.version.value;
  const rows = desk.stream.rows();
  const found = chosen === undefined ? -1 : rows.findIndex(({ entry }) => entry === chosen);
  const choose = (place: number, opens: boolean): void => {
    const row = rows[place];
    if (row) onChoose(row.entry, opens);
  };
  const idOf = (place: number): string => `${STREAM_ID}-${rows[place]?.sequence}`;
  return (
    <div ref={box} class="messages-rows" data-lines={lines.value}>
      {rows.length === 0 ? (
        <EmptyStream desk={desk} subscribe={subscribe} sendTo={sendTo} />
      ) : (
        <VirtualList
          label="Stream"
          rows={rows}
          rowHeight={ROW_HEIGHT * lines.value}
          droppedRows={desk.stream.droppedRows}
          sticksToEnd={!desk.isPaused.value}
          choice={{
            listId: STREAM_ID,
            place: found < 0 ? undefined : found,
            idOf,
            choose: (place) => choose(place, false),
            open: () => choose(found, true),
          }}
          renderRow={(row, place) => (
            <Row
              key={row.sequence}
              id={idOf(place)}
              row={row}
              place={place}
              count={rows.length}
              form={form}
              isChosen={place === found}
              onClick={() => choose(place, true)}
            />
          )}
        />
      )}
    </div>
  );
}

interface RowProps {
  readonly id: string;
  readonly row: StreamRow;
  readonly place: number;
  readonly count: number;
  readonly form: PayloadForm;
  readonly isChosen: boolean;
  readonly onClick: () => void;
}

function Row({ id, row: { entry }, place, count, form, isChosen, onClick }: RowProps) {
  const subject = visible(entry.subject);
  const { beginning, end } = subjectParts(subject);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the keys
    // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus
    <div
      id={id}
      role="option"
      class="message-row"
      aria-selected={isChosen}
      aria-setsize={count}
      aria-posinset={place + 1}
      onClick={onClick}
    >
      <span class="message-time">{timeOf(entry.atMs)}</span>
      <NodeChip id={entry.from} />
      <span class="message-subject" title={subject}>
        <span class="ellipsis">{beginning}</span>
        <span class="ellipsis">{end}</span>
      </span>
      <span class="message-payload ellipsis">{previewOf(entry.data, form) || '(empty)'}</span>
      <span class="message-size">{formatBytes(entry.data.length)}</span>
    </div>
  );
}

/** By this machine's clock, to the millisecond. */
function timeOf(atMs: number): string {
  return `${clockTime(atMs).padStart(8, '0')}.${String(atMs % 1000).padStart(3, '0')}`;
}

function Foot({ desk }: Pick<Props, 'desk'>) {
  void desk.version.value;
  const { stream } = desk;
  const rate = desk.rate.value;
  return (
    <p class="messages-foot muted">
      <span data-testid="subscription" title={titleOf(desk.subscription.value)}>
        {stateOf(desk.subscription.value)}
      </span>
      <span data-testid="stream-rate">
        {rateText(rate.messages)} · {formatBytes(rate.bytes)}/s
      </span>
      <span data-testid="stream-count">
        {formatCount(stream.rows().length)} of {countOf(stream.total, 'message')}
      </span>
      {desk.isPaused.value && <span>paused, {formatCount(stream.heldCount)} new</span>}
      {stream.lost > 0 && <span class="tag warn">{formatCount(stream.lost)} lost</span>}
    </p>
  );
}

function rateText(messagesPerSecond: number): string {
  const shown =
    messagesPerSecond > 0 && messagesPerSecond < 10
      ? messagesPerSecond.toFixed(1)
      : formatCount(messagesPerSecond);
  return `${shown} messages/s`;
}

function stateOf(view: SubscriptionView): string {
  switch (view.state) {
    case 'none':
      return 'Not subscribed';
    case 'open':
      return view.isReady ? 'Subscribed' : 'Subscribing …';
    case 'ended':
      return 'Ended';
    default:
      return view satisfies never;
  }
}

function titleOf(view: SubscriptionView): string {
  switch (view.state) {
    case 'none':
      return 'Nothing comes';
    case 'open':
      return view.isReady
        ? `Every device in reach knows that ${visible(view.pattern)} is wanted here`
        : `Not every device knows yet that ${visible(view.pattern)} is wanted here`;
    case 'ended':
      return view.reason;
    default:
      return view satisfies never;
  }
}
