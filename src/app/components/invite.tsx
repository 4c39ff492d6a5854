/** The invite link to copy or to scan. The key is in the link's fragment, which no server sees. */
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { copyText } from '../copy-text.ts';
import { useApp } from './app-context.ts';
import { Icon } from './icon.tsx';
import { QrCode } from './qr-code.tsx';

export function Invite() {
  const { session, inviteAddresses } = useApp();
  const { choices, chosen, link, note, choose } = inviteAddresses;
  const field = useRef<HTMLInputElement>(null);
  const copied = useSignal<'yes' | 'failed' | undefined>(undefined);
  const copy = async (): Promise<void> => {
    copied.value = (await copyText(link.value, field.current)) ? 'yes' : 'failed';
  };
  return (
    <div class="invite">
      <div class="invite-text">
        <h2>Invite devices</h2>
        <p class="muted">
          Open this link elsewhere, or scan it. Whoever has it can join <strong>{session.networkName}</strong>{' '}
          and help to render.
        </p>
      </div>
      <QrCode text={link.value} label="Invite link as QR code" />
      {choices.value.length > 0 && (
        <div class="field invite-address">
          <label for="invite-address">Address</label>
          <select
            id="invite-address"
            class="select"
            value={chosen.value}
            onChange={(event) => {
              choose(event.currentTarget.value);
              copied.value = undefined;
            }}
          >
            {choices.value.map(({ url, label }) => (
              <option key={url} value={url}>
                {label}
              </option>
            ))}
          </select>
        </div>
      )}
      <div class="invite-link">
        <input
          ref={field}
          class="input mono"
          readOnly
          aria-label="Invite link"
          value={link.value}
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
      {note.value !== undefined && <p class="muted invite-note">{note.value}</p>}
      <p class="visually-hidden" role="status">
        {copied.value === 'yes' && 'Invite link copied'}
      </p>
    </div>
  );
}
