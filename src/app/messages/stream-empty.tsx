/** Instead of a stream in which there is nothing: why, and what to try. */
import { countOf } from '../state/format.ts';
import { visible } from '../state/payload-text.ts';
import { hintFor, PRESETS } from '../state/subject-hints.ts';
import type { MessageDesk } from './message-desk.ts';

interface Props {
  readonly desk: MessageDesk;
  /** Answers why it cannot be. */
  readonly subscribe: (pattern: string) => string | undefined;
  readonly sendTo: (subject: string) => void;
}

export function EmptyStream({ desk, subscribe, sendTo }: Props) {
  const view = desk.subscription.value;
  if (desk.stream.total > 0)
    return (
      <p class="messages-empty muted">None of {countOf(desk.stream.total, 'message')} has these words.</p>
    );
  if (view.state === 'open')
    return (
      <div class="messages-empty">
        <p>
          Listening to <code>{visible(view.pattern)}</code>: nothing has come yet.
        </p>
        <Try pattern={view.pattern} sendTo={sendTo} />
      </div>
    );
  return (
    <div class="messages-empty">
      <p>Subscribe to a subject to see what is published on it, by any device of this Network. Try</p>
      <ul class="messages-presets">
        {PRESETS.map(({ pattern, title, about }) => (
          <li key={pattern}>
            <button type="button" class="button small" onClick={() => subscribe(pattern)}>
              {title}
            </button>
            <span class="muted">
              <code>{pattern}</code> {about}
            </span>
          </li>
        ))}
      </ul>
      <p class="muted">
        <code>*</code> stands for one part between dots, <code>&gt;</code> for all that follow.
      </p>
    </div>
  );
}

/** What may bring the first message. */
function Try({ pattern, sendTo }: { readonly pattern: string; readonly sendTo: (subject: string) => void }) {
  const hint = hintFor(pattern);
  switch (hint.type) {
    case 'render':
      return <p class="muted">Open the invite link on another device, or render something.</p>;
    case 'reserved':
      return <p class="muted">Subjects that begin with $ are kept for the system.</p>;
    case 'send':
      return (
        <>
          <p class="muted">
            Send something below, or at the console of another tab:{' '}
            <code>(await leafcutter.pubsub).publish('{visible(hint.subject)}', 'hello')</code>
          </p>
          <button type="button" class="button small" onClick={() => sendTo(hint.subject)}>
            Send to {visible(hint.subject)}
          </button>
        </>
      );
    default:
      return hint satisfies never;
  }
}
