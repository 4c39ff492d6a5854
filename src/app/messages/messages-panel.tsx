/**
 * Publish and subscribe by hand, beside the topology graph: a stream of what comes on a subject, a line to send or to ask, and who listens to
 * what. Loaded when it is first opened, with the Broker where that has not come yet.
 */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { messageOf } from '../../runtime/index.ts';
import { useApp } from '../components/app-context.ts';
import { SwitchNav } from '../components/switch-nav.tsx';
import { sentence } from '../state/format.ts';
import type { StreamMessage } from '../state/message-stream.ts';
import type { PayloadForm } from '../state/payload-text.ts';
import { MessageDesk } from './message-desk.ts';
import { MessageDetail } from './message-detail.tsx';
import { SendForm } from './send-form.tsx';
import { STREAM_ID, StreamPane } from './stream-pane.tsx';
import { WhoListens } from './who-listens.tsx';
import './listens.css';
import './messages.css';

const PARTS = [
  { id: 'stream', title: 'Stream' },
  { id: 'listens', title: 'Who listens' },
] as const;

export function MessagesPanel() {
  const { session } = useApp();
  const desk = useSignal<MessageDesk | undefined>(undefined);
  const problem = useSignal<string | undefined>(undefined);
  useEffect(() => {
    let isGone = false;
    session.pubsub.get().then(
      (pubsub) => {
        if (!isGone) desk.value = new MessageDesk(pubsub);
      },
      (error: unknown) => {
        problem.value = sentence(messageOf(error));
      },
    );
    return () => {
      isGone = true;
      desk.peek()?.close();
    };
  }, [session, desk, problem]);
  if (!desk.value) return <p class="muted part-loading">{problem.value ?? 'Loading the messages …'}</p>;
  return <Parts desk={desk.value} />;
}

function Parts({ desk }: { readonly desk: MessageDesk }) {
  const form = useSignal<PayloadForm>('json');
  const pattern = useSignal('');
  const subject = useSignal('');
  const part = useSignal<(typeof PARTS)[number]['id']>('stream');
  const chosen = useSignal<StreamMessage | undefined>(undefined);
  /** On a narrow screen it takes the place of the stream. */
  const isOpen = useSignal(false);
  const choose = (message: StreamMessage, opens: boolean): void => {
    chosen.value = message;
    if (opens) isOpen.value = true;
  };
  const close = (): void => {
    chosen.value = undefined;
    isOpen.value = false;
    // Once it is there again, where it was away.
    requestAnimationFrame(() => document.getElementById(STREAM_ID)?.focus());
  };
  const sendTo = (text: string): void => {
    subject.value = text;
    part.value = 'stream';
  };
  return (
    <div class="messages" data-part={isOpen.value ? 'listens' : part.value}>
      {!isOpen.value && (
        <SwitchNav name="Messages parts" class="segmented wide messages-parts" parts={PARTS} shown={part} />
      )}
      <div class="messages-stream">
        <StreamPane
          desk={desk}
          form={form}
          pattern={pattern}
          subject={subject}
          chosen={chosen.value}
          onChoose={choose}
        />
        <SendForm desk={desk} form={form.value} subject={subject} onOpen={(answer) => choose(answer, true)} />
      </div>
      {chosen.value ? (
        <MessageDetail
          message={chosen.value}
          form={form}
          isOpen={isOpen.value}
          onReply={(to) => sendTo(to)}
          onClose={close}
        />
      ) : (
        <WhoListens
          desk={desk}
          onSubscribe={(text) => {
            pattern.value = text;
            desk.subscribe(text);
            part.value = 'stream';
          }}
          onSendTo={sendTo}
        />
      )}
      <p class="visually-hidden" role="status" aria-label="Digest of the stream">
        {desk.digest}
      </p>
    </div>
  );
}
