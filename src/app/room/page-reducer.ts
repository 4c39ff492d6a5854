/**
 * What the people of a page share beside their renders, as one room: what was said, pins with their threads, looks and the votes for them, and
 * the camera, exposure and settings that were set for all. What others write is theirs: each update is looked at before it is believed, and
 * one that is not as it should be does nothing, for everybody alike.
 */
import type { AuthorId, Reducer, UpdateHash } from '../../services/rooms/index.ts';
import { UpdateRefusedError } from '../../services/rooms/index.ts';
import { type PinPlace, placeOf } from './pin-place.ts';
import { demand, isRecord, numberOf, textOf } from './refusals.ts';
import { type Shared, type SharedKind, sharedOf } from './shared.ts';
import { type StageLink, stageLinkOf } from './stage-link.ts';
import { weightOfLine, weightOfPin } from './weights.ts';

/** Who did something, and when by that device's clock. The name is what its author called itself then. */
export type Signed = {
  readonly id: UpdateHash;
  readonly author: AuthorId;
  readonly name: string;
  readonly atMs: number;
};

/** Something that was said; it may carry a render, or where the camera was. */
export type Line = Signed & { readonly text: string; readonly link: StageLink | null };

/** A place that is talked about: the first line began it. */
export type Pin = Signed & {
  /** What people call it: no other gets that when it is removed. */
  readonly number: number;
  readonly place: PinPlace;
  readonly thread: readonly Line[];
  /** Who said that it is done with. */
  readonly resolvedBy: string | null;
};

/** Tone mapping and exposure that somebody proposes. */
export type ProposedLook = Signed & {
  readonly title: string;
  readonly toneMapping: string;
  readonly exposure: number;
};

/** Something that was set for all. */
export type SharedChange = Signed & { readonly shared: Shared };

export type PageRoomState = {
  readonly lines: readonly Line[];
  readonly pins: readonly Pin[];
  /** Of the newest pin there was. */
  readonly lastNumber: number;
  readonly looks: readonly ProposedLook[];
  /** Author to look: one vote each. */
  readonly votes: { readonly [author: string]: UpdateHash };
  /** What holds now. */
  readonly shared: { readonly [kind: string]: SharedChange };
  /** Who changed what, newest last. */
  readonly changes: readonly SharedChange[];
};

type Named = { readonly name: string };

export type PageRoomUpdate =
  | (Named & { readonly say: string; readonly link: StageLink | null })
  | (Named & { readonly pin: PinPlace; readonly text: string })
  | (Named & { readonly reply: UpdateHash; readonly text: string })
  | (Named & { readonly resolve: UpdateHash; readonly isResolved: boolean })
  /** Pins that are done with: one that was opened again meanwhile stays. */
  | { readonly remove: readonly UpdateHash[] }
  | (Named & { readonly look: string; readonly toneMapping: string; readonly exposure: number })
  | { readonly vote: UpdateHash | null }
  | (Named & { readonly share: Shared });

/** Of more, the oldest go. */
export const MAX_LINES = 2_000;
/** `weightOfLine` of all of them, and `weightOfPin` of all pins: with all else that there can be, below what a room may hold. */
const MAX_SAID = 600_000;
const MAX_PINNED = 600_000;
const MAX_PINS = 300;
const MAX_THREAD = 100;
const MAX_LOOKS = 30;
const MAX_VOTES = 1_000;
const MAX_CHANGES = 50;
/** Characters of a line, and of a name. */
export const MAX_TEXT = 2_000;
const MAX_NAME = 80;

export const EMPTY_PAGE_ROOM: PageRoomState = {
  lines: [],
  pins: [],
  lastNumber: 0,
  looks: [],
  votes: {},
  shared: {},
  changes: [],
};

