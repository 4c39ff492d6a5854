/** The invite link to copy or to scan. The key is in the link's fragment, which no server sees. */
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { copyText } from '../copy-text.ts';
import { isOnlyForThisMachine } from '../state/entry.ts';
import { useApp } from './app-context.ts';
import { Icon } from './icon.tsx';
import { QrCode } from './qr-code.tsx';

export function Invite() {
  const { session } = useApp();
  const field = useRef<HTMLInputElement>(null);
  const copied = useSignal<'yes' | 'failed' | undefined>(undefined);
  const copy = async (): Promise<void> => {
    copied.value = (await copyText(session.inviteLink, field.current)) ? 'yes' : 'failed';
  };
  return (
    <div class="invite">
      <div class="invite-text">
        <h2>Invite devices</h2>
        <p class="muted">Open this link elsewhere, or scan it. Whoever has it can join and help to render.</p>
        {isOnlyForThisMachine(location.hostname) && (
          <p class="muted">
            This address is for this machine only: for others open the page by the LAN address that the server
            prints.
          </p>
        )}
      </div>
      <QrCode text={session.inviteLink} label="Invite link as QR code" />
      <div class="invite-link">
        <input
          ref={field}
          class="input mono"
          readOnly
          aria-label="Invite link"
          value={session.inviteLink}
          onFocus={(event) => event.currentTarget.select()}
        />
        <button
          type="button"
          class="button"
          aria-label="Copy invite link"
          title="Copy invite link"
          onClick={() => void copy()}
        >
          <Icon name={copied.value === 'yes' ? 'check' : 'copy'} />
          {copied.value === 'yes' ? 'Copied' : 'Copy'}
        </button>
      </div>
      {copied.value === 'failed' && (
        <p class="field-error invite-problem">
          This browser does not let the page copy: the link is selected, press Ctrl+C.
        </p>
      )}
      <p class="visually-hidden" role="status">
        {copied.value === 'yes' && 'Invite link copied'}
      </p>
    </div>
  );
}
