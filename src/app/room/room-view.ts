/** All that the parts of the room's panel share, for as long as one room is open. */

import { effect, type Signal, signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { systemClock, systemTimers } from '../../runtime/index.ts';
import type { AuthorId, UpdateHash } from '../../services/rooms/index.ts';
import type { App } from '../state/app.ts';
import { ROOM_WORD } from '../state/room-door.ts';
import { type Company, keepCompany } from './company.ts';
import { type Looked, lookedAt, unseen } from './looked.ts';
import { nodeOfAuthor } from './node-of-author.ts';
import type { PageRoomUpdate } from './page-reducer.ts';
import type { PageRoom } from './page-room.ts';
import type { PinPlace } from './pin-place.ts';
import { SaidDigest } from './said-digest.ts';
import { lastSeen, rememberSeen } from './seen.ts';
import { type SharedView, shareView } from './shared-view.ts';
import type { StageLink } from './stage-link.ts';
import { travel } from './stage-travel.ts';
import { UnsaidWords, wordsOf } from './unsaid-words.ts';

export type RoomPart = 'chat' | 'pins' | 'view';

export interface RoomView {
  readonly page: PageRoom;
  readonly company: Company;
  readonly sharedView: SharedView;
  readonly part: Signal<RoomPart>;
  /** The next press on the stage says where a pin goes. */
  readonly isPlacing: Signal<boolean>;
  /** A pin that has its place and waits for its words. */
  readonly draft: Signal<PinPlace | undefined>;
  readonly unsaid: UnsaidWords;
  readonly openPin: Signal<UpdateHash | undefined>;
  /** What was looked at here before the chat was opened. */
  readonly seen: Signal<Looked>;
  /** For who listens. */
  readonly spoken: Signal<string>;
  readonly obstacle: Signal<string | undefined>;
  /** As others see this device. */
  ownName(): string;
  /** Whoever wrote it: as they are called now, or were when they wrote. */
  nameOf(author: AuthorId, then: string): string;
  goTo(link: StageLink): void;
  close(): void;
}

export function openRoomView(app: App, page: PageRoom): RoomView {
  const { node } = app.session;
  const { author: self } = page.session;
  const ownName = (): string => app.nameOf(node.id) ?? app.session.defaultDeviceName;
  const part = signal<RoomPart>('chat');
  const spoken = signal('');
  const obstacle = signal<string | undefined>(undefined);
  const isPlacing = signal(false);
  const isHidden = signal(document.hidden);
  const company = keepCompany(app, page);
  const sharedView = shareView(app, page, ownName);

  const digest = new SaidDigest();
  let cancelSpeaking = (): void => {};
  const speakWhenDue = (): void => {
    cancelSpeaking();
    const atMs = digest.dueAtMs;
    if (atMs === undefined) return;
    cancelSpeaking = systemTimers.after(Math.max(0, atMs - systemClock.now()), () => {
      const sentence = digest.take(systemClock.now());
      // A timer may be early by a fraction of a millisecond.
      if (sentence === undefined) speakWhenDue();
      else spoken.value = sentence;
    });
  };
  let told = lookedAt(page.state.value.lines);
  const speak = effect(() => {
    const { lines } = page.state.value;
    const said = unseen(lines, told, self);
    told = lookedAt(lines);
    const isLooking = app.room.isOpen.value && part.value === 'chat';
    if (!isLooking) return;
    digest.add(systemClock.now(), said);
    speakWhenDue();
  });
  let looked: Looked = { newest: lastSeen(page.room.id), ids: undefined };
  /** Somebody may have looked in another tab since. */
  const lookedNow = (): Looked => {
    const newest = lastSeen(page.room.id);
    return newest === looked.newest ? looked : { newest, ids: undefined };
  };
  const seen = signal(looked);
  const count = effect(() => {
    const { lines } = page.state.value;
    const isLooking = app.room.isOpen.value && part.value === 'chat' && !isHidden.value;
    const newest = lines.at(-1)?.id;
    if (isLooking && newest !== undefined) {
      looked = lookedAt(lines);
      rememberSeen(page.room.id, newest);
      app.room.unread.value = 0;
      return;
    }
    app.room.unread.value = unseen(lines, lookedNow(), self).length;
  });
  // What was new when one looked away is marked as new when one looks again.
  const mark = effect(() => {
    const isLooking = app.room.isOpen.value && part.value === 'chat' && !isHidden.value;
    if (!isLooking) seen.value = lookedNow();
  });
  const onVisibility = (): void => {
    isHidden.value = document.hidden;
  };
  document.addEventListener('visibilitychange', onVisibility);

  const unsaid = new UnsaidWords();
  const stopGivingBack = page.room.events.on('overtaken', ({ update }) => {
    const words = update.isUndo ? undefined : wordsOf(update.update as PageRoomUpdate);
    if (words) unsaid.giveBack(...words);
  });
  const openPin = signal<UpdateHash | undefined>(undefined);
  const keepThreads = effect(() => {
    const ids = new Set(page.state.value.pins.map(({ id }) => id));
    const opened = openPin.peek();
    if (opened !== undefined && !ids.has(opened)) openPin.value = undefined;
    if (!unsaid.keepThreads(ids)) return;
    obstacle.value = 'the pin was removed: your words are in the chat';
    if (part.peek() === 'pins') part.value = 'chat';
  });

  // Whoever has not opened the room hears that there is something in it.
  let hasTold = false;
  const tell = effect(() => {
    if (hasTold || page.state.value === page.room.beginning.initial || !page.isNetworks) return;
    if (page.state.value.lines.length === 0 && page.state.value.pins.length === 0) return;
    hasTold = true;
    node.broadcast(ROOM_WORD, new Uint8Array()).catch(() => {}); // those who come are told again
  });
  const stopTelling = node.events.on('joined', ({ id }) => {
    if (hasTold) node.send(id, ROOM_WORD, new Uint8Array()).catch(() => {}); // it has left
  });

  return {
    page,
    company,
    sharedView,
    part,
    isPlacing,
    draft: signal(undefined),
    unsaid,
    openPin,
    seen,
    spoken,
    obstacle,
    ownName,
    nameOf: (author, then) => (author === self ? ownName() : (app.nameOf(nodeOfAuthor(author)) ?? then)),
    goTo(link) {
      obstacle.value = undefined;
      void travel(app, link).then((problem) => {
        obstacle.value = problem;
      });
    },
    close() {
      for (const stop of [speak, count, mark, tell, stopTelling, stopGivingBack, keepThreads]) stop();
      cancelSpeaking();
      document.removeEventListener('visibilitychange', onVisibility);
      company.close();
      sharedView.close();
      page.close();
    },
  };
}

export const RoomContext = createContext<RoomView | undefined>(undefined);

export function useRoom(): RoomView {
  const view = useContext(RoomContext);
  if (!view) throw new Error('a part of the room was rendered outside of it');
  return view;
}
