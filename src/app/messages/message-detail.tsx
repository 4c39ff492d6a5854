/** One message in full: who, when, on what, its headers and its payload. */
import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { useApp } from '../components/app-context.ts';
import { Icon } from '../components/icon.tsx';
import { NodeChip } from '../components/node-chip.tsx';
import { copyText } from '../copy-text.ts';
import { Fact } from '../debug/facts.tsx';
import { countOf, formatBytes, formatCount } from '../state/format.ts';
import { dateTime } from '../state/job-log.ts';
import { messageJson, type StreamMessage } from '../state/message-stream.ts';
import { fullOf, type PayloadForm, visible } from '../state/payload-text.ts';
import { PayloadFormSelect } from './payload-form-select.tsx';

interface Props {
  readonly message: StreamMessage;
  readonly form: Signal<PayloadForm>;
  /** It was opened, not only chosen: where it hides the list, it has the focus. */
  readonly isOpen: boolean;
  readonly onReply: (subject: string) => void;
  readonly onClose: () => void;
}

export function MessageDetail({ message, form, isOpen, onReply, onClose }: Props) {
  const { nameOf, session } = useApp();
  const back = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isOpen && document.activeElement === document.body) back.current?.focus();
  }, [isOpen]);
  const { atMs, subject, from, reply, headers, moreHeaders, data, lost } = message;
  const shown = fullOf(data, form.value);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without the focus no key scrolls it
    <section class="messages-side details" aria-label="Message" tabIndex={0}>
      <h3>
        <span class="ellipsis" title={visible(subject)}>
          {visible(subject)}
        </span>
        <button
          ref={back}
          type="button"
          class="button quiet icon"
          aria-label="Close message"
          onClick={onClose}
        >
          <Icon name="close" />
        </button>
      </h3>
      <dl class="facts">
        <Fact
          name="From"
          value={
            <>
              <NodeChip id={from} /> {from === session.node.id ? 'this tab' : nameOf(from)}
            </>
          }
        />
        <Fact name="Came" value={dateTime(atMs)} />
        <Fact name="Size" value={formatBytes(data.length)} />
        {reply !== '' && (
          <Fact
            name="Answer to"
            value={
              <button type="button" class="link" title="Send to it" onClick={() => onReply(reply)}>
                {visible(reply)}
              </button>
            }
          />
        )}
        {headers.map(([name, values]) => (
          <Fact key={name} name={visible(shortened(name))} value={visible(shortened(values.join(', ')))} />
        ))}
        {moreHeaders > 0 && <Fact name="Headers" value={`${formatCount(moreHeaders)} more are not shown`} />}
        {lost > 0 && <Fact name="Before it" value={`${countOf(lost, 'message')} lost`} />}
      </dl>
      <div class="messages-line">
        <PayloadFormSelect label="Show this payload as" form={form} />
        <CopyButton name="Copy payload" what={shown.text} text={() => shown.text} />
        <CopyButton name="Copy all" what={message} text={() => messageJson(message)} />
      </div>
      <pre class="message-full">{shown.text || '(empty)'}</pre>
      {shown.form !== form.value && data.length > 0 && (
        <p class="muted">
          {shown.form === 'text' ? 'It is no JSON: shown as text.' : 'It is no text: shown as hex.'}
        </p>
      )}
      {shown.omittedBytes > 0 && <p class="muted">{formatBytes(shown.omittedBytes)} more are not shown.</p>}
    </section>
  );
}

/** Of a header: a person reads no more of it here. */
const MAX_HEADER_CHARACTERS = 1_000;

function shortened(text: string): string {
  return text.length > MAX_HEADER_CHARACTERS ? `${text.slice(0, MAX_HEADER_CHARACTERS)} …` : text;
}

interface CopyProps {
  readonly name: string;
  /** Once it is another, nothing of it is copied yet. */
  readonly what: unknown;
  readonly text: () => string;
}

function CopyButton({ name, what, text }: CopyProps) {
  const copied = useSignal<unknown>(undefined);
  return (
    <button
      type="button"
      class="button small"
      onClick={async () => {
        copied.value = (await copyText(text(), null)) ? what : undefined;
      }}
    >
      {copied.value === what ? 'Copied' : name}
    </button>
  );
}
