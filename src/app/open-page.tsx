/** Reads the invite, opens the session, shows the page, and leaves properly. */
import { computed, effect } from '@preact/signals';
import { render } from 'preact';
import { messageOf, systemRandom } from '../runtime/index.ts';
import { FullMessage } from './components/full-message.tsx';
import { Page } from './components/page.tsx';
import { installConsoleHandle } from './console-handle.ts';
import type { FirstWish } from './first-wish.ts';
import { keepPageFiles } from './offline/keep-page-files.ts';
import { openSession } from './session.ts';
import { createApp } from './state/app.ts';
import { readEntry } from './state/entry.ts';
import { sentence } from './state/format.ts';
import { losesWork } from './state/leaving.ts';
import { titleOf } from './state/title.ts';
import { createWakeLock } from './state/wake-lock.ts';

/** Shows what goes on in `root`, whatever comes of it. */
export async function openPage(root: HTMLElement, wish: FirstWish): Promise<void> {
  try {
    await open(root, wish);
  } catch (error) {
    render(<FullMessage title="Leafcutter could not start" lines={[sentence(messageOf(error))]} />, root);
  }
}

async function open(root: HTMLElement, wish: FirstWish): Promise<void> {
  const { href, hash } = location;
  const entry = readEntry(hash, systemRandom);
  // A link pasted into this tab's address only changes the fragment: begin anew with it.
  addEventListener('hashchange', () => location.reload());
  if (entry.kind === 'unreadable') {
    render(<FullMessage title="This invite link cannot be read" lines={[sentence(entry.reason)]} />, root);
    return;
  }
  // Not `location.hash = ...`: that would add an entry to the history, with the key in it.
  history.replaceState(history.state, '', entry.fragment);
  const session = await openSession(entry.invite, { href, isInvited: hash !== '' });
  // A page in the back/forward cache would hold its Links open without answering: it says goodbye, and starts anew.
  addEventListener('pagehide', () => session.close());
  addEventListener('pageshow', (event) => {
    if (event.persisted) location.reload();
  });

  const app = createApp(session);
  addEventListener('beforeunload', (event) => {
    if (losesWork(app)) event.preventDefault();
  });
  installConsoleHandle(app);
  // A title that is set is told to the whole browser, though it be the same.
  const title = computed(() => titleOf(app.shownJob.value, session.networkName));
  effect(() => {
    document.title = title.value;
  });
  const keepAwake = createWakeLock({ page: document, lock: navigator.wakeLock });
  effect(() => keepAwake(app.jobs.list.value.some(({ state }) => state.value === 'rendering')));
  render(<Page app={app} />, root);
  wish.fulfilBy(app);
  keepPageFiles();
}
