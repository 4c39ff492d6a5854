/**
 * A Yjs document as the state of a room: what it came to so far, and the updates since, which become one when they are as large. So a room does
 * not grow with each key that is pressed, deleted text is let go of, and an update costs no walk over the document.
 */
import { applyUpdate, Doc, decodeUpdate, encodeStateAsUpdate } from 'yjs';
import { concatBytes } from '../../runtime/index.ts';
import { demand, type Plain, type Reducer } from '../../services/rooms/index.ts';

/** The document: all of it as one encoded update, and what came after. */
export interface YjsState {
  /** A Yjs update that is all of it. */
  readonly whole: Uint8Array;
  /** What came after, in order. */
  readonly tail: readonly Uint8Array[];
  /** Beginnings of large updates, by author. */
  readonly begun: { readonly [author: string]: Uint8Array };
  readonly [key: string]: Plain;
}

/**
 * A Yjs update, or a part of one that is too large for a room's: the first and the last of them say so. What was begun before the first, and
 * never came to its last, is let go of; so an empty first part takes a beginning back.
 */
export type YjsUpdate =
  | Uint8Array
  | { readonly part: Uint8Array; readonly isFirst: boolean; readonly isLast: boolean };

/** Then they become one, if that is not less than a quarter of the document. */
const LEAST_MERGED_BYTES = 16 * 1024;
const MAX_TAIL = 512;
/** Of all parts of one update. */
export const MAX_BEGUN_BYTES = 4 * 1024 * 1024;

/** Another version of Yjs is another function only where it encodes differently: it has not for the whole of version 13. */
export const yjsReducer: Reducer<YjsState, YjsUpdate> = {
  name: 'leafcutter/yjs-13/2',
  reduce(state, update, { author }) {
    if (update instanceof Uint8Array) return withUpdate(state, update);
    demand(update?.part instanceof Uint8Array && typeof update.isLast === 'boolean', 'it is no Yjs update');
    const { [author]: before = new Uint8Array(), ...others } = state.begun;
    const bytes = update.isFirst === true ? update.part : concatBytes(before, update.part);
    demand(bytes.length <= MAX_BEGUN_BYTES, 'it is too large');
    if (bytes.length === 0) return { ...state, begun: others };
    if (!update.isLast) return { ...state, begun: { ...others, [author]: bytes } };
    return withUpdate({ ...state, begun: others }, bytes);
  },
};

/** How a room begins. @param doc with what is in it; nobody can put that in twice. Default: empty */
export function yjsInitial(doc: Doc = new Doc()): YjsState {
  return { whole: encodeStateAsUpdate(doc), tail: [], begun: {} };
}

/** @throws UpdateRefusedError where these bytes are no Yjs update */
function withUpdate(state: YjsState, update: Uint8Array): YjsState {
  demand(isUpdate(update), 'it is no Yjs update');
  const tail = [...state.tail, update];
  const bytes = tail.reduce((sum, one) => sum + one.length, 0);
  const isLong = bytes > Math.max(LEAST_MERGED_BYTES, state.whole.length / 4) || tail.length > MAX_TAIL;
  const whole = isLong ? merged(state.whole, tail) : undefined;
  return whole ? { ...state, whole, tail: [] } : { ...state, tail };
}

function isUpdate(bytes: Uint8Array): boolean {
  try {
    decodeUpdate(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Undefined where Yjs cannot: then all stays as it is, until the room's cap ends it. */
function merged(whole: Uint8Array, tail: readonly Uint8Array[]): Uint8Array | undefined {
  const doc = new Doc();
  try {
    for (const update of [whole, ...tail]) applyUpdate(doc, update);
    return encodeStateAsUpdate(doc);
  } catch {
    return undefined;
  } finally {
    doc.destroy();
  }
}
