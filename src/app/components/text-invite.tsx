/** "Invite without a server": two texts, or QR codes, one each way, between a device that is here and one that wants in. */
import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useId, useMemo, useRef } from 'preact/hooks';
import { systemTimers } from '../../runtime/index.ts';
import { copyText } from '../copy-text.ts';
import { sentence } from '../state/format.ts';
import { watchGreetings } from '../state/greeting.ts';
import { createTextInvite, type TextInvite } from '../state/text-invite.ts';
import { useApp } from './app-context.ts';
import { ClosableDialog } from './closable-dialog.tsx';
import { Icon } from './icon.tsx';
import { QrCode } from './qr-code.tsx';

export function TextInviteButton() {
  const { session } = useApp();
  const dialog = useRef<HTMLDialogElement>(null);
  const invite = useMemo(
    () => createTextInvite(session.transport, () => watchGreetings(session.node, systemTimers)),
    [session],
  );
  return (
    <>
      <button type="button" class="button text-invite-open" onClick={() => dialog.current?.showModal()}>
        Connect without a server
      </button>
      <ClosableDialog title="Connect without a server" dialog={dialog} onClose={() => invite.restart()}>
        <Step invite={invite} />
        {invite.problem.value !== undefined && (
          <p class="field-error" role="alert">
            {sentence(invite.problem.value)}
          </p>
        )}
      </ClosableDialog>
    </>
  );
}

function Step({ invite }: { readonly invite: TextInvite }) {
  const step = invite.step.value;
  switch (step.name) {
    case 'choose':
      return (
        <>
          <p class="muted">
            Two short texts connect a device that is in this network with one that wants in; carry them by
            chat, mail or camera. Both have this network's invite link open.
          </p>
          <div class="dialog-part">
            <button type="button" class="button primary" onClick={() => void invite.invite()}>
              Let a device in
            </button>
            <button type="button" class="button" onClick={() => invite.join()}>
              Join from this device
            </button>
          </div>
        </>
      );
    case 'working':
      return <p role="status">One moment …</p>;
    case 'invite':
      return (
        <>
          <Outgoing label="First text" text={step.text} hint="Bring this to the device that wants in:" />
          <Incoming invite={invite} label="Its answer" action="Connect" />
        </>
      );
    case 'join':
      return <Incoming invite={invite} label="First text" action="Make the answer" />;
    case 'answer':
      return (
        <>
          <Outgoing label="Answer" text={step.text} hint="Bring this back to the device that is in:" />
          <p class="muted" role="status">
            Waiting for it to be taken there …
          </p>
        </>
      );
    case 'connected':
      return <p role="status">Connected. This device has the whole network now.</p>;
    default:
      return step satisfies never;
  }
}

interface OutgoingProps {
  readonly label: string;
  readonly text: string;
  readonly hint: string;
}

function Outgoing({ label, text, hint }: OutgoingProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const copied = useSignal(false);
  return (
    <div class="dialog-part">
      <p>{hint}</p>
      <textarea
        ref={field}
        class="input mono"
        rows={4}
        readOnly
        aria-label={label}
        value={text}
        onFocus={(event) => event.currentTarget.select()}
      />
      <button
        type="button"
        class="button"
        onClick={async () => {
          copied.value = await copyText(text, field.current);
        }}
      >
        <Icon name={copied.value ? 'check' : 'copy'} />
        {copied.value ? 'Copied' : 'Copy'}
      </button>
      <QrCode text={text} label={`${label} as QR code`} />
    </div>
  );
}

interface IncomingProps {
  readonly invite: TextInvite;
  readonly label: string;
  readonly action: string;
}

function Incoming({ invite, label, action }: IncomingProps) {
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const text = useSignal('');
  const isEmpty = useComputed(() => text.value.trim() === '');
  useEffect(() => field.current?.focus(), []);
  return (
    <form
      class="dialog-part"
      onSubmit={(event) => {
        event.preventDefault();
        void invite.take(text.value);
      }}
    >
      <label for={id}>{label}</label>
      <textarea
        ref={field}
        id={id}
        class="input mono"
        rows={4}
        spellcheck={false}
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
        }}
      />
      <button type="submit" class="button primary" disabled={isEmpty.value}>
        {action}
      </button>
    </form>
  );
}
