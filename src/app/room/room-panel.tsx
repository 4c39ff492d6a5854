/** Beside the stage: who is here, the chat, the pins, and what is the same for all. Loaded when it is first wanted. */
import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { messageOf } from '../../runtime/index.ts';
import { useApp } from '../components/app-context.ts';
import { SwitchNav } from '../components/switch-nav.tsx';
import type { App } from '../state/app.ts';
import { sentence } from '../state/format.ts';
import { Chat } from './chat.tsx';
import { makePageRoom, openPageRoom, type PageRoom } from './page-room.ts';
import { Pins } from './pins.tsx';
import { CloseRoom, RoomHead } from './room-head.tsx';
import { openRoomView, RoomContext, type RoomView, useRoom } from './room-view.ts';
import { SharedPart } from './shared-part.tsx';
import { marksOf } from './stage-marks.tsx';
import { UndoButtons } from './undo-buttons.tsx';
import { WayBack } from './way-back.tsx';
import { WhoIsHere } from './who-is-here.tsx';
import './room.css';
import './chat.css';
import './pins.css';
import './shared-part.css';
import './stage-marks.css';

export function RoomPanel() {
  const app = useApp();
  const view = useSignal<RoomView | undefined>(undefined);
  const problem = useSignal<string | undefined>(undefined);
  /** Why it takes so long. */
  const hint = useSignal<string | undefined>(undefined);
  useEffect(() => {
    const gone = new AbortController();
    const start = async (): Promise<void> => {
      const session = await app.session.rooms.get();
      const link = app.session.hasRoomLink ? location.hash : undefined;
      const onLooking = (why: string): void => {
        hint.value = `${sentence(why)} Looking on …`;
      };
      const page = await openPageRoom(session, { link, signal: gone.signal, onLooking });
      if (gone.signal.aborted) page.close();
      else view.value = enter(app, page);
    };
    start().catch((error: unknown) => {
      if (!gone.signal.aborted) problem.value = sentence(messageOf(error));
    });
    return () => {
      gone.abort();
      view.peek()?.close();
      app.room.opened.value = undefined;
      app.room.marks.value = undefined;
    };
  }, [app, view, problem, hint]);
  useSignalEffect(() => {
    const page = view.value?.page;
    if (page) showAddress(app, page);
  });

  /** Leaves the Network's room for one whose links say who may what. */
  const make = async (): Promise<void> => {
    const page = await makePageRoom(await app.session.rooms.get());
    view.value?.close();
    view.value = enter(app, page);
  };

  if (!view.value) {
    return (
      <>
        <ClosingHead />
        <p class="muted part-loading" role="status">
          {problem.value ??
            hint.value ??
            (app.session.hasRoomLink ? 'Looking for somebody who has this room …' : 'Opening the room …')}
        </p>
        {app.session.hasRoomLink && <WayBack />}
      </>
    );
  }
  return (
    <RoomContext.Provider key={view.value.page.room.id} value={view.value}>
      <RoomHead onMake={make} />
      <WhoIsHere />
      <Parts />
    </RoomContext.Provider>
  );
}

function enter(app: App, page: PageRoom): RoomView {
  const view = openRoomView(app, page);
  app.room.opened.value = page.room;
  app.room.marks.value = marksOf(view);
  return view;
}

/** That of a room with keys of its own has its link, and another one after somebody was removed. */
function showAddress(app: App, { isNetworks, members, room, grant }: PageRoom): void {
  members.value; // with them the links change
  const link = room.links[grant];
  // The key is in the fragment, as the network's own; `replaceState` leaves no trace of it in the history.
  if (!isNetworks && link !== undefined)
    history.replaceState(history.state, '', `${app.session.inviteFragment}&${link}`);
}

/** Until the room is there. */
function ClosingHead() {
  return (
    <header class="room-head">
      <h2>Room</h2>
      <CloseRoom />
    </header>
  );
}

function Parts() {
  const { page, part, obstacle, spoken } = useRoom();
  const { pins } = page.state.value;
  const open = pins.filter(({ resolvedBy }) => resolvedBy === null).length;
  const parts = [
    { id: 'chat', title: 'Chat' },
    { id: 'pins', title: open === 0 ? 'Pins' : `Pins (${open})` },
    { id: 'view', title: 'View' },
  ] as const;
  const refused = page.problem.value ?? obstacle.value;
  return (
    <>
      <div class="room-bar">
        <SwitchNav name="Room parts" class="segmented wide room-parts" parts={parts} shown={part} />
        {page.grant !== 'read' && <UndoButtons />}
      </div>
      {part.value === 'chat' && <Chat />}
      {part.value === 'pins' && <Pins />}
      {part.value === 'view' && <SharedPart />}
      {refused !== undefined && (
        <p class="room-problem" role="alert">
          {sentence(refused)}
        </p>
      )}
      <p class="visually-hidden" role="status" aria-label="What is said">
        {spoken}
      </p>
    </>
  );
}
