/** Links into a room, by what they let one do, to copy or to scan. */
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { messageOf } from '../../runtime/index.ts';
import { useApp } from '../components/app-context.ts';
import { Icon } from '../components/icon.tsx';
import { QrCode } from '../components/qr-code.tsx';
import { SwitchNav } from '../components/switch-nav.tsx';
import { copyText } from '../copy-text.ts';
import { sentence } from '../state/format.ts';
import type { Grant } from './page-room.ts';
import { useRoom } from './room-view.ts';
import { WayBack } from './way-back.tsx';

const ROLES = {
  read: { title: 'Reader', says: 'Reads along, and shows only that they are here.' },
  write: { title: 'Writer', says: 'Reads, writes, sets pins, votes, and changes the shared view.' },
  admin: {
    title: 'Admin',
    says: 'All that, and closes the room’s history: for whom you trust with the room.',
  },
} as const satisfies Record<Grant, unknown>;

const BY_RANK = ['read', 'write', 'admin'] as const;

export function RoomInvite({ onMake }: { onMake(): Promise<void> }) {
  return useRoom().page.isNetworks ? <NetworksRoom onMake={onMake} /> : <Roles />;
}

/** Its keys follow from the invite. */
function NetworksRoom({ onMake }: { onMake(): Promise<void> }) {
  const { inviteAddresses } = useApp();
  const problem = useSignal<string | undefined>(undefined);
  return (
    <>
      <p class="muted">
        This is the room of the network: whoever has the network’s invite reads and writes in it.
      </p>
      <OneLink link={inviteAddresses.link.value} name="Link of the network" />
      <h3>Who may only read?</h3>
      <p class="muted">
        A room of its own has links for readers, writers and admins. It begins empty, and this tab goes there.
      </p>
      <button
        type="button"
        class="button"
        onClick={() =>
          onMake().catch((error: unknown) => {
            problem.value = sentence(messageOf(error));
          })
        }
      >
        Make a room with roles
      </button>
      {problem.value !== undefined && (
        <p class="field-error" role="alert">
          {problem.value}
        </p>
      )}
    </>
  );
}

function Roles() {
  const { inviteAddresses } = useApp();
  const { page } = useRoom();
  page.members.value; // with them the links change
  const { links } = page.room;
  const role = useSignal<Grant>('read');
  const granted = BY_RANK.filter((one) => links[one] !== undefined);
  const { says, title } = ROLES[role.value];
  return (
    <>
      <p class="muted">Whoever opens the link joins the network, and this room as what you choose:</p>
      <SwitchNav
        name="Role"
        class="segmented wide"
        parts={granted.map((id) => ({ id, title: ROLES[id].title }))}
        shown={role}
      />
      <p>{says}</p>
      <OneLink link={`${inviteAddresses.link.value}&${links[role.value]}`} name={`${title} link`} />
      <WayBack />
    </>
  );
}

function OneLink({ link, name }: { readonly link: string; readonly name: string }) {
  const field = useRef<HTMLInputElement>(null);
  const copied = useSignal<{ readonly link: string; readonly isDone: boolean } | undefined>(undefined);
  const outcome = copied.value?.link === link ? copied.value : undefined;
  return (
    <div class="dialog-part">
      <div class="invite-link">
        <input
          ref={field}
          class="input mono"
          readOnly
          aria-label={name}
          value={link}
          onFocus={(event) => event.currentTarget.select()}
        />
        <button
          type="button"
          class="button"
          onClick={async () => {
            copied.value = { link, isDone: await copyText(link, field.current) };
          }}
        >
          <Icon name={outcome?.isDone ? 'check' : 'copy'} />
          {outcome?.isDone ? 'Copied' : 'Copy'}
        </button>
      </div>
      {outcome?.isDone === false && (
        <p class="field-error">
          This browser does not let the page copy: the link is selected, press Ctrl+C.
        </p>
      )}
      <QrCode text={link} label={`${name} as QR code`} />
    </div>
  );
}
