/**
 * The room of the page: that of the address, or the Network's own. As signals, with what components do with it; what goes wrong is one
 * sentence in `problem`.
 */

import { type ReadonlySignal, signal } from '@preact/signals';
import { messageOf } from '../../runtime/index.ts';
import type {
  Member,
  Other,
  Plain,
  Room,
  RoomDisk,
  RoomFinality,
  RoomPace,
  RoomSync,
} from '../../services/rooms/index.ts';
import { nodeOfAuthor } from './node-of-author.ts';
import { EMPTY_PAGE_ROOM, type PageRoomState, type PageRoomUpdate, pageReducer } from './page-reducer.ts';
import type { SessionRooms } from './session-rooms.ts';
import { type NextSteps, Steps, stepText } from './steps.ts';
import { takesRole } from './taking-role.ts';

export type Grant = 'read' | 'write' | 'admin';

/** What this tab shows of itself to the others. */
export type PagePresence = {
  /** Whose stage is shown here. */
  readonly follows: string | null;
  /** Asks the others to look at this stage. */
  readonly leads: boolean;
};

export interface PageRoom {
  readonly room: Room<PageRoomState, PageRoomUpdate>;
  readonly session: SessionRooms;
  /** It is that of the Network: whoever has the invite has it. */
  readonly isNetworks: boolean;
  readonly grant: Grant;
  readonly state: ReadonlySignal<PageRoomState>;
  readonly sync: ReadonlySignal<RoomSync>;
  readonly pace: ReadonlySignal<RoomPace>;
  readonly disk: ReadonlySignal<RoomDisk>;
  readonly finality: ReadonlySignal<RoomFinality>;
  readonly others: ReadonlySignal<readonly Other[]>;
  /** Who has the room, here or not. After each change of it `room.links` may be others. */
  readonly members: ReadonlySignal<readonly Member[]>;
  /** Why the last change was not made. */
  readonly problem: ReadonlySignal<string | undefined>;
  /** Resolves with false when it was refused, soon, with `problem`; with true when another device has it. */
  change(update: PageRoomUpdate): Promise<boolean>;
  /** What this tab did last here and may take back, and what it took back last. */
  readonly steps: ReadonlySignal<NextSteps>;
  /** As `change`. */
  undo(): Promise<boolean>;
  redo(): Promise<boolean>;
  close(): void;
}

interface Place {
  /** The link in the address; undefined: the Network's own. */
  readonly link: string | undefined;
  readonly signal: AbortSignal;
  /** As `Rooms.open` has it. */
  readonly onLooking: (why: string) => void;
}

/** @throws what `Rooms.open` throws */
export async function openPageRoom(
  session: SessionRooms,
  { link, signal, onLooking }: Place,
): Promise<PageRoom> {
  const { rooms, secret } = session;
  const opened =
    link === undefined
      ? await rooms.create({ reducer: pageReducer, initial: EMPTY_PAGE_ROOM, secret, signal })
      : await rooms.open(link, { reducer: pageReducer, signal, onLooking });
  return watchRoom(session, opened, link === undefined);
}

/** A new one, with keys of its own: who is in it is up to whom one gives which link. */
export async function makePageRoom(session: SessionRooms): Promise<PageRoom> {
  const made = await session.rooms.create({ reducer: pageReducer, initial: EMPTY_PAGE_ROOM });
  return watchRoom(session, made, false);
}

function watchRoom(
  session: SessionRooms,
  room: Room<PageRoomState, PageRoomUpdate>,
  isNetworks: boolean,
): PageRoom {
  const state = signal(room.state);
  const sync = signal(room.sync);
  const pace = signal(room.pace);
  const disk = signal(room.disk);
  const finality = signal(room.finality);
  const others = signal(room.others);
  const members = signal(room.members);
  const problem = signal<string | undefined>(undefined);
  const self = nodeOfAuthor(session.author);
  let sinceLooked = 0;
  const done = new Steps();
  const steps = signal<NextSteps>(done.next);
  const look = (): void => {
    const { canUndo, canRedo } = room.history;
    const { undo, redo } = done.next;
    // What a checkpoint has closed stays.
    steps.value = { undo: canUndo ? undo : undefined, redo: canRedo ? redo : undefined };
  };
  const attempt = async (work: () => Promise<unknown>): Promise<boolean> => {
    problem.value = undefined;
    try {
      await work();
      return true;
    } catch (error) {
      problem.value = messageOf(error);
      return false;
    }
  };
  const afterwards = async (work: Promise<boolean>): Promise<boolean> => {
    const isDone = await work;
    look();
    return isDone;
  };
  room.events.on('changed', () => {
    state.value = room.state;
    look();
  });
  room.events.on('overtaken', ({ update, error }) => {
    if (update.isUndo) return;
    const change = update.update as PageRoomUpdate;
    done.overtaken(change);
    problem.value = `${stepText(change)} came to nothing: ${error.message}`;
    look();
  });
  room.events.on('sync', (next) => {
    sync.value = next;
  });
  room.events.on('pace', (next) => {
    pace.value = next;
  });
  room.events.on('disk', (next) => {
    disk.value = next;
  });
  room.events.on('finality', (next) => {
    finality.value = next;
    look();
  });
  room.events.on('others', () => {
    others.value = room.others;
  });
  room.events.on('members', () => {
    members.value = room.members;
  });
  room.events.on('update', () => {
    sinceLooked += 1;
    if (sinceLooked < LOOKS_EVERY || room.links.admin === undefined) return;
    sinceLooked = 0;
    const here = room.members.filter(({ isHere }) => isHere).map(({ node }) => node);
    if (takesRole({ self, members: here, finality: room.finality, open: room.updates().length }))
      room.administer();
  });
  const { write, admin } = room.links;
  return {
    room,
    session,
    isNetworks,
    grant: admin !== undefined ? 'admin' : write !== undefined ? 'write' : 'read',
    state,
    sync,
    pace,
    disk,
    finality,
    others,
    members,
    problem,
    steps,
    change: (update) => afterwards(done.does(update, () => attempt(() => room.update(update)))),
    undo: () => afterwards(done.undoes(() => attempt(() => room.history.undo()))),
    redo: () => afterwards(done.redoes(() => attempt(() => room.history.redo()))),
    close: () => room.close(),
  };
}

/** Updates between two looks at whether somebody has to close what is open. */
const LOOKS_EVERY = 64;

/** What somebody else shows: theirs, so only what has the right form. */
export function presenceOf(shown: Plain | undefined): PagePresence {
  const { follows, leads } = (typeof shown === 'object' && shown !== null ? shown : {}) as Readonly<
    Record<string, unknown>
  >;
  return { follows: typeof follows === 'string' ? follows : null, leads: leads === true };
}
