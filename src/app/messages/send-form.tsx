/** A line to send or to ask, what became of it, and the answers. */
import { type Signal, useSignal } from '@preact/signals';
import { NodeChip } from '../components/node-chip.tsx';
import { formatBytes } from '../state/format.ts';
import type { StreamMessage } from '../state/message-stream.ts';
import { type PayloadForm, payloadFrom, previewOf } from '../state/payload-text.ts';
import type { MessageDesk } from './message-desk.ts';
import { PayloadFormSelect } from './payload-form-select.tsx';

interface Props {
  readonly desk: MessageDesk;
  /** Of the answers. */
  readonly form: PayloadForm;
  /** As typed. */
  readonly subject: Signal<string>;
  readonly onOpen: (answer: StreamMessage) => void;
}

export function SendForm({ desk, form, subject, onOpen }: Props) {
  const payload = useSignal('');
  const typedAs = useSignal<PayloadForm>('text');
  const problem = useSignal<string | undefined>(undefined);
  const withPayload = (act: (subject: string, data: Uint8Array) => Promise<void>): void => {
    const read = payloadFrom(payload.value, typedAs.value);
    problem.value = 'problem' in read ? read.problem : undefined;
    if ('data' in read) void act(subject.value.trim(), read.data);
  };
  const send = (): void => withPayload((to, data) => desk.send(to, data));
  return (
    <form
      class="messages-send"
      aria-label="Send or ask"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div class="messages-line">
        <input
          class="input mono"
          aria-label="Subject to send to"
          placeholder="Send to subject"
          autocapitalize="off"
          autocomplete="off"
          spellcheck={false}
          required
          value={subject.value}
          onInput={(event) => {
            subject.value = event.currentTarget.value;
          }}
        />
        <textarea
          class="input mono"
          aria-label="Payload"
          aria-invalid={problem.value !== undefined}
          aria-describedby={problem.value === undefined ? undefined : 'payload-problem'}
          placeholder="Payload"
          rows={1}
          spellcheck={false}
          value={payload.value}
          onInput={(event) => {
            payload.value = event.currentTarget.value;
            problem.value = undefined;
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
            event.preventDefault();
            event.currentTarget.form?.requestSubmit();
          }}
        />
        <PayloadFormSelect
          label="Payload is"
          form={typedAs}
          onChange={() => {
            problem.value = undefined;
          }}
        />
        <button type="submit" class="button" title="To all who listen (Ctrl+Enter)">
          Send
        </button>
        <button
          type="button"
          class="button"
          title={desk.isAsking.value ? 'Wait for no more answers' : 'Send it, and wait for answers'}
          onClick={(event) => {
            if (desk.isAsking.value) desk.stopAsking();
            else if (event.currentTarget.form?.reportValidity())
              withPayload((to, data) => desk.ask(to, data));
          }}
        >
          {desk.isAsking.value ? 'Stop' : 'Ask'}
        </button>
      </div>
      <p
        class="messages-outcome"
        role="status"
        data-tone={problem.value === undefined ? desk.outcome.value?.tone : 'bad'}
      >
        {problem.value !== undefined ? (
          <span id="payload-problem">{problem}</span>
        ) : desk.isAsking.value ? (
          'Asking …'
        ) : (
          desk.outcome.value?.text
        )}
      </p>
      {desk.answers.value.length > 0 && (
        // biome-ignore lint/a11y/noRedundantRoles: without bullets Safari drops the list's role
        <ul class="messages-answers" aria-label="Answers" role="list">
          {desk.answers.value.map((answer, place) => (
            // Two may be alike: what tells them apart is their place.
            <li key={place}>
              <button type="button" onClick={() => onOpen(answer)}>
                <NodeChip id={answer.from} />
                <span class="message-payload ellipsis">{previewOf(answer.data, form) || '(empty)'}</span>
                <span class="message-size">{formatBytes(answer.data.length)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </form>
  );
}