export const pageReducer: Reducer<PageRoomState, PageRoomUpdate> = {
  name: 'leafcutter/page/2',
  reduce(state, update: unknown, { hash, author, claimedAtMs }) {
    demand(isRecord(update), 'it is nothing that this page knows');
    if ('vote' in update) return voted(state, author, update['vote']);
    if ('remove' in update) return withoutPins(state, update['remove']);
    const signed: Signed = {
      id: hash,
      author,
      name: textOf(update['name'], MAX_NAME),
      atMs: claimedAtMs,
    };
    const line = (link: StageLink | null): Line => ({
      ...signed,
      text: textOf(update['text'] ?? update['say'], MAX_TEXT),
      link,
    });
    if ('say' in update) {
      const link = update['link'] === null ? null : stageLinkOf(update['link']);
      return { ...state, lines: newest([...state.lines, line(link)]) };
    }
    if ('pin' in update) {
      demand(state.pins.length < MAX_PINS, `there are ${MAX_PINS} pins already: ${MAKE_ROOM}`);
      const number = state.lastNumber + 1;
      const place = placeOf(update['pin']);
      const pin = { ...signed, number, place, thread: [line(null)], resolvedBy: null };
      return withinRoom({ ...state, pins: [...state.pins, pin], lastNumber: number });
    }
    if ('reply' in update) {
      const answered = withPin(state, update['reply'], (pin) => {
        demand(
          pin.thread.length < MAX_THREAD,
          `this thread has ${MAX_THREAD} lines: set another pin beside it`,
        );
        return { ...pin, thread: [...pin.thread, line(null)] };
      });
      return withinRoom(answered);
    }
    if ('resolve' in update) {
      const resolvedBy = update['isResolved'] === true ? signed.name : null;
      return withPin(state, update['resolve'], (pin) => ({ ...pin, resolvedBy }));
    }
    if ('look' in update) {
      const look = {
        ...signed,
        title: textOf(update['look'], MAX_NAME),
        toneMapping: textOf(update['toneMapping'], MAX_NAME),
        exposure: numberOf(update['exposure']),
      };
      return { ...state, looks: [...withPlaceForLook(state), look] };
    }
    if ('share' in update) {
      const change = { ...signed, shared: sharedOf(update['share']) };
      return {
        ...state,
        shared: { ...state.shared, [change.shared.kind satisfies SharedKind]: change },
        changes: [...state.changes, change].slice(-MAX_CHANGES),
      };
    }
    throw new UpdateRefusedError('it is nothing that this page knows');
  },
};

const MAKE_ROOM = 'resolve what is done with, and remove what is resolved, under “Pins”';

/** Without the oldest, where there are too many or too long ones. */
function newest(lines: readonly Line[]): readonly Line[] {
  let weight = 0;
  let first = lines.length;
  while (first > 0 && lines.length - first < MAX_LINES) {
    const line = lines[first - 1];
    weight += line ? weightOfLine(line) : 0;
    if (weight > MAX_SAID) break;
    first -= 1;
  }
  return first === 0 ? lines : lines.slice(first);
}

function withinRoom(state: PageRoomState): PageRoomState {
  const weight = state.pins.reduce((sum, pin) => sum + weightOfPin(pin), 0);
  demand(weight <= MAX_PINNED, `the pins have no place for more: ${MAKE_ROOM}`);
  return state;
}

function withoutPins(state: PageRoomState, ids: unknown): PageRoomState {
  demand(Array.isArray(ids) && ids.length <= MAX_PINS, 'it names no pins');
  const gone = new Set<unknown>(ids);
  const pins = state.pins.filter(({ id, resolvedBy }) => resolvedBy === null || !gone.has(id));
  demand(pins.length < state.pins.length, 'these pins are not resolved, or not there');
  return { ...state, pins };
}

/** Of too many looks the oldest goes that nobody votes for. */
function withPlaceForLook({ looks, votes }: PageRoomState): readonly ProposedLook[] {
  if (looks.length < MAX_LOOKS) return looks;
  const wanted = new Set(Object.values(votes));
  const at = looks.findIndex(({ id }) => !wanted.has(id));
  demand(at >= 0, `each of the ${MAX_LOOKS} looks has a vote: vote for fewer of them first`);
  return looks.toSpliced(at, 1);
}

function voted(state: PageRoomState, author: AuthorId, vote: unknown): PageRoomState {
  const { [author]: _, ...others } = state.votes;
  if (vote === null) return { ...state, votes: others };
  const look = state.looks.find(({ id }) => id === vote);
  demand(look !== undefined, 'the look is not there');
  demand(
    Object.keys(others).length < MAX_VOTES,
    `${MAX_VOTES} have voted: nobody else can, until one takes a vote back`,
  );
  return { ...state, votes: { ...others, [author]: look.id } };
}

function withPin(state: PageRoomState, id: unknown, change: (pin: Pin) => Pin): PageRoomState {
  const at = state.pins.findIndex((pin) => pin.id === id);
  const pin = state.pins[at];
  demand(pin !== undefined, 'the pin is not there');
  return { ...state, pins: state.pins.with(at, change(pin)) };
}
