/** Brand, where one is, what is going on, and the switches that concern the whole page. */
import type { RendezvousState } from '../../transport/index.ts';
import type { PageView } from '../state/app.ts';
import { isDebugOpen } from '../state/debug.ts';
import { isDark, toggleTheme } from '../state/theme.ts';
import { useApp } from './app-context.ts';
import { Brand } from './brand.tsx';
import { Icon } from './icon.tsx';
import { SwitchNav } from './switch-nav.tsx';

const RENDEZVOUS: Record<RendezvousState, { readonly text: string; readonly tone: string }> = {
  connecting: { text: 'Connecting', tone: 'warn' },
  online: { text: 'Online', tone: 'good' },
  offline: { text: 'Signaling away', tone: '' },
};

const VIEWS: readonly { readonly id: PageView; readonly title: string }[] = [
  { id: 'render', title: 'Pictures' },
  { id: 'compute', title: 'Compute' },
];

const LEFT = { text: 'Left', tone: 'bad' };

export function Header() {
  const { session, people, phase, view, room } = useApp();
  const hasLeft = people.departure.value !== undefined;
  const { text, tone } = hasLeft ? LEFT : RENDEZVOUS[people.rendezvous.value];
  return (
    <header class="header">
      <Brand />
      <p class="network-name" title="The Network's name">
        <span class="ellipsis">{session.networkName}</span>
        <span
          class={`tag ${tone}`}
          title={
            hasLeft ? 'This tab is not in the network any more' : rendezvousTitle(people.rendezvous.value)
          }
          data-testid="rendezvous"
        >
          {text}
        </span>
      </p>
      <SwitchNav name="What this page does" class="segmented view-switch" parts={VIEWS} shown={view} />
      <p class="phase ellipsis" role="status">
        {phase}
      </p>
      <div class="header-tools">
        <button
          type="button"
          class="button quiet icon"
          aria-label={isDark.value ? 'Light theme' : 'Dark theme'}
          title={isDark.value ? 'Light theme' : 'Dark theme'}
          onClick={toggleTheme}
        >
          <Icon name={isDark.value ? 'sun' : 'moon'} />
        </button>
        <button
          type="button"
          class="button room-button"
          aria-pressed={room.isOpen.value}
          onClick={() => room.toggle()}
        >
          <Icon name="chat" />
          <span class="wide-only">Chat</span>
          {room.unread.value > 0 && (
            <span class="unread">
              {room.unread}
              <span class="visually-hidden"> unread</span>
            </span>
          )}
        </button>
        <button
          type="button"
          class="button"
          aria-label="Debug panel"
          aria-pressed={isDebugOpen.value}
          title="Look into the mesh (key: d)"
          onClick={() => {
            isDebugOpen.value = !isDebugOpen.value;
          }}
        >
          <Icon name="graph" />
          <span class="wide-only">Debug panel</span>
        </button>
      </div>
    </header>
  );
}

function rendezvousTitle(state: RendezvousState): string {
  switch (state) {
    case 'connecting':
      return 'Looking for the meeting point';
    case 'online':
      return 'New devices can find this page';
    case 'offline':
      return 'The signaling server is away: those connected stay connected, a new device joins by invite texts';
    default:
      return state satisfies never;
  }
}
