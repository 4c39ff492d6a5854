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
  | (Named & { readonly look: string; readonly toneMapping: string; readonly exposure: number })
  | { readonly vote: UpdateHash | null }
  | (Named & { readonly share: Shared });

/** Of more, the oldest go. */
export const MAX_LINES = 2_000;
/** Characters of all lines together: far below what a room may hold. */
const MAX_SAID = 500_000;
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
  looks: [],
  votes: {},
  shared: {},
  changes: [],
};

export const pageReducer: Reducer<PageRoomState, PageRoomUpdate> = {
  name: 'leafcutter/page/1',
  reduce(state, update: unknown, { hash, author, claimedAtMs }) {
    demand(isRecord(update), 'it is nothing that this page knows');
    if ('vote' in update) return voted(state, author, update['vote']);
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
      demand(state.pins.length < MAX_PINS, `there are ${MAX_PINS} pins already`);
      const pin = { ...signed, place: placeOf(update['pin']), thread: [line(null)], resolvedBy: null };
      return { ...state, pins: [...state.pins, pin] };
    }
    if ('reply' in update) {
      return withPin(state, update['reply'], (pin) => {
        demand(pin.thread.length < MAX_THREAD, `a thread has at most ${MAX_THREAD} lines`);
        return { ...pin, thread: [...pin.thread, line(null)] };
      });
    }
    if ('resolve' in update) {
      const resolvedBy = update['isResolved'] === true ? signed.name : null;
      return withPin(state, update['resolve'], (pin) => ({ ...pin, resolvedBy }));
    }
    if ('look' in update) {
      demand(state.looks.length < MAX_LOOKS, `there are ${MAX_LOOKS} looks already`);
      const look = {
        ...signed,
        title: textOf(update['look'], MAX_NAME),
        toneMapping: textOf(update['toneMapping'], MAX_NAME),
        exposure: numberOf(update['exposure']),
      };
      return { ...state, looks: [...state.looks, look] };
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

/** Without the oldest, where there are too many or too long ones. */
function newest(lines: readonly Line[]): readonly Line[] {
  let characters = 0;
  let first = lines.length;
  while (first > 0 && lines.length - first < MAX_LINES) {
    characters += lines[first - 1]?.text.length ?? 0;
    if (characters > MAX_SAID) break;
    first -= 1;
  }
  return first === 0 ? lines : lines.slice(first);
}

function voted(state: PageRoomState, author: AuthorId, vote: unknown): PageRoomState {
  const { [author]: _, ...others } = state.votes;
  if (vote === null) return { ...state, votes: others };
  const look = state.looks.find(({ id }) => id === vote);
  demand(look !== undefined, 'the look is not there');
  demand(Object.keys(others).length < MAX_VOTES, `there are ${MAX_VOTES} votes already`);
  return { ...state, votes: { ...others, [author]: look.id } };
}

function withPin(state: PageRoomState, id: unknown, change: (pin: Pin) => Pin): PageRoomState {
  const at = state.pins.findIndex((pin) => pin.id === id);
  const pin = state.pins[at];
  demand(pin !== undefined, 'the pin is not there');
  return { ...state, pins: state.pins.with(at, change(pin)) };
}
